import { expect, test } from "vitest";
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
