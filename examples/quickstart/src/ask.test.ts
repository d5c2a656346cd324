import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask } from "./ask.ts";
import { learn, type Model } from "./classifier.ts";
import { madeUpText } from "./made-up-sources.ts";

let folder: string;
let model: Model;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ask-"));
  const examples = ["css", "javascript"].flatMap((language) =>
    Array.from({ length: 30 }, (_, i) => ({ language, text: madeUpText(language, i) })),
  );
  model = await learn(examples, { longest: 2, epochs: 3, seed: 1, onBatch: async () => {} });
});
afterAll(() => rmSync(folder, { recursive: true }));
const asked = (path: string | undefined) => ask.fn({ model, path, bytes: 1024 });
const message = (path: string) =>
  asked(path).then(
    () => "no error",
    (error: Error) => error.message.replaceAll(folder, "FOLDER"),
  );

test("the text decides, not the name", async () => {
  const path = join(folder, "style.js");
  writeFileSync(path, madeUpText("css", 500));
  expect(await asked(path)).toEqual({ file: relative("", path), language: "css", probability: expect.closeTo(1, 0) });
});

test("without a file, it is asked about the pipeline", async () => {
  expect((await asked(undefined)).file).toMatch(/pipeline\.ts$/);
});

test("what can't be read is an error", async () => {
  writeFileSync(join(folder, "binary"), new Uint8Array(9));
  expect(await message(join(folder, "missing"))).toMatchInlineSnapshot(
    `"Can't ask about FOLDER/missing: it does not exist. Name another file: --param ask=PATH"`,
  );
  expect(await message(folder)).toMatchInlineSnapshot(
    `"Can't ask about FOLDER: it is a folder, not a file. Name another file: --param ask=PATH"`,
  );
  expect(await message(join(folder, "binary"))).toMatchInlineSnapshot(
    `"Can't ask about FOLDER/binary: it is not text in UTF-8. Name another file: --param ask=PATH"`,
  );
});
