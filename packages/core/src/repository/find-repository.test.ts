import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findRepository } from "./find-repository.ts";

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "zen-find-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("the nearest folder upward with a .zen is the root", () => {
  const root = temporary();
  mkdirSync(join(root, ".zen"));
  mkdirSync(join(root, "a/b/c"), { recursive: true });
  mkdirSync(join(root, "a/b/.zen"));
  expect(findRepository(join(root, "a/b/c"), {})).toBe(join(root, "a/b"));
  expect(findRepository(join(root, "a"), {})).toBe(root);
  expect(findRepository(join(root, "not/there/yet"), {})).toBe(root);
});

test("a file called .zen makes no repository", () => {
  const root = temporary();
  writeFileSync(join(root, ".zen"), "");
  expect(findRepository(root, {})).toBeUndefined();
});

test("what is named beats the search, and must be a repository", () => {
  const [root, other] = [temporary(), temporary()];
  for (const folder of [root, other]) mkdirSync(join(folder, ".zen"));
  expect(findRepository(root, { ZENML_REPOSITORY_PATH: other })).toBe(other);
  expect(findRepository(root, { ZENML_REPOSITORY_PATH: "" })).toBe(root);
  expect(findRepository(root, { ZENML_REPOSITORY_PATH: "/nowhere" }, other)).toBe(other);
  const nowhere = join(other, "nowhere");
  expect(() => findRepository(root, { ZENML_REPOSITORY_PATH: nowhere })).toThrow(
    expect.objectContaining({
      code: "repository_not_found",
      exitCode: 2,
      message: `ZENML_REPOSITORY_PATH is "${nowhere}", and that is not a zen repository: it has no .zen folder.`,
      hint: `Make it one: zen init --path ${nowhere}. Or forget it: unset ZENML_REPOSITORY_PATH`,
    }),
  );
  expect(() => findRepository(root, {}, nowhere)).toThrow(`The repository's root is "${nowhere}", and that is not a zen repository`);
});
