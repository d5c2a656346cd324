import { chmodSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { collect } from "./collect.ts";
import { madeUpSources, madeUpText, writeSources } from "./made-up-sources.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "collect-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const choice = { perLanguage: 100, minimum: 10, bytes: 1024, seed: 1 };
const sources = { ...madeUpSources("javascript", ".js", 30), ...madeUpSources("css", ".css", 12) };
const message = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: Error) => error.message.replaceAll(folder, "FOLDER"),
  );

test("every source file is read, without its extension", async () => {
  writeSources(folder, { ...sources, "README.txt": "not a language that it knows ".repeat(9) });
  const { files, census } = await collect.fn({ ...choice, folder });
  expect(files.map(({ path }) => path).toSorted()).toEqual(
    Object.keys(sources)
      .map((path) => path.replace(/\.\w+$/, ""))
      .toSorted(),
  );
  for (const { path, language, text } of files) expect(text).toBe(madeUpText(language, Number(path.split("/")[1])));
  expect(census).toEqual([
    { language: "css", found: 12, copies: 0, kept: 12, used: true },
    { language: "javascript", found: 30, copies: 0, kept: 30, used: true },
  ]);
});

test("the same folder gives the same output, wherever it stands, and another seed another choice", async () => {
  const other = mkdtempSync(join(tmpdir(), "collect-"));
  writeSources(folder, sources);
  writeSources(other, Object.fromEntries(Object.entries(sources).toReversed()));
  const some = { ...choice, perLanguage: 10 };
  const { files } = await collect.fn({ ...some, folder });
  expect(files).toHaveLength(20);
  expect((await collect.fn({ ...some, folder: other })).files).toEqual(files);
  expect((await collect.fn({ ...some, folder, seed: 2 })).files).not.toEqual(files);
  rmSync(other, { recursive: true });
});

test("of copies, and of near copies in a language, one is kept", async () => {
  const text = madeUpText("javascript", 0);
  writeSources(folder, { ...sources, "copy.js": text, "near-copy.cjs": text.replace("import", "IMPORT") });
  const { files, census } = await collect.fn({ ...choice, folder });
  expect(files).toHaveLength(42);
  expect(census[1]).toEqual({ language: "javascript", found: 32, copies: 2, kept: 30, used: true });
});

test("the same text is never kept in two languages", async () => {
  writeSources(folder, { ...sources, "copy.scss": madeUpText("javascript", 0) });
  const { files } = await collect.fn({ ...choice, folder });
  expect(new Set(files.map(({ text }) => text)).size).toBe(files.length);
  expect(files).toHaveLength(42);
});

test("files and folders that begin with a dot are left out, except pnpm's, and links aren't followed", async () => {
  const dotted = { ".cache/a.js": madeUpText("javascript", 100), ".package-lock.js": madeUpText("javascript", 102) };
  const more = { ...dotted, ".pnpm/a@1/node_modules/a/a.js": madeUpText("javascript", 101) };
  writeSources(folder, { ...sources, ...more });
  symlinkSync(join(folder, ".cache"), join(folder, "link"));
  const { files } = await collect.fn({ ...choice, folder });
  expect(files.map(({ path }) => path)).toContain(".pnpm/a@1/node_modules/a/a");
  expect(files).toHaveLength(43);
});

test("files without text are left out, and a character that is cut in two is", async () => {
  writeSources(folder, {
    ...sources,
    "binary.js": new Uint8Array(500),
    "latin.js": Uint8Array.of(...Array.from({ length: 90 }, () => 0xe4)),
    "empty.js": "export {};\n",
    "umlauts.js": `a${"ä".repeat(600)}`,
  });
  const { files } = await collect.fn({ ...choice, folder });
  expect(files).toHaveLength(43);
  expect(files.find(({ path }) => path === "umlauts")?.text).toBe(`a${"ä".repeat(511)}`);
});

test("a language with too few files is left out", async () => {
  writeSources(folder, { ...sources, ...madeUpSources("python", ".py", 9) });
  const { files, census } = await collect.fn({ ...choice, folder });
  expect(files).toHaveLength(42);
  expect(census.at(-1)).toEqual({ language: "python", found: 9, copies: 0, kept: 9, used: false });
});

test("too little to learn from", async () => {
  writeSources(folder, { ...madeUpSources("javascript", ".js", 30), ...madeUpSources("css", ".css", 9) });
  expect(await message(collect.fn({ ...choice, folder }))).toMatchInlineSnapshot(
    `"Too little to learn from in FOLDER: it takes at least 2 languages with 10 different text files each, and of 39 source files these can be used: 30 javascript, 9 css. Name a folder with more source files: --param folder=PATH"`,
  );
  expect(await message(collect.fn({ ...choice, folder: join(folder, "css") }))).toMatchInlineSnapshot(
    `"Too little to learn from in FOLDER/css: it takes at least 2 languages with 10 different text files each, and of 9 source files these can be used: 9 css. Name a folder with more source files: --param folder=PATH"`,
  );
});

test("a folder without sources", async () => {
  expect(await message(collect.fn({ ...choice, folder }))).toMatchInlineSnapshot(
    `"Too little to learn from in FOLDER: it takes at least 2 languages with 10 different text files each, and of 0 source files these can be used: none. Name a folder with more source files: --param folder=PATH"`,
  );
});

test("no such folder, and a file in its place", async () => {
  writeSources(folder, { "a.js": "" });
  expect(await message(collect.fn({ ...choice, folder: join(folder, "missing") }))).toMatchInlineSnapshot(
    `"Can't collect from FOLDER/missing: it does not exist. Name a folder with source files: --param folder=PATH"`,
  );
  expect(await message(collect.fn({ ...choice, folder: join(folder, "a.js") }))).toMatchInlineSnapshot(
    `"Can't collect from FOLDER/a.js: it is a file, not a folder. Name a folder with source files: --param folder=PATH"`,
  );
});

test.skipIf(process.platform === "win32")("files and folders that may not be read", async () => {
  writeSources(folder, { ...sources, "closed/a.js": madeUpText("javascript", 100) });
  chmodSync(folder, 0o755);
  for (const path of Object.keys(sources)) chmodSync(join(folder, path), 0o000);
  chmodSync(join(folder, "closed"), 0o000);
  expect(await asNobody(() => message(collect.fn({ ...choice, folder })))).toMatchInlineSnapshot(
    `"Too little to learn from in FOLDER: it takes at least 2 languages with 10 different text files each, and of 42 source files these can be used: none. Can't be read: 43, such as closed: reading it is not permitted. Name a folder with more source files: --param folder=PATH"`,
  );
});

test.skipIf(process.platform === "win32")("a few that may not be read are left out, with a warning", async () => {
  writeSources(folder, sources);
  chmodSync(folder, 0o755);
  chmodSync(join(folder, "css/0.css"), 0o000);
  const warnings: string[] = [];
  const log = { debug: () => {}, info: () => {}, warn: (line: string) => void warnings.push(line), error: () => {} };
  const { files } = await asNobody(() => collect.fn({ ...choice, folder }, { log }));
  expect(files).toHaveLength(41);
  expect(warnings).toEqual(["Left out because they can't be read: 1, such as css/0.css: reading it is not permitted"]);
});

/** Root may read anything: under root, the body runs as another user. */
async function asNobody<T>(body: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return body();
  process.seteuid!(65534);
  try {
    return await body();
  } finally {
    process.seteuid!(0);
  }
}

test("a run that is cancelled ends it", async () => {
  writeSources(folder, sources);
  await expect(collect.fn({ ...choice, folder }, { signal: AbortSignal.abort(new Error("Ctrl-C")) })).rejects.toThrow("Ctrl-C");
});
