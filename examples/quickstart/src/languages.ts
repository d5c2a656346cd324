/** The extensions that label the data: what a file is called says what it is written in. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  ".c": "c",
  ".h": "c",
  ".css": "css",
  ".less": "css",
  ".scss": "css",
  ".go": "go",
  ".htm": "html",
  ".html": "html",
  ".java": "java",
  ".cjs": "javascript",
  ".js": "javascript",
  ".jsx": "javascript",
  ".mjs": "javascript",
  ".json": "json",
  ".markdown": "markdown",
  ".md": "markdown",
  ".mdx": "markdown",
  ".py": "python",
  ".rb": "ruby",
  ".rs": "rust",
  ".sh": "shell",
  ".cts": "typescript",
  ".mts": "typescript",
  ".ts": "typescript",
  ".tsx": "typescript",
  ".yaml": "yaml",
  ".yml": "yaml",
};

/** The language that a file's extension stands for. Undefined: none that this example knows. */
export function languageOf(path: string): string | undefined {
  return EXTENSIONS[extensionOf(path).toLowerCase()];
}

/** The path without what gives the language away: `src/main.ts` is `src/main`. */
export function withoutExtension(path: string): string {
  return path.slice(0, path.length - extensionOf(path).length);
}

/** With its dot. A file that is called `.npmrc` has none: that is its name. */
function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(dot) : "";
}

/** How many items there are of each language, the most first. */
export function countByLanguage(items: readonly { readonly language: string }[]): { language: string; count: number }[] {
  return [...Map.groupBy(items, ({ language }) => language)]
    .map(([language, { length }]) => ({ language, count: length }))
    .toSorted((a, b) => b.count - a.count || (a.language < b.language ? -1 : 1));
}

/** For a sentence: `400 javascript, 12 css`. */
export function inWords(counts: readonly { readonly language: string; readonly count: number }[]): string {
  return counts.length === 0 ? "none" : counts.map(({ language, count }) => `${count} ${language}`).join(", ");
}
