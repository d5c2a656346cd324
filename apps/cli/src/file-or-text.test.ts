import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { fileOrText } from "./file-or-text.ts";

test("text stands for itself, and @@ for @", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(fileOrText("key", `@@${text}`)).toBe(`@${text}`);
      fc.pre(!text.startsWith("@"));
      expect(fileOrText("key", text)).toBe(text);
    }),
  );
});

test("@file stands for what is in the file, up to 10,240 bytes", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "zen-text-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "with = and @");
  for (const text of ["", "a\nb\n", "é🚀", "x".repeat(10_240)]) {
    writeFileSync(file, text);
    // Every editor ends a file with a line break.
    expect(fileOrText("key", `@${file}`)).toBe(text.replace(/\n$/, ""));
  }
  writeFileSync(file, "x".repeat(10_241));
  expect(() => fileOrText("key", `@${file}`)).toThrow(`The file ${file}, which --key names, has 10241 bytes, and 10240 are allowed.`);
});
