import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { packageApi, type PackageApi } from "./declarations.ts";

/** What is exported by an index and the declarations beside it. */
function apiOf(files: Readonly<Record<string, string>>): PackageApi {
  const folder = mkdtempSync(path.join(tmpdir(), "zen-declarations-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return packageApi(path.join(folder, "index.ts"), folder);
}

test("follows the index: its docstring, its headings, its order", () => {
  const { doc, sections } = apiOf({
    "index.ts": `/** What it is. @module */
// First
export type * from "./types.ts";
export { b, type A } from "./values.ts";
// Second
export { c } from "./values.ts";
`,
    "types.d.ts": `export type * from "./deep/types.ts";`,
    "deep/types.d.ts": `/** D. */\nexport type D = string;\ntype Hidden = number;`,
    "values.d.ts": `export interface A {}\nexport declare const b: (d: string) => void;\nexport declare function c(): void;\nexport declare function unlisted(): void;`,
  });
  expect(doc.description).toBe("What it is.");
  expect(sections.map(({ title, entries }) => [title, ...entries.map(({ kind, name, typeOnly }) => ({ kind, name, typeOnly }))])).toEqual([
    [
      "First",
      { kind: "type", name: "D", typeOnly: true },
      { kind: "function", name: "b", typeOnly: false },
      { kind: "interface", name: "A", typeOnly: true },
    ],
    ["Second", { kind: "function", name: "c", typeOnly: false }],
  ]);
});

test("leaves out what is private or internal, with its comment, and links to names in code as names", () => {
  const { sections } = apiOf({
    "index.ts": `export { Store } from "./store.ts";\nexport type { Brand } from "./store.ts";`,
    "store.d.ts": `/** @internal */
export interface Brand {}
/** Keeps things. */
export declare abstract class Store extends Base {
    #private;
    /** @internal a brand */
    readonly "~zen": Brand;
    private secret;
    /** See {@link Store.close}. */
    get size(): number;
    close(): Promise<void>;
}`,
  });
  expect(sections.flatMap(({ entries }) => entries.map(({ signature }) => signature.replace(/\s+/g, " ")))).toEqual([
    "abstract class Store extends Base { /** See Store.close. */ get size(): number; close(): Promise<void>; }",
  ]);
  expect(sections[0]!.entries[0]!.refersTo).toEqual(new Set(["Base", "Promise"]));
});

test("a function has all its overloads, and the docstring of the first", () => {
  const { sections } = apiOf({
    "index.ts": `export { make } from "./make.ts";`,
    "make.d.ts": `/** Makes it. */
export declare function make<Name extends string>(name: Name): Made<Name>;
export declare function make(name: string, options: Options): Made;`,
  });
  const [entry] = sections[0]!.entries;
  expect(entry!.signature).toBe(
    "function make<Name extends string>(name: Name): Made<Name>;\nfunction make(name: string, options: Options): Made;",
  );
  expect(entry!.doc.description).toBe("Makes it.");
  expect(entry!.refersTo).toEqual(new Set(["Made", "Options"]));
});
