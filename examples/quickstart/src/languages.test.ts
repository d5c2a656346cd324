import { expect, test } from "vitest";
import { countByLanguage, inWords, languageOf, withoutExtension } from "./languages.ts";

test.each([
  ["a.js", "javascript"],
  ["a.mjs", "javascript"],
  ["lib/a.d.ts", "typescript"],
  ["A.MD", "markdown"],
  ["a.min.css", "css"],
  ["folder.js/LICENSE", undefined],
  ["a.js.map", undefined],
  [".ts", undefined],
])("%s stands for %s", (path, language) => {
  expect(languageOf(path)).toBe(language);
});

test("the extension is removed, and no more", () => {
  expect(withoutExtension("lib/a.b.ts")).toBe("lib/a.b");
  expect(withoutExtension("folder.js/LICENSE")).toBe("folder.js/LICENSE");
  expect(withoutExtension("lib/.npmrc")).toBe("lib/.npmrc");
});

test("counts name the most frequent language first, and equals by the alphabet", () => {
  const items = ["json", "css", "python", "css", "json", "css"].map((language) => ({ language }));
  expect(inWords(countByLanguage(items))).toBe("3 css, 2 json, 1 python");
  expect(inWords(countByLanguage([{ language: "json" }, { language: "css" }]))).toBe("1 css, 1 json");
  expect(inWords([])).toBe("none");
});
