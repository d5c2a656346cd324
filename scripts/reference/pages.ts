import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../workspace.ts";
import { apiPages, undocumented, type Packages } from "./api-pages.ts";
import { cliPage } from "./cli-page.ts";
import { commandLine } from "./cli-sources.ts";
import { packageApi } from "./declarations.ts";
import { formatted } from "./markdown.ts";

const FOLDER = path.join(ROOT, "docs", "reference");

/** The whole reference as the code gives it, by file name within `docs/reference`. */
export async function referencePages(): Promise<Map<string, string>> {
  const packages = { "@zen/core": api("core"), "@zen/conformance": api("conformance") } satisfies Packages;
  const missing = undocumented(packages);
  if (missing.length > 0) throw new Error(`Exported without a docstring, which the reference is made of: ${missing.join(", ")}.`);
  const pages = new Map([["cli.md", await cliPage(await commandLine())], ...apiPages(packages)]);
  for (const [file, markdown] of pages) pages.set(file, await formatted(file, markdown));
  return pages;
}

function api(name: string) {
  const folder = path.join(ROOT, "packages", name);
  const manifest = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as { exports: { ".": { types: string } } };
  return packageApi(path.join(folder, "src", "index.ts"), path.dirname(path.join(folder, manifest.exports["."].types)));
}

/** The files that differ from the pages, are missing, or are none of them. */
export function stalePages(pages: ReadonlyMap<string, string>, folder = FOLDER): string[] {
  const there = globSync("**/*.md", { cwd: folder });
  return [...new Set([...pages.keys(), ...there])].filter((file) => {
    const place = path.join(folder, file);
    return !existsSync(place) || readFileSync(place, "utf8") !== pages.get(file);
  });
}

/** Writes those pages, and removes what is none of them. */
export function writePages(pages: ReadonlyMap<string, string>, folder = FOLDER): void {
  for (const file of stalePages(pages, folder)) {
    const place = path.join(folder, file);
    const text = pages.get(file);
    if (text === undefined) {
      rmSync(place);
      continue;
    }
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, text);
  }
}
