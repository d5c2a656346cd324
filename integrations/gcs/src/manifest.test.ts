import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const schema = new URL("../schemas/artifact_store.gcs.json", import.meta.url);

test("every setting says what it is by default", () => {
  const { properties } = JSON.parse(readFileSync(schema, "utf8")) as {
    properties: Record<string, { description?: string; default?: string | number }>;
  };
  const without = Object.entries(properties).filter(([name, { default: value }]) => name !== "path" && value === undefined);
  for (const [name, { description }] of without) expect(description, name).toMatch(/\. By default /);
});

test("making a component loads nothing of Google's, and using it does", () => {
  const script = `
    import { registerHooks } from "node:module";
    const loaded = new Set();
    registerHooks({ load(url, context, next) { loaded.add(/node_modules\\/((?:@[^/]+\\/)?[^/]+)\\/(?!.*node_modules)/.exec(url)?.[1]); return next(url, context); } });
    const { GCSArtifactStore } = await import(${JSON.stringify(new URL("index.ts", import.meta.url).href)});
    const store = new GCSArtifactStore({ name: "test", path: "gs://bucket/prefix", apiEndpoint: "http://127.0.0.1:1", maxAttempts: 1 });
    const google = () => [...loaded].filter((name) => /google|gaxios/.test(name)).length;
    const before = google();
    await store.exists("a").catch(() => {});
    console.log(before, google() > 0);`;
  expect(execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }).trim()).toBe("0 true");
});
