import { hash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** For tests: texts that look like their language, each as different from the others as real files are. */
const TEMPLATES: Readonly<Record<string, (words: string[]) => string>> = {
  css: ([a, b, c, d, e]) => `.${a} {\n  color: #${b?.slice(0, 6)};\n}\n.${c}:hover,\n.${d} {\n  margin: 0 auto;\n  font-family: ${e};\n}\n`,
  javascript: ([a, b, c, d, e]) =>
    `import { ${a} } from "${b}";\n\nexport function ${c}(${d}) {\n  return ${a}(${d}) !== null && ${e};\n}\n`,
  markdown: ([a, b, c, d, e]) => `# ${a}\n\nThe ${b} of the ${c}, and *how* it is ${d}.\n\n- See [${e}](https://example.com/${a})\n`,
  python: ([a, b, c, d, e]) => `import ${a}\n\n\ndef ${b}(self, ${c}):\n    if not ${c}:\n        raise ${d}("${e}")\n    return None\n`,
};

export function madeUpText(language: string, index: number): string {
  const words = Array.from({ length: 5 }, (_, i) => `w${hash("sha256", `${language} ${index} ${i}`).slice(0, 24)}`);
  return TEMPLATES[language]!(words);
}

/** Writes files below a folder, by their paths. */
export function writeSources(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Paths and texts of `count` files: `javascript/0.js`, `javascript/1.js`, … */
export function madeUpSources(language: string, extension: string, count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${language}/${index}${extension}`, madeUpText(language, index)]));
}
