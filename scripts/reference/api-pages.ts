import type { ApiEntry, ApiSection, ApiSymbol, PackageApi } from "./declarations.ts";
import type { DocComment } from "./doc-comment.ts";
import { anchor, code, table } from "./markdown.ts";

/** A package, by the name that programs import. */
export type Packages = Readonly<Record<string, PackageApi>>;

interface Page {
  /** Relative to the index page. */
  readonly file: string;
  readonly title: string;
  readonly package: string;
  readonly entries: readonly ApiEntry[];
}

/** `api.md`, the index of all names, and a page for each section, by file name. */
export function apiPages(packages: Packages): Map<string, string> {
  const pages = Object.entries(packages).flatMap(([name, { sections }]) => sections.map((section) => pageOf(name, section)));
  return new Map([["api.md", indexPage(packages, pages)], ...pages.map((page): [string, string] => [page.file, sectionPage(page, pages)])]);
}

/** The names without a docstring, which no reference can explain. */
export function undocumented(packages: Packages): string[] {
  return Object.entries(packages).flatMap(([name, { sections }]) =>
    sections.flatMap(({ entries }) => entries.filter(({ doc }) => doc.description === "").map((entry) => `${entry.name} of ${name}`)),
  );
}

function pageOf(name: string, { title, entries }: ApiSection): Page {
  const short = name.replace("@zen/", "");
  return {
    file: `api/${(title || short).toLowerCase()}.md`,
    title: title || name,
    package: name,
    // What a program uses first, then the types that it may want to name.
    entries: [...entries.filter(({ typeOnly }) => !typeOnly), ...entries.filter(({ typeOnly }) => typeOnly)],
  };
}

function indexPage(packages: Packages, pages: readonly Page[]): string {
  const parts = Object.entries(packages).flatMap(([name, { doc }]) => [
    `## ${name}`,
    // The index's own docstring begins with the package's name.
    doc.description,
    ...pages
      .filter((page) => page.package === name)
      .flatMap((page) => [
        `### [${page.title}](${page.file})`,
        table(
          ["name", ""],
          page.entries.map((entry) => [
            `[${code(entry.name)}](${page.file}#${anchor(heading(entry))})`,
            linked(firstSentence(entry.doc), "api.md", pages),
          ]),
        ),
      ]),
  ]);
  return ["# API reference", "What programs import, generated from the code.", ...parts].join("\n\n");
}

function sectionPage(page: Page, pages: readonly Page[]): string {
  const parts = page.entries.flatMap((entry) => [
    `## ${heading(entry)}`,
    linked(entry.doc.description, page.file, pages),
    ["```ts", entry.signature, "```"].join("\n"),
    linked(tagList(entry.doc), page.file, pages),
    ...entry.doc.tags.filter(({ name }) => name === "example").map(({ text }) => ["Example:", "```ts", text, "```"].join("\n")),
    referenceLine(entry, page.file, pages),
  ]);
  return [`# ${page.title}`, `From ${code(page.package)}. [All names](../api.md)`, ...parts].filter((part) => part !== "").join("\n\n");
}

/** With its kind: a function and a type may differ in a capital alone, which addresses don't show. */
function heading({ kind, name }: ApiSymbol): string {
  return `${kind} ${name}`;
}

function firstSentence({ description }: DocComment): string {
  return /^[^\n]*?\.(?=\s|$)/.exec(description)?.[0] ?? description;
}

const LABELS = {
  returns: "Returns",
  throws: "Throws",
  default: "Default:",
  experimental: "Experimental.",
  deprecated: "Deprecated.",
} as const;

function tagList({ tags }: DocComment): string {
  const lines = tags.map(({ name, text }) => {
    if (name === "param") return text.replace(/^\S+/, (parameter) => `${code(parameter)}:`);
    return name in LABELS ? `${LABELS[name as keyof typeof LABELS]} ${text}` : "";
  });
  return lines
    .filter((line) => line !== "")
    .map((line) => `- ${line}`)
    .join("\n");
}

function referenceLine({ name, refersTo }: ApiSymbol, from: string, pages: readonly Page[]): string {
  const others = [...refersTo].filter((other) => other !== name).toSorted();
  const links = others.map((other) => link(other, other, from, pages)).filter((one) => one !== undefined);
  return links.length === 0 ? "" : `Refers to ${links.join(", ")}.`;
}

/** With each `{@link Name}` as a link. */
function linked(markdown: string, from: string, pages: readonly Page[]): string {
  return markdown.replace(/\{@link ([^}]+)\}/g, (_, target: string) => link(target.split(".")[0]!, target, from, pages) ?? code(target));
}

function link(name: string, text: string, from: string, pages: readonly Page[]): string | undefined {
  for (const { file, entries } of pages) {
    const entry = entries.find((one) => one.name === name);
    if (!entry) continue;
    const place = file === from ? "" : from.includes("/") ? file.replace("api/", "") : file;
    return `[${code(text)}](${place}#${anchor(heading(entry))})`;
  }
  return undefined;
}
