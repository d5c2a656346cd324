// What the documentation shows is tried: its files are type-checked, its commands run, its links followed. In a document,
// - a block with a title (```ts title="pipeline.ts") is a file of the reader's project, from there on; one that ends in
//   `mistake` is wrong on purpose, and not type-checked;
// - a ```console block is a terminal: `$ ` and a command, then what it prints. `…` stands for any text, alone on a line for
//   any number of lines. Ids, times and durations may differ; zen's notices on standard error are left out.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ended, Project, workspace } from "../src/project.ts";

const documents = globSync("**/*.md", {
  cwd: workspace,
  exclude: (file) => /(^|[\\/])(node_modules|dist|CHANGELOG\.md)$/.test(file),
}).toSorted();

interface Block {
  readonly language: string;
  readonly title: string | undefined;
  readonly mistake: boolean;
  readonly text: string;
}

const blocksOf = new Map(documents.map((document) => [document, blocks(readFileSync(path.join(workspace, document), "utf8"))]));
const withTerminals = documents.filter((document) => blocksOf.get(document)!.some(({ language }) => language === "console"));

function blocks(markdown: string): Block[] {
  const fences = /^```(\w+)(?: title="([^"]+)")?( mistake)?\n([^]*?)^```$/gm;
  return [...markdown.matchAll(fences)].map(([, language, title, mistake, text]) => ({
    language: language!,
    title,
    mistake: mistake !== undefined,
    text: text!,
  }));
}

test("every TypeScript file in the documentation passes tsc with strict options", () => {
  const root = temporaryFolder();
  const modules = path.join(root, "node_modules");
  const links = {
    "@zen/core": "packages/core",
    "@zen/conformance": "packages/conformance",
    zod: "packages/core/node_modules/zod",
    vitest: "node_modules/vitest",
    "@types/node": "node_modules/@types/node",
  };
  for (const [name, target] of Object.entries(links)) link(path.join(workspace, target), path.join(modules, name));
  write(root, "package.json", JSON.stringify({ name: "documents", type: "module" }));
  write(root, "tsconfig.json", JSON.stringify({ compilerOptions: STRICT, include: ["documents"] }));

  for (const [document, found] of blocksOf) {
    // A file that the document changes later is checked as it was, too, beside the others of that time.
    let time = 0;
    const folder = (): string => path.join(root, "documents", `${document.replaceAll(path.sep, "~")}~${time}`);
    const seen = new Set<string>();
    for (const { title, mistake, text } of found) {
      if (title === undefined || mistake || !/\.m?ts$|\.json$/.test(title)) continue;
      if (seen.has(title)) {
        const before = folder();
        time++;
        seen.clear();
        cpSync(before, folder(), { recursive: true });
      }
      seen.add(title);
      write(folder(), title, text);
    }
  }
  const { stdout, status } = spawnSync(path.join(workspace, "node_modules/.bin/tsc"), ["-p", root, "--pretty", "false"], {
    cwd: root,
    encoding: "utf8",
  });
  expect(stdout).toBe("");
  expect(status).toBe(0);
});

const STRICT = {
  target: "es2024",
  lib: ["es2024", "esnext"],
  module: "nodenext",
  types: ["node"],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
};

test.each(withTerminals)("the commands of %s print what it shows", async (document) => {
  const project = new Project();
  // A reader who has tsc has these.
  link(path.join(workspace, "node_modules/@types/node"), path.join(project.folder, "node_modules/@types/node"));
  for (const { language, title, text } of blocksOf.get(document)!) {
    if (title !== undefined) {
      project.write({ [title]: text });
      if (path.basename(title) === "package.json" && title !== "package.json")
        install(project, path.dirname(title), JSON.parse(text) as { name: string });
    }
    if (language !== "console") continue;
    const printed = withoutNotices(await transcript(project, text), text).map(comparable);
    const shown = lines(text).map(comparable);
    // On a difference all of it is shown: it is what the document should say.
    expect(matches(printed, shown) ? shown : printed).toEqual(shown);
  }
});

/** What the commands of a block print, each after its own line. The reader is Ada, whose home folder has one project. */
async function transcript(project: Project, block: string): Promise<string> {
  const { root: home, folder, zenBin } = project;
  const { ZENML_CONFIG_PATH: _, ...env } = project.env;
  const bin = path.join(home, ".bin");
  for (const name of ["zen", "zenml"]) write(bin, name, `#!/bin/sh\nexec node "${zenBin}" "$@"\n`);
  const commands = lines(block).filter((line) => line.startsWith("$ "));
  // A document is no place for anything that could do harm.
  for (const line of commands) expect(line).toMatch(/^\$ (ZENML_\w+=\S+ )*(zen|zenml|node|tsc|cat|cd|cp|echo|find|grep|ls|mkdir)( |$)/);
  const script = commands
    .map((line) => `printf '%s\\n' '${line.replaceAll("'", `'\\''`)}'\n${line.slice(2).replaceAll("/home/ada", home)}\n`)
    .join("");
  const PATH = [bin, path.dirname(process.execPath), path.join(workspace, "node_modules/.bin"), env["PATH"]].join(path.delimiter);
  // Both streams go where a terminal would show them.
  const shell = spawn("/bin/sh", ["-c", `exec 2>&1\n${script}`], {
    cwd: folder,
    env: { ...env, HOME: home, PATH },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { stdout } = await ended(shell);
  return stdout.replaceAll(home, "/home/ada").replaceAll(path.join(workspace, "apps/cli"), "/home/ada/project/node_modules/@zen/cli");
}

/** A package that the document writes, as the project would depend on it. */
function install({ folder }: Project, from: string, { name }: { readonly name: string }): void {
  const file = path.join(folder, "package.json");
  const manifest = JSON.parse(readFileSync(file, "utf8")) as { dependencies: Record<string, string> };
  writeFileSync(file, JSON.stringify({ ...manifest, dependencies: { ...manifest.dependencies, [name]: `file:${from}` } }));
  link(path.join(folder, from), path.join(folder, "node_modules", name));
}

const NOTICES = [
  /^Unable to find ZenML repository /,
  /^Running with(out)? an? ?active /,
  /^Running with active /,
  /^(Creating default profile|Initializing (store|profile `default`))\.\.\.$/,
  /^Registered (stack component with type '\w+' and|stack with) name 'default'\.$/,
  /^Created and activated default profile\.$/,
  /^More( flavors)?: zen integration search WORD(\.|$)/,
];

/** What was printed, without the notices; with them where the document shows them as well. */
function withoutNotices(printed: string, shown: string): string[] {
  const keep = lines(shown).filter((line) => NOTICES.some((notice) => notice.test(line)));
  return lines(printed).filter((line) => keep.length > 0 || !NOTICES.some((notice) => notice.test(line)));
}

function lines(text: string): string[] {
  return text.replace(/\n+$/, "").split("\n");
}

/** A line without what differs from run to run, and without the widths that follow from it. */
function comparable(line: string): string {
  return line
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<id>")
    .replace(/-\d{8}T\d{6}Z-[0-9a-f]{6}/g, "-<run>")
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{3})?Z?/g, "<time>")
    .replace(/\b\d+(\.\d+)? m?s\b/g, "<duration>")
    .replace(/"milliseconds":\d+/g, `"milliseconds":<duration>`)
    .replace(/"pid":\d+/g, `"pid":<pid>`)
    .replace(/\bsha256:[0-9a-f]{64}/g, "sha256:<digest>")
    .replace(/[━─]+/g, "─")
    .replace(/\s+/g, " ")
    .trim();
}

/** Whether lines are as shown, where `…` may stand for anything. */
function matches(printed: readonly string[], shown: readonly string[]): boolean {
  const [first, ...rest] = shown;
  if (first === undefined) return printed.length === 0;
  if (first === "…") return printed.some((_, skipped) => matches(printed.slice(skipped), rest)) || rest.length === 0;
  const pattern = first.split("…").map(RegExp.escape).join(".*");
  return printed.length > 0 && new RegExp(`^${pattern}$`).test(printed[0]!) && matches(printed.slice(1), rest);
}

test("every relative link and anchor in the repository's documents leads somewhere", () => {
  const broken: string[] = [];
  for (const document of documents) {
    const text = prose(document);
    for (const [, target] of text.matchAll(/\[(?:[^\]]|\\\])*\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)) {
      if (/^[a-z][a-z+.-]*:/.test(target!)) continue;
      const [file = "", anchor] = target!.split("#") as [string?, string?];
      const place = file === "" ? document : path.join(path.dirname(document), decodeURIComponent(file));
      const found = globSync(place, { cwd: workspace }).length > 0;
      if (!found || (anchor !== undefined && !anchors(place).includes(anchor))) broken.push(`${document}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

/** A document without its code. */
function prose(document: string): string {
  return readFileSync(path.join(workspace, document), "utf8")
    .replace(/^(```+)[^]*?^\1$/gm, "")
    .replace(/`[^`\n]*`/g, (code) => "x".repeat(code.length));
}

/** Of its headings, as the web pages that show a repository make them. */
function anchors(document: string): string[] {
  const text = readFileSync(path.join(workspace, document), "utf8").replace(/^(```+)[^]*?^\1$/gm, "");
  const count = new Map<string, number>();
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => {
    const slug = heading!
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    const before = count.get(slug) ?? 0;
    count.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "zen-docs-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function write(folder: string, name: string, text: string): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text, { mode: 0o755 });
}

function link(target: string, place: string): void {
  mkdirSync(path.dirname(place), { recursive: true });
  symlinkSync(target, place, "dir");
}
