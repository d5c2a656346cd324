import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeFolder, replaceFile } from "./replace-file.ts";

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "zen-replace-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("makes the folders above a new file, and replaces one that is there", () => {
  const file = join(temporary(), "a/b/c.yaml");
  replaceFile(file, "one");
  replaceFile(file, "two");
  expect(readFileSync(file, "utf8")).toBe("two");
});

test("a file where a folder should be is refused", () => {
  const file = join(temporary(), "file");
  writeFileSync(file, "");
  expect(() => makeFolder(file)).toThrow(expect.objectContaining({ code: "not_a_folder" }));
  expect(() => makeFolder(join(file, "x"))).toThrow(expect.objectContaining({ code: "not_a_folder" }));
});

test("a folder that the system doesn't let anybody make is an error, not an endless try", () => {
  expect(() => makeFolder("/proc/zen/config")).toThrow(/can't make the folder \/proc\/zen\/config/);
});
