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

test("the schemas are those of the classes (else: pnpm --filter @zen/integration-local schemas)", () => {
  for (const entry of zen.flavors) {
    const stored: unknown = JSON.parse(readFileSync(new URL(entry.configSchema, folder), "utf8"));
    expect(stored).toEqual(z.toJSONSchema(flavors[entry.export].configSchema, { io: "input" }));
    for (const property of Object.values((stored as { properties: Record<string, { description?: string }> }).properties))
      expect(property.description).toMatch(/\w/);
  }
  expect(readdirSync(new URL("schemas", folder)).length).toBe(zen.flavors.length);
});

test("importing the package loads no database", () => {
  const script = `await import(${JSON.stringify(new URL("index.ts", import.meta.url).href)}); console.log(process.moduleLoadList.some((name) => name.includes("sqlite")));`;
  expect(execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }).trim()).toBe("false");
});
