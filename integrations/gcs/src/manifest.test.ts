import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as z from "zod";
import * as flavors from "./index.ts";

const folder = new URL("../", import.meta.url);
const { zen } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8")) as {
  zen: {
    flavors: { type: string; flavor: string; contract: number; module: string; export: keyof typeof flavors; configSchema: string }[];
  };
};

test("the manifest names the flavor as its class does, and as the documentation of ZenML did", () => {
  const [entry, ...others] = zen.flavors;
  const { TYPE, FLAVOR, CONTRACT, name } = flavors.GCSArtifactStore;
  expect(others).toEqual([]);
  expect(entry).toMatchObject({
    type: TYPE,
    flavor: FLAVOR,
    aliases: ["gcp"],
    contract: CONTRACT,
    module: ".",
    export: name,
    configSchema: `./schemas/${TYPE}.${FLAVOR}.json`,
  });
});

test("the schema is that of the class (else: pnpm --filter @zen/integration-gcs schemas)", () => {
  const [{ configSchema }] = zen.flavors as [(typeof zen.flavors)[0]];
  const stored = JSON.parse(readFileSync(new URL(configSchema, folder), "utf8")) as {
    properties: Record<string, { description?: string; default?: string | number }>;
  };
  expect(stored).toEqual(z.toJSONSchema(flavors.GCSArtifactStore.configSchema, { io: "input" }));
  const without = Object.entries(stored.properties).filter(([name, { default: value }]) => name !== "path" && value === undefined);
  for (const [name, { description }] of without) expect(description, name).toMatch(/\. By default /);
  expect(readdirSync(new URL("schemas", folder)).length).toBe(1);
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
