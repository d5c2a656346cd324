import { basename, join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isZenError } from "../error/zen-error.ts";
import { assertDistinct, assertName } from "./name.ts";

test.each(["default", "a", "7", "My.Stack_2-x", "x".repeat(100), "console", "com10x"])("%j can be a name", (name) => {
  expect(() => assertName("stack", name)).not.toThrow();
});

test.each([
  ["", "it is empty"],
  ["x".repeat(101), "it has 101 characters, and 100 are allowed"],
  ["a/b", "it contains a path separator"],
  ["a\\b", "it contains a path separator"],
  ["..", "it must begin with a letter or a digit"],
  ["__proto__", "it must begin with a letter or a digit"],
  ["-x", "it must begin with a letter or a digit"],
  ["my stack", 'it contains " "'],
  ["a\nb", 'it contains "\\n"'],
  ["naïve", 'it contains "ï"'],
  ["rocket🚀", 'it contains "🚀"'],
  ["a.", "it ends with a dot"],
  ["CON", "Windows keeps it for a device"],
  ["lpt1.txt", "Windows keeps it for a device"],
])("%j can't: %s", (name, reason) => {
  expect(() => assertName("stack", name)).toThrow(`${JSON.stringify(name)} can't be the name of a new stack: ${reason}.`);
});

test("a name that differs only in case is refused, the same name is not this check's concern", () => {
  expect(() => assertDistinct("stack", "Prod", ["dev", "prod"])).toThrow('"Prod" differs from the stack "prod" only in case.');
  expect(() => assertDistinct("stack", "prod", ["dev", "prod"])).not.toThrow();
});

test("what is accepted is one word on a command line, one file in its folder on any system, and one key in YAML", () => {
  const accepted = (name: string): boolean => {
    try {
      assertName("stack", name);
      return true;
    } catch (error) {
      if (!isZenError(error) || error.code !== "bad_name" || error.exitCode !== 2) throw error;
      return false;
    }
  };
  const name = fc.oneof(
    fc.string({ unit: "binary", maxLength: 110 }),
    fc.stringMatching(/^[A-Za-z0-9._-]{0,103}$/),
    fc.constantFrom(
      "con",
      "CON.x",
      "aux",
      "com1",
      "lpt9.yaml",
      "..",
      ".x",
      "-x",
      "a.",
      "__proto__",
      "constructor",
      "null",
      "true",
      "1e3",
      "0x10",
    ),
  );
  fc.assert(
    fc.property(name, (text) => {
      if (!accepted(text)) return;
      expect(text).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);
      expect(text).not.toMatch(/\.$/);
      expect(basename(join("folder", `${text}.yaml`), ".yaml")).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});
