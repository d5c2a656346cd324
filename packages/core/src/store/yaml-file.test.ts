import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readYamlFile } from "./yaml-file.ts";

function file(content: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), "zen-yaml-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "config.yaml");
  writeFileSync(path, content);
  return path;
}

/** Ten of ten of ten …, of which each is written once. */
function laughs(levels: number): string {
  const level = (n: number): string => `l${n}: &l${n} [${Array.from({ length: 10 }, () => (n === 0 ? "ha" : `*l${n - 1}`)).join(", ")}]\n`;
  return Array.from({ length: levels }, (_, n) => level(n)).join("");
}

function chain(length: number): string {
  return Array.from({ length }, (_, n) => `l${n}: &l${n} [${n === 0 ? "end" : `*l${n - 1}`}]\n`).join("");
}

test("aliases within bounds are as good as what they stand for", async () => {
  expect(await readYamlFile(file("a: &a {x: 1}\nb: [*a, *a]\n"))).toEqual({ a: { x: 1 }, b: [{ x: 1 }, { x: 1 }] });
  expect(await readYamlFile(file(laughs(4)))).toHaveProperty("l3.9.9.9.9", "ha");
});

test("names that objects have are names like others", async () => {
  const read = (await readYamlFile(file("__proto__: {polluted: true}\nconstructor: {prototype: 1}\n")))!;
  expect(Object.keys(read)).toEqual(["__proto__", "constructor"]);
  expect((read as { polluted?: unknown }).polluted).toBeUndefined();
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test("a missing file is undefined, an empty one an empty mapping", async () => {
  expect(await readYamlFile("/nowhere/config.yaml")).toBeUndefined();
  for (const content of ["", "\n \n", "# nothing\n  # yet\n", "null\n", "---\n"])
    expect(await readYamlFile(file(content)), JSON.stringify(content)).toEqual({});
});

test.each([
  ["a: 1\nb: [1\nc: 2\n", " at line 3, column 1: deficient indentation."],
  ["a: 1\na: 2\n", " at line 2, column 1: duplicated mapping key."],
  ["a: *x\n", ' at line 1, column 5: unidentified alias "x".'],
  ["- a\n", ": it holds a list instead of a mapping (key: value)."],
  ["a: 1\nb: 2\rc: 3\n", " at line 2, column 5: a carriage return without a line feed is no end of a line."],
  ["\uFEFF\uFEFFa: 1\n", ": a byte order mark stands elsewhere than at its very beginning, once."],
  ["# ours\n\uFEFFa: 1\n", ": a byte order mark stands elsewhere than at its very beginning, once."],
  ["a: &loop\n  again: *loop\n", ": its aliases (*name) nest deeper than 100 levels."],
  [chain(200), ": its aliases (*name) nest deeper than 100 levels."],
  [laughs(9), ": its aliases (*name) make more than 100000 values of it."],
  ["just words\n", ': it holds "just words" instead of a mapping (key: value).'],
])("%j is broken%s", async (content, message) => {
  const path = file(content);
  await expect(readYamlFile(path)).rejects.toMatchObject({
    code: "broken_file",
    message: `The file ${path} is broken${message}`,
    hint: "Correct it in an editor, or put a backup in its place: zen has not changed it.",
  });
});

test("what is not UTF-8 is not guessed at", async () => {
  const path = file(Uint8Array.of(0x61, 0x3a, 0x20, 0xff));
  await expect(readYamlFile(path)).rejects.toThrow(`The file ${path} is broken: it is not UTF-8 text.`);
});

test("a folder where the file should be is said in words", async () => {
  const path = file("");
  await expect(readYamlFile(join(path, "x"))).rejects.toMatchObject({
    code: "not_a_folder",
    message: `zen can't read ${join(path, "x")}: there is a file where a folder is needed.`,
  });
});
