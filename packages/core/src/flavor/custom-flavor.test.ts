import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { isZenError } from "../error/zen-error.ts";
import { customSource } from "./custom-flavor.ts";

/** A repository with modules, an own package among its dependencies, and folders named like those. */
function repository(): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "zen-source-")));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const files = {
    "package.json": `{ "name": "mine", "type": "module" }`,
    "src/stores.ts": "",
    "src/deep/er/stores.mts": "",
    "stores.ts": "",
    "index/index.ts": "",
    "node_modules/@acme/pkg/package.json": `{ "name": "@acme/pkg", "exports": { "./sub": "./sub.js" } }`,
    "node_modules/@acme/pkg/sub.js": "",
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

test("a class of a file is found again by what is kept of it, however it was named, from whichever folder", () => {
  const root = repository();
  const spellings = [
    ["src/stores.ts", ["./src/stores.ts#S", "src/stores.ts#S", `${root}/src/stores.ts#S`, "src.stores.S"]],
    ["src/deep/er/stores.mts", ["./src/deep/er/stores.mts#S", "./src/../src/deep/er/stores.mts#S", "src.deep.er.stores.S"]],
    ["stores.ts", ["./stores.ts#S", "stores.ts#S", "stores.S"]],
    ["index/index.ts", ["./index/index.ts#S", "index.S"]],
  ] as const;
  for (const [file, texts] of spellings) {
    for (const text of texts) {
      const found = customSource(text, { folder: root, repositoryRoot: root });
      expect(found, text).toEqual({ root, module: `./${file}`, export: "S" });
      expect(existsSync(join(root, found.module))).toBe(true);
    }
  }
  expect(customSource("../stores.ts#S", { folder: join(root, "src"), repositoryRoot: root }).module).toBe("./stores.ts");
  expect(customSource("stores.S", { folder: join(root, "src"), repositoryRoot: root }).module).toBe("./stores.ts");
  expect(customSource("@acme/pkg/sub#S", { folder: join(root, "src"), repositoryRoot: root })).toEqual({
    root,
    module: "@acme/pkg/sub",
    export: "S",
  });
});

/** @returns whether a class was found */
function expectSource(text: string, root: string): boolean {
  try {
    const { root: place, module, export: name } = customSource(text, { folder: join(root, "src"), repositoryRoot: root });
    expect(module === "@acme/pkg/sub" || existsSync(join(place, module)), module).toBe(true);
    expect(name).not.toBe("");
    return true;
  } catch (error) {
    if (!isZenError(error) || error.code !== "bad_source" || error.exitCode !== 2 || error.hint === undefined) throw error;
    return false;
  }
}

test("whatever is typed names a class that is there, or is refused in words", () => {
  const root = repository();
  const piece = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(".", "..", "/", "#", "@", "src", "stores", "stores.ts", "S", "@acme/pkg", "sub", "index", "node_modules"),
    },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom("", " ", "\n", "\u0000", "%2e", "file://", "node:fs", "x".repeat(300), "~", "\\", "C:\\x", "*"),
    },
  );
  let found = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 7 }), (pieces) => {
      if (expectSource(pieces.join(""), root)) found++;
    }),
    { numRuns: 4_000 },
  );
  expect(found).toBeGreaterThan(10);
});
