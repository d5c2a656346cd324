import { expect, test } from "vitest";
import { countByLanguage } from "./languages.ts";
import type { SourceFile } from "./source-file.ts";
import { divide, split } from "./split.ts";

const files: SourceFile[] = Array.from({ length: 300 }, (_, i) => ({
  path: `.pnpm/p${i % 20}@1.0.0/node_modules/p${i % 20}/src/${i}`,
  language: i % 3 === 0 ? "css" : "javascript",
  text: String(i),
}));
const paths = (some: readonly SourceFile[]) => some.map(({ path }) => path);

test("every file is in one part, and each language in both, in proportion", async () => {
  const { train, test } = await split.fn({ files, unseen: "files", seed: 1 });
  expect([...paths(train), ...paths(test)].toSorted()).toEqual(paths(files).toSorted());
  expect(countByLanguage(train)).toEqual([
    { language: "javascript", count: 150 },
    { language: "css", count: 75 },
  ]);
  expect(countByLanguage(test)).toEqual([
    { language: "javascript", count: 50 },
    { language: "css", count: 25 },
  ]);
});

test("the same seed divides in the same way, whatever the order; another seed in another", async () => {
  const { test } = await split.fn({ files, unseen: "files", seed: 1 });
  expect(paths((await split.fn({ files: files.toReversed(), unseen: "files", seed: 1 })).test).toSorted()).toEqual(paths(test).toSorted());
  expect(paths((await split.fn({ files, unseen: "files", seed: 2 })).test)).not.toEqual(paths(test));
});

test("builds of one source for several module systems stay together", () => {
  const builds = files.flatMap((file) => [file, { ...file, text: `${file.text} ` }]);
  const { kept, aside } = divide(builds, { share: 0.25, unseen: "files", seed: 1 });
  expect(new Set(paths(kept)).intersection(new Set(paths(aside)))).toEqual(new Set());
});

test("with unseen packages, no package of a language is in both parts, nor another version of it", () => {
  const versions = files.map((file, i) => ({ ...file, path: file.path.replace("@1.0.0", `@${i % 2}.0.0`) }));
  const { kept, aside } = divide(versions, { share: 0.25, unseen: "packages", seed: 1 });
  const packages = (some: readonly SourceFile[]) =>
    new Set(some.map(({ path, language }) => `${language} ${/node_modules\/(\w+)/.exec(path)?.[1]}`));
  expect(packages(aside).size).toBeGreaterThan(4);
  expect(packages(kept).intersection(packages(aside))).toEqual(new Set());
});

test("where every language is in one package, it says that nothing can be set aside", async () => {
  const one = files.map((file, i) => ({ ...file, path: `@acme/only/${i}` }));
  await expect(split.fn({ files: one, unseen: "packages", seed: 1 })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[Error: There is nothing to ask about: fewer than 2 languages have files in several packages, of which some could be set aside. Set single files aside instead (--param unseen=files), or collect from a larger folder (--param folder=PATH).]`,
  );
});
