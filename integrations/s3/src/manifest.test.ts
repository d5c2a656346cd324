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

test("the manifest names every flavor as its class does", () => {
  expect(zen.flavors.map((entry) => entry.export).sort()).toEqual(Object.keys(flavors).sort());
  for (const entry of zen.flavors) {
    const { TYPE, FLAVOR, CONTRACT } = flavors[entry.export];
    expect(entry).toMatchObject({
      type: TYPE,
      flavor: FLAVOR,
      contract: CONTRACT,
      module: ".",
      configSchema: `./schemas/${TYPE}.${FLAVOR}.json`,
    });
  }
});

test("the schemas are those of the classes (else: pnpm --filter @zen/integration-s3 schemas)", () => {
  for (const entry of zen.flavors) {
    const stored: unknown = JSON.parse(readFileSync(new URL(entry.configSchema, folder), "utf8"));
    expect(stored).toEqual(z.toJSONSchema(flavors[entry.export].configSchema, { io: "input" }));
    for (const property of Object.values((stored as { properties: Record<string, { description?: string }> }).properties))
      expect(property.description).toMatch(/\w/);
  }
  expect(readdirSync(new URL("schemas", folder)).length).toBe(zen.flavors.length);
});

test("the SDK is loaded by the first use of a store, and not before", () => {
  const script = `
    import { createRequire } from "node:module";
    import { S3ArtifactStore } from ${JSON.stringify(new URL("index.ts", import.meta.url).href)};
    const isLoaded = () => Object.keys(createRequire("/").cache).some((file) => file.includes("aws-sdk"));
    const config = { endpoint: "http://127.0.0.1:9", maxAttempts: 1, accessKeyId: "id", secretAccessKey: "secret" };
    const store = new S3ArtifactStore({ name: "s3", path: "s3://bucket/prefix", ...config });
    const before = isLoaded();
    const { code } = await store.read("a").catch((error) => error);
    console.log(before, isLoaded(), code);`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  expect(output.trim()).toBe("false true store_unavailable");
});
