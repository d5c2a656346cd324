import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { installedCore } from "../host.ts";
import type { AuthorPackage } from "./author-package.ts";
import { findings, type Finding } from "./finding.ts";
import { isPreset, type ManifestPlan } from "./manifest-plan.ts";
import { readmeFindings } from "./readme-findings.ts";

type Problem = Omit<Finding, "check">;

/** What package.json says beside the manifest. */
export function packageFindings(author: AuthorPackage): readonly Finding[] {
  // A preset has no code that could meet another copy.
  const dependencies = isPreset(author) ? [] : dependencyProblems(author);
  return [...findings("dependencies", dependencies), ...findings("keyword", keywordProblems(author.json))];
}

function dependencyProblems({ folder, json }: AuthorPackage): readonly Problem[] {
  const [peers, own] = [record(json["peerDependencies"]), record(json["dependencies"])];
  return (["@zen/core", "zod"] as const).flatMap((name): Problem[] => {
    if (name in own)
      return [
        {
          status: "failed",
          message: `${name} is among "dependencies": users would get a second copy of it`,
          hint: `Move it to "peerDependencies", and for your own tests to "devDependencies".`,
        },
      ];
    if (name in peers) return [];
    const range = name === "zod" ? "^4.0.0" : coreRange(folder);
    return [{ status: "failed", message: `${name} is not among "peerDependencies"`, hint: `Add it: "${name}": "${range}"` }];
  });
}

/** What the package is built on now, and what npm takes for compatible with it. */
function coreRange(folder: string): string {
  const core = installedCore(folder);
  return core === undefined ? "*" : `^${core}`;
}

function keywordProblems({ keywords }: AuthorPackage["json"]): readonly Problem[] {
  if (Array.isArray(keywords) && keywords.includes("zen-integration")) return [];
  return [
    {
      status: "failed",
      message: '"keywords" has no "zen-integration", by which registries find packages of flavors',
      hint: 'Add it: "keywords": ["zen-integration"]',
    },
  ];
}

/** What npm would publish: for people, and for zen. */
export function publishFindings(author: AuthorPackage, plan: ManifestPlan | undefined): readonly Finding[] {
  const papers = paperFindings(author);
  const published = publishedFiles(author);
  if (!(published instanceof Set)) return [...papers, { check: "files", ...published }];
  const needed = (plan?.flavors ?? []).flatMap(({ module, file, schema }) => [
    [file, `which "exports" lead to with "${module}"`] as const,
    // One that is yet to be written is among what is wrong with the schemas.
    ...(existsSync(path.join(author.folder, schema)) ? [[schema, "a schema of the manifest"] as const] : []),
  ]);
  const missing = [...new Map(needed)].filter(([file]) => !published.has(file.split(path.sep).join("/")));
  const unbuilt = (plan?.flavors ?? []).filter(({ file }) => /\.[cm]?ts$/.test(file));
  return [
    ...papers,
    ...findings("files", [
      ...missing.map(([file, what]): Problem => ({
        status: "failed",
        message: `${file}, ${what}, would not be published`,
        hint: `Add its folder to "files" in package.json: ${JSON.stringify([...list(author.json["files"]), file.split(path.sep)[0]])}`,
      })),
      ...unbuilt.map(({ file, module }): Problem => ({
        status: "failed",
        message: `"exports" lead with "${module}" to ${file}, and Node strips no types inside node_modules`,
        hint: 'Let "default" lead to what tsc makes of it: "./dist/….js"',
      })),
    ]),
  ];
}

function paperFindings(author: AuthorPackage): readonly Finding[] {
  const { folder, json } = author;
  const licence = hasLicence(folder);
  return [
    ...readmeFindings(author),
    ...findings("licence", [
      ...(typeof json["license"] === "string"
        ? []
        : [
            {
              status: "failed" as const,
              message: '"license" is missing from package.json',
              hint: 'Add its SPDX name: "license": "Apache-2.0"',
            },
          ]),
      ...(licence ? [] : [{ status: "failed" as const, message: "there is no LICENSE", hint: "Add its text: https://spdx.org/licenses" }]),
    ]),
    ...findings(
      "name",
      json["private"] === true
        ? [{ status: "warning", message: '"private" is true, and npm publishes no such package', hint: "Take it out before you publish." }]
        : [],
    ),
  ];
}

/** In the package, or beside a workspace's root, from where pnpm takes it. */
function hasLicence(folder: string): boolean {
  for (let at = folder; ; at = path.dirname(at)) {
    const root = at !== folder && existsSync(path.join(at, "pnpm-workspace.yaml"));
    if ((at === folder || root) && readdirSync(at).some((name) => /^(licen[cs]e|copying)(\.|$)/i.test(name))) return true;
    if (root || at === path.dirname(at)) return false;
  }
}

function publishedFiles({ folder }: AuthorPackage): Set<string> | Problem {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const packed = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: folder, encoding: "utf8" });
  if (packed.error) return { status: "skipped", message: "npm, which says what would be published, can't be started" };
  if (packed.status !== 0) {
    const reason = /^npm error (?!code )(.+)$/m.exec(packed.stderr)?.[1] ?? `exit code ${packed.status}`;
    return { status: "failed", message: `npm can't pack it: ${reason}`, hint: "Mend package.json, until this works: npm pack --dry-run" };
  }
  const files = packedFiles(packed.stdout);
  if (files !== undefined) return new Set(files);
  const [line = ""] = packed.stdout.trim().split("\n");
  return {
    status: "skipped",
    message: `npm, which says what would be published, printed ${line === "" ? "nothing" : JSON.stringify(line.slice(0, 80))} and not a list of files`,
    hint: "See what it prints, and why: npm pack --dry-run --json --ignore-scripts",
  };
}

/** What `npm pack --json` lists; undefined where it has printed something else: another program may be called npm. */
function packedFiles(text: string): readonly string[] | undefined {
  try {
    const [{ files }] = JSON.parse(text) as [{ files: readonly { path: string }[] }];
    return files.map((file) => file.path);
  } catch {
    return undefined;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
