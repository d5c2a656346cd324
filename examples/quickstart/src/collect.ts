import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { json, step } from "@zen/core";
import { inHashOrder } from "./hash-order.ts";
import { countByLanguage, inWords, languageOf, withoutExtension } from "./languages.ts";
import { NearCopies } from "./near-copies.ts";
import { pause } from "./pause.ts";
import type { Census, SourceFile } from "./source-file.ts";
import { startOf } from "./start-of.ts";
import { whyUnreadable } from "./unreadable.ts";

interface Choice {
  folder: string | undefined;
  perLanguage: number;
  minimum: number;
  bytes: number;
  seed: number;
}

/** What the install put on disk: the packages that this repository depends on. */
const NODE_MODULES = join(import.meta.dirname, "../../../node_modules");
/** Two texts that have this share in common are copies. */
const COPY = 0.7;
/** A shorter text says nothing, such as that of an empty index.d.ts. In characters. */
const SHORTEST = 50;

/**
 * Reads source files below a folder. Which ones, and in what order, follows from the files and the seed alone: as long
 * as the folder doesn't change the output is the same, and the steps that take it come from the cache.
 */
export const collect = step(
  "collect",
  // A folder may change without its path saying so: this step always runs.
  { outputs: { files: json<SourceFile[]>(), census: json<Census[]>() }, cache: false },
  async ({ folder, perLanguage, minimum, bytes, seed }: Choice, context) => {
    const root = resolve(folder ?? NODE_MODULES);
    const unreadable: string[] = [];
    const sources = await sourcesBelow(root, unreadable, context.signal);
    const byLanguage = [...Map.groupBy(sources, ({ language }) => language)].toSorted(([a], [b]) => (a < b ? -1 : 1));

    const texts = new Set<string>();
    const files: SourceFile[] = [];
    const census: Census[] = [];
    let done = 0;
    for (const [language, candidates] of byLanguage) {
      const nearCopies = new NearCopies(COPY);
      const kept: SourceFile[] = [];
      let copies = 0;
      for (const [index, { path }] of inHashOrder(candidates, seed, ({ path }) => path).entries()) {
        if (kept.length === perLanguage) break;
        if (index % 32 === 0) await pause(context, done + index, sources.length, language);
        const text = await startOf(join(root, path), bytes).catch((error: NodeJS.ErrnoException) => {
          unreadable.push(`${path}: ${whyUnreadable(error)}`);
          return undefined;
        });
        if (text === undefined || text.trim().length < SHORTEST) continue;
        if (texts.has(text) || nearCopies.has(text)) copies++;
        else kept.push({ path: withoutExtension(path), language, text });
        texts.add(text);
      }
      done += candidates.length;
      const used = kept.length >= minimum;
      if (used) files.push(...kept);
      census.push({ language, found: candidates.length, copies, kept: kept.length, used });
    }

    if (census.filter(({ used }) => used).length < 2) throw new Error(tooLittle(root, sources.length, census, minimum, unreadable));
    if (unreadable.length > 0) context.log.warn(`Left out because they can't be read: ${unreadable.length}, such as ${unreadable[0]}`);
    context.log.info(`Collected ${files.length} of ${sources.length} files: ${inWords(countByLanguage(files))}`);
    return { files, census };
  },
);

/** Every file whose extension stands for a language; the paths are relative to the root. */
async function sourcesBelow(root: string, unreadable: string[], signal: AbortSignal) {
  const sources: { path: string; language: string }[] = [];
  const folders = [""];
  for (const folder of folders) {
    signal.throwIfAborted();
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      if (folder === "")
        throw new Error(`Can't collect from ${root}: ${whyUnreadable(error)}. Name a folder with source files: --param folder=PATH`);
      unreadable.push(`${folder}: ${whyUnreadable(error)}`);
      return [];
    });
    for (const entry of entries) {
      // What begins with a dot changes from run to run: .git, .cache, notes of the package manager. But pnpm keeps the
      // packages in .pnpm. Links aren't followed: those that pnpm makes lead to what is found anyway.
      if (entry.name.startsWith(".") && entry.name !== ".pnpm") continue;
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      const language = entry.isFile() ? languageOf(entry.name) : undefined;
      if (language !== undefined) sources.push({ path, language });
    }
  }
  return sources;
}

function tooLittle(root: string, sources: number, census: readonly Census[], minimum: number, unreadable: readonly string[]): string {
  const kept = census.map(({ language, kept }) => ({ language, count: kept })).filter(({ count }) => count > 0);
  return [
    `Too little to learn from in ${root}: it takes at least 2 languages with ${minimum} different text files each, and of ${sources} source files these can be used: ${inWords(kept.toSorted((a, b) => b.count - a.count))}.`,
    ...(unreadable.length > 0 ? [`Can't be read: ${unreadable.length}, such as ${unreadable[0]}.`] : []),
    `Name a folder with more source files: --param folder=PATH${minimum > 10 ? ". Or be content with fewer of each: --param minimum=10" : ""}`,
  ].join(" ");
}
