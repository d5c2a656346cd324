import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ownPackage } from "./own-package.ts";
import type { ComponentType } from "../component/component-type.ts";

interface Manifest {
  readonly name: string;
  readonly zen: {
    readonly flavors: readonly { readonly type: ComponentType; readonly flavor: string; readonly aliases?: readonly string[] }[];
  };
}

test("every flavor of zen's own packages is known, by all of its names", () => {
  const files = globSync("integrations/*/package.json", { cwd: path.resolve(import.meta.dirname, "../../../..") });
  expect(files).toContain("integrations/local/package.json");
  for (const file of files) {
    const { name, zen } = JSON.parse(readFileSync(path.resolve(import.meta.dirname, "../../../..", file), "utf8")) as Manifest;
    for (const { type, flavor, aliases = [] } of zen.flavors)
      for (const word of [flavor, ...aliases]) expect(ownPackage(type, word), `${type}:${word}`).toBe(name);
  }
});
