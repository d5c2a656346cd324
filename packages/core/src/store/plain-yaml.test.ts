import fc from "fast-check";
import { load } from "js-yaml";
import { expect, test } from "vitest";
import { generator, mutate } from "../repository/mutations.fixture.ts";
import { readPlainYaml } from "./plain-yaml.ts";
import { editYaml } from "./yaml-edit.ts";

const ORIGIN = { package: "@zen/integration-local", version: "0.1.0", contract: 1 };

/** The files of a profile, as zen writes them. */
async function written(): Promise<string[]> {
  const edit = (set: (yaml: Parameters<Parameters<typeof editYaml>[2]>[0]) => void): Promise<string> => editYaml("x.yaml", "", set);
  return Promise.all([
    edit((yaml) => {
      yaml.set(["activated_profile"], "default");
      yaml.set(["profiles", "default"], {
        active_stack: "default",
        active_user: "default",
        name: "default",
        store_type: "local",
        store_url: "file:///home/ada/.config/zen/profiles/default",
      });
    }),
    edit((yaml) => {
      yaml.set(["stack_components", "artifact_store", "default"], "local");
      yaml.set(["stack_components", "artifact_store", "data-1.x"], "s3");
      yaml.set(["stacks", "default"], { artifact_store: "default", orchestrator: "default" });
    }),
    edit((yaml) => {
      yaml.set(["format"], 1);
      yaml.set(["components", "artifact_store", "default"], ORIGIN);
      yaml.set(["flavors", "artifact_store", "mine"], { root: "/home/ada/p", module: "./src/s.ts", export: "S" });
    }),
    edit((yaml) => {
      yaml.set(["name"], "default");
      yaml.set(["path"], "/home/ada/.config/zen/local_stores/0e0a3a2c-9c55-4c0b-8f5d-3f5a4e1f7a10");
      yaml.set(["uuid"], "12345678-1234-4234-8234-123456789012");
    }),
  ]);
}

/** It reads the text as the parser does, or leaves it to the parser. @returns whether it read it */
function expectSame(text: string): boolean {
  const plain = readPlainYaml(text);
  if (plain === undefined) return false;
  // The parser refuses a text without a value.
  expect(plain, text).toEqual(/^[^\S\n]*[^\s#]/m.test(text) ? load(text) : {});
  return true;
}

test("what zen writes is read without a parser", async () => {
  for (const text of await written()) expect(expectSame(text), text).toBe(true);
});

test.each([
  ["a: 1\nb:\n  c: x\n\n# why\n  # still\n  d:\ne: \"q: #'\"\nf: ''\n", { a: 1, b: { c: "x", d: null }, e: "q: #'", f: "" }],
  ["a:\n    b:\n          c: /x\n    d: 0.1.0\n", { a: { b: { c: "/x" }, d: "0.1.0" } }],
  ["", {}],
])("%j is read", (text, value) => {
  expect(readPlainYaml(text)).toEqual(value);
  expectSame(text);
});

test.each(
  [
    [
      "a: 1\na: 2\n",
      "a: x\n  b: 1\n",
      "a:\n  b: 1\n c: 2\n",
      "  a: 1\nb: 2\n",
      "a: b: c\n",
      "a: x #\n",
      "a: [1]\n",
      "a: {}\n",
      "a: |\n  x\n",
    ],
    ["true: 1\n", "Null: 1\n", "a: True\n", "a: ~\n", "1e3: x\n", "a: 1e3\n", "a: 010\n", "a: 1.5\n", "a: 0x10\n", "a: 2020-01-01\n"],
    ["__proto__: 1\n", "a: &x 1\n", "a: *x\n", "<<: x\n", "- a\n", "a:\n- b\n", "a\n", "a:b\n", "a: b:\n", "a: \n", "a: x \n", "\ta: 1\n"],
    [
      "a: 1\r\n",
      "\uFEFFa: 1\n",
      "a: é\n",
      "a: \u0000\n",
      "# \u0007\n",
      'a: "\\n"\n',
      "a: 'it''s'\n",
      "---\na: 1\n",
      "a: 1\n...\n",
      "? a\n",
    ],
  ].flat(),
)("%j is left to the parser", (text) => {
  expect(readPlainYaml(text)).toBeUndefined();
});

test("it agrees with the parser on every text that it takes", () => {
  const name = fc.stringMatching(/^[a-z]{1,3}$/);
  const key = fc.oneof(
    { weight: 20, arbitrary: name },
    { weight: 1, arbitrary: fc.constantFrom("constructor", "true", "Null", "y", "1", "1e3", "__proto__", "<<", "a b", "'q'") },
    { weight: 1, arbitrary: fc.stringMatching(/^[a-zA-Z0-9_.-]{1,6}$/) },
  );
  const value = fc.oneof(
    { weight: 12, arbitrary: name },
    { weight: 4, arbitrary: fc.constantFrom("x", "1", "0", "0.1.0", "'a'", '"b"', "x#y", "a:b", "a@b", "/x:y", "./a", "file:///x") },
    {
      weight: 1,
      arbitrary: fc.constantFrom("", " ", "-1", "007", "1.0", "1e3", "true", "null", "~", '"a\\n"', "'it''s'", "a: b", "b:", "x #y"),
    },
    { weight: 1, arbitrary: fc.constantFrom("#", "&a", "*a", "!x", "[", "{}", "|", ">", "@x", "%x", "- x", "-x", ".5", "./") },
    { weight: 1, arbitrary: fc.stringMatching(/^[ -~]{0,8}$/) },
  );
  const line = fc.oneof(
    {
      weight: 12,
      arbitrary: fc.tuple(fc.constantFrom(0, 0, 0, 0, 2, 2, 4, 3), key, value).map(([n, k, v]) => `${" ".repeat(n)}${k}: ${v}`),
    },
    { weight: 8, arbitrary: fc.tuple(fc.constantFrom(0, 2, 4, 1), key).map(([n, k]) => `${" ".repeat(n)}${k}:`) },
    { weight: 1, arbitrary: fc.constantFrom("", "# x", "  # y", "---", "...", "- a", "\t", "word", "  word", "%YAML 1.2") },
  );
  let taken = 0;
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 7 }), fc.constantFrom("", "\n", "\n\n"), (lines, end) => {
      if (expectSame(lines.join("\n") + end)) taken++;
    }),
    { numRuns: 20_000 },
  );
  // Otherwise too little was compared.
  expect(taken).toBeGreaterThan(1_000);
});

test("it agrees with the parser on files that were broken", async () => {
  const files = await written();
  let taken = 0;
  for (let seed = 0; seed < 6_000; seed++) {
    const text = mutate(files[seed % files.length]!, generator(seed)).toString("utf8");
    if (text.length < 20_000 && expectSame(text)) taken++;
  }
  expect(taken).toBeGreaterThan(500);
});
