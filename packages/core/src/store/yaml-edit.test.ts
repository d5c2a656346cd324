import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { dump, load, YAML11_SCHEMA } from "js-yaml";
import { expect, onTestFinished, test } from "vitest";
import type { Json } from "../pipeline/types.ts";
import { generator, mutate } from "../repository/mutations.fixture.ts";
import { isZenError } from "../error/zen-error.ts";
import { editYaml, editYamlFile, type YamlEditor } from "./yaml-edit.ts";
import { parseYaml } from "./yaml-file.ts";

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

test("every text that white space and signs of YAML can make is read back as it was", async () => {
  const text = fc.string({ unit: fc.constantFrom(..." \n\t\ra-{:#'\"\\|>0é🚀"), maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(text, text, async (one, other) => {
      const after = await editYaml("stacks.yaml", "q: 1\n", (yaml) => {
        yaml.set(["of"], one);
        yaml.set(["within", "deeper"], [other, { key: one }]);
      });
      expect(await parseYaml("stacks.yaml", after)).toEqual({ q: 1, of: one, within: { deeper: [other, { key: one }] } });
    }),
    { numRuns: 1_000, examples: [[" a\nb", " \n"]] },
  );
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

test.each([
  ["~", "null"],
  ["", "null"],
  ["Null", "null"],
  ["True", "true"],
  ["0x10", "16"],
  ["0o17", "15"],
  ["1.0", "1"],
  ["-1e1", "-10"],
  [".5", "0.5"],
  [".inf", "Infinity"],
  ["no", "no"],
  ["...", "..."],
  ["'1.0'", "1.0"],
  ["!!str ~", "~"],
])("a key that stands as %j in a file is changed, given another name and removed as %j, which it is read as", async (written, read) => {
  const before = `stacks:\n  ? ${written}\n  : {a: 1}\n  other: x\n`;
  const change = async (edit: (yaml: YamlEditor) => void): Promise<unknown> =>
    (await parseYaml("x.yaml", await editYaml("x.yaml", before, edit)))["stacks"];
  expect((await parseYaml("x.yaml", before))["stacks"]).toEqual({ [read]: { a: 1 }, other: "x" });
  expect(await change((yaml) => yaml.set(["stacks", read, "b"], 2))).toEqual({ [read]: { a: 1, b: 2 }, other: "x" });
  expect(await change((yaml) => yaml.rename(["stacks", read], "new"))).toEqual({ new: { a: 1 }, other: "x" });
  expect(await change((yaml) => yaml.delete(["stacks", read]))).toEqual({ other: "x" });
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

test.each<[why: string, before: string, edit: (yaml: YamlEditor) => void]>([
  ["a key becomes the first, and begins with a mark that is not read there", "a: 1\n\uFEFFb: 2\n", (yaml) => yaml.delete(["a"])],
  ["who reads the file takes nothing for its content, and refuses what is added", "#}\0", (yaml) => yaml.set(["a"], 1)],
])("nothing is written when %s", async (_, before, edit) => {
  await parseYaml("x.yaml", before);
  await expect(editYaml("x.yaml", before, edit)).rejects.toMatchObject({ code: "broken_file" });
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

type Edit = {
  readonly kind: "set" | "delete" | "rename";
  readonly path: readonly [string, ...string[]];
  readonly to: string;
  readonly value: Json;
};

/** What an edit means for the values in a file; an alias is a copy of what it stands for. */
function edited(before: unknown, { kind, path, to, value }: Edit): Record<string, unknown> {
  const copy = (found: unknown): unknown => {
    if (Array.isArray(found)) return found.map(copy);
    return isMapping(found) ? Object.fromEntries(Object.entries(found).map(([key, inner]) => [key, copy(inner)])) : found;
  };
  const root = copy(before ?? {}) as Record<string, unknown>;
  const steps = [...path];
  const last = steps.pop()!;
  let map = root;
  for (const step of steps) {
    if (!Object.hasOwn(map, step) || !isMapping(map[step])) {
      if (kind !== "set") return root;
      map[step] = {};
    }
    map = map[step] as Record<string, unknown>;
  }
  if (kind === "set") map[last] = value;
  else if (Object.hasOwn(map, last)) {
    const held = map[last];
    delete map[last];
    if (kind === "rename") map[to] = held;
  }
  return root;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

test(
  "an edit changes what it names and nothing else, in files of any style, and in broken ones that can be read",
  { timeout: 180_000 },
  async () => {
    const key = fc.constantFrom("a", "b", "c", "stacks", "default", "1", "16", "true", "null", "x y", "constructor");
    const value: fc.Arbitrary<Json> = fc.constantFrom<Json>(
      "x",
      "1e3",
      "null",
      "",
      " y ",
      "a: b",
      1,
      1.5,
      true,
      null,
      [1, "1"],
      { a: { b: [] } },
      {},
    );
    const edit: fc.Arbitrary<Edit> = fc.record({
      kind: fc.constantFrom("set", "delete", "rename"),
      path: fc.array(key, { minLength: 1, maxLength: 3 }) as unknown as fc.Arbitrary<[string, ...string[]]>,
      to: fc.constant("renamed"),
      value,
    });
    const document = fc.record({
      tree: fc.dictionary(key, fc.oneof(value, fc.dictionary(key, fc.oneof(value, fc.dictionary(key, value))))),
      flowLevel: fc.constantFrom(-1, -1, 0, 1, 2),
      indent: fc.constantFrom(2, 2, 4),
      seed: fc.option(fc.nat(), { freq: 2 }),
    });
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(document, edit, async ({ tree, flowLevel, indent, seed }, change) => {
        const whole = dump(tree, { flowLevel, indent, noRefs: true });
        const text = seed === null ? whole : mutate(whole, generator(seed)).toString("utf8");
        fc.pre(text.length < 5_000);
        let before: unknown;
        try {
          before = await parseYaml("x.yaml", text);
        } catch {
          return;
        }
        let after: string;
        try {
          after = await editYaml("x.yaml", text, (yaml) => {
            if (change.kind === "set") yaml.set(change.path, change.value);
            else if (change.kind === "delete") yaml.delete(change.path);
            else yaml.rename(change.path, change.to);
          });
        } catch (error) {
          // What one library reads and the other one doesn't: refused, and only in a file that nobody wrote on purpose.
          if (!isZenError(error) || error.code !== "broken_file" || seed === null) throw error;
          return;
        }
        compared++;
        expect(await parseYaml("x.yaml", after), `${text}\n→\n${after}`).toEqual(edited(before, change));
      }),
      { numRuns: 3_000 },
    );
    expect(compared).toBeGreaterThan(1_500);
  },
);
