import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { load, YAML11_SCHEMA } from "js-yaml";
import { expect, onTestFinished, test } from "vitest";
import type { Json } from "../pipeline/types.ts";
import { editYamlFile } from "./yaml-edit.ts";

function file(content?: string): string {
  const folder = mkdtempSync(join(tmpdir(), "zen-edit-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "stacks.yaml");
  if (content !== undefined) writeFileSync(path, content);
  return path;
}

test("what isn't concerned keeps its value, its type and its comments", async () => {
  const before = `# ours
version: 1.0
digits: 123456789012345678901234567890
exponent: 1e3
octal: 0o17
leading: 010
nothing:
tilde: ~
date: 2020-01-01
single: 'yes'
double: "a\\tb"
stacks:
  # the old one
  b: {artifact_store: x} # why
text: |
  two
  lines
anchor: &a {q: 1}
alias: *a
`;
  const path = file(before);
  await editYamlFile(path, (yaml) => yaml.set(["stacks", "a"], { artifact_store: "z" }));
  expect(readFileSync(path, "utf8")).toBe(before.replace("stacks:\n", "stacks:\n  a:\n    artifact_store: z\n"));
});

test("a new file is made with its folder, and keys stand in alphabetical order", async () => {
  const path = join(dirname(file()), "profiles", "default", "stacks.yaml");
  await editYamlFile(path, (yaml) => {
    yaml.set(["stacks", "b", "orchestrator"], "x");
    yaml.set(["stacks", "a", "orchestrator"], "x");
    yaml.set(["format"], 1);
    yaml.delete(["not", "there"]);
  });
  expect(readFileSync(path, "utf8")).toBe("format: 1\nstacks:\n  a:\n    orchestrator: x\n  b:\n    orchestrator: x\n");
  expect(readdirSync(dirname(path))).toEqual(["stacks.yaml"]);
});

test.each<Json>([
  "1e3",
  "0o7",
  "yes",
  "12:30",
  "2020-01-01",
  "null",
  "~",
  "",
  " x ",
  "a: b",
  "# no",
  "two\nlines\n",
  "é🚀",
  "{{env.KEY}}",
  "@file",
  "010",
  1.5,
  -0.25,
  12,
  true,
  null,
  [1, "1"],
  { a: { b: [] } },
  {},
])("%j is read back as it was written, by YAML 1.2 and by YAML 1.1", async (value) => {
  const path = file();
  await editYamlFile(path, (yaml) => yaml.set(["key"], value));
  const text = readFileSync(path, "utf8");
  expect(load(text)).toEqual({ key: value });
  expect(load(text, { schema: YAML11_SCHEMA })).toEqual({ key: value });
});

test("names that YAML could take for something else stay names", async () => {
  const path = file();
  await editYamlFile(path, (yaml) => {
    for (const name of ["1e3", "on", "null", "0x10", "1.0"]) yaml.set(["stacks", name, "orchestrator"], name);
  });
  const text = readFileSync(path, "utf8");
  expect(Object.keys((load(text, { schema: YAML11_SCHEMA }) as { stacks: object }).stacks).sort()).toEqual([
    "0x10",
    "1.0",
    "1e3",
    "null",
    "on",
  ]);
  await editYamlFile(path, (yaml) => yaml.delete(["stacks", "1e3"]));
  expect(Object.keys((load(readFileSync(path, "utf8")) as { stacks: object }).stacks)).not.toContain("1e3");
});

test("an alias gets its own copy when an entry of it is changed", async () => {
  const path = file("one: &x\n  a: 1\ntwo: *x\n");
  await editYamlFile(path, (yaml) => yaml.set(["two", "a"], 2));
  expect(load(readFileSync(path, "utf8"))).toEqual({ one: { a: 1 }, two: { a: 2 } });
});

test("a broken file is refused and not touched", async () => {
  const broken = "stacks:\n  a: [1\n  b: 2\n";
  const path = file(broken);
  await expect(editYamlFile(path, (yaml) => yaml.set(["x"], 1))).rejects.toMatchObject({
    code: "broken_file",
    message: expect.stringMatching(/is broken at line 3, column \d+: /),
  });
  expect(readFileSync(path, "utf8")).toBe(broken);
  expect(readdirSync(dirname(path))).toEqual(["stacks.yaml"]);
});

test("permissions stay, and a symbolic link stays a link", async () => {
  const path = file("a: 1\n");
  chmodSync(path, 0o600);
  const link = join(dirname(path), "link.yaml");
  symlinkSync("stacks.yaml", link);
  await editYamlFile(link, (yaml) => yaml.set(["b"], 2));
  expect(readFileSync(path, "utf8")).toBe("a: 1\nb: 2\n");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(dirname(path)).sort()).toEqual(["link.yaml", "stacks.yaml"]);
});
