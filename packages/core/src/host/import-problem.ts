import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { failureOf } from "../engine/failure.ts";
import { localModules } from "../engine/module-text.ts";
import { isZenError, ZenError } from "../error/zen-error.ts";

/**
 * Turns what Node says when a pipeline file can't be imported into what is wrong, where, and the change to make.
 *
 * @param file the pipeline file, absolute; the error may come from any module that it reaches
 */
export function importProblem(error: unknown, file: string): ZenError {
  if (isZenError(error)) return error;
  const { code, message = String(error) } = (error ?? {}) as { code?: string; message?: string };
  const show = (target: string): string => path.relative(process.cwd(), target) || target;
  const problem = (what: string, hint: string, kind = "bad_pipeline_file"): ZenError => new ZenError(kind, what, { hint, cause: error });

  if (code === "ERR_MODULE_NOT_FOUND" || code === "ERR_UNSUPPORTED_DIR_IMPORT") return missingModule(message, code, problem, show);
  if (code === "ERR_UNKNOWN_FILE_EXTENSION") {
    const target = / for (.+)$/.exec(message)?.[1] ?? file;
    const extension = path.extname(target);
    return problem(
      `${show(target)} can't be imported: Node runs ${extension === ".tsx" || extension === ".jsx" ? "no JSX" : `no ${extension} files`}.`,
      extension === ".tsx" ? `Move what pipelines need out of it into a .ts file, or rename it to ${path.basename(target, ".tsx")}.ts if it has no JSX.` : "A pipeline file is .ts, .mts, .js or .mjs.",
    );
  }
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") return problem(`${place(error, show) ?? show(file)}: ${message.replace("is not supported in strip-only mode", "is more than a type")}; Node only strips types.`, erasableHint(message));
  if (code === "ERR_INVALID_TYPESCRIPT_SYNTAX") return problem(`${place(error, show) ?? show(file)} doesn't parse: ${message}.`, "Mend that line; tsc --noEmit shows it in its context.");
  if (error instanceof SyntaxError) return syntaxProblem(error, file, problem, show);
  const { name, message: said, stack } = failureOf(error);
  const thrown = new ZenError("pipeline_file_threw", `${show(file)} threw while it was imported: ${name === "Error" || name === "thrown" ? "" : `${name}: `}${said}`, {
    cause: error,
    hint: stack === undefined ? "Code outside of steps runs when the file is imported." : stack.split("\n").slice(0, 5).join("\n"),
  });
  return thrown;
}

type Problem = (what: string, hint: string, kind?: string) => ZenError;

function missingModule(message: string, code: string, problem: Problem, show: (target: string) => string): ZenError {
  const [, wanted = "", importer = ""] = /'([^']+)'.* imported from (.+)$/.exec(message) ?? [];
  if (code === "ERR_MODULE_NOT_FOUND" && message.startsWith("Cannot find package")) return missingPackage(wanted, importer, problem, show);
  const relative = (target: string): string => {
    const text = path.relative(path.dirname(importer), target).split(path.sep).join("/");
    return text.startsWith(".") ? text : `./${text}`;
  };
  const written = relative(wanted);
  const there = candidates(wanted).find((candidate) => existsSync(candidate));
  if (there === undefined) return problem(`${show(importer)} imports "${written}", and there is no such file.`, "Mend the path; a relative import is from the file that it stands in.");
  if (path.extname(there) === ".tsx") return problem(`${show(importer)} imports "${written}", which is ${show(there)}: Node runs no JSX.`, "Move what pipelines need out of it into a .ts file.");
  return problem(
    `${show(importer)} imports "${written}", but the file is called ${path.basename(there)}${code === "ERR_UNSUPPORTED_DIR_IMPORT" ? ` in that folder` : ""}: Node wants the name as it is.`,
    `Write: import … from "${relative(there)}" (and in tsconfig.json "allowImportingTsExtensions": true, or "rewriteRelativeImportExtensions": true if tsc also emits).`,
  );
}

/** The files that `./x.js`, `./x` or a folder may have meant. */
function candidates(wanted: string): string[] {
  const bare = wanted.replace(/\.[cm]?jsx?$/, "");
  return [`${bare}.ts`, `${bare}.mts`, `${bare}.js`, `${bare}.mjs`, `${bare}.tsx`, path.join(wanted, "index.ts"), path.join(wanted, "index.js")].filter((candidate) => candidate !== wanted);
}

function missingPackage(name: string, importer: string, problem: Problem, show: (target: string) => string): ZenError {
  const alias = tsconfigPath(name, path.dirname(importer));
  if (alias !== undefined) {
    return problem(
      `${show(importer)} imports "${name}", which only "paths" in ${show(alias)} explains: Node doesn't read tsconfig.json.`,
      `Import it by a relative path, or give the alias to Node as well, in package.json: "imports": { "#*": "./src/*" }, and import "#…".`,
    );
  }
  if (name === "@zen/core") return problem(`${show(importer)} imports "@zen/core", which is not installed there.`, "npm install @zen/core @zen/cli");
  return problem(`${show(importer)} imports "${name}", which is not installed.`, `npm install ${name}`);
}

/** The nearest tsconfig.json above `folder`, if one of its `paths` matches. Comments are common there, so it is only searched. */
function tsconfigPath(name: string, folder: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    const file = path.join(at, "tsconfig.json");
    if (existsSync(file)) {
      const paths = /"paths"\s*:\s*\{([^}]*)\}/.exec(readFileSync(file, "utf8"))?.[1] ?? "";
      const keys = [...paths.matchAll(/"([^"]+)"\s*:/g)].map((match) => match[1]!);
      return keys.some((key) => (key.endsWith("*") ? name.startsWith(key.slice(0, -1).replace(/\/$/, "")) : name === key)) ? file : undefined;
    }
    if (at === path.dirname(at)) return undefined;
  }
}

/** Where a TypeScript syntax error is, from the first line of its stack. */
function place(error: unknown, show: (target: string) => string): string | undefined {
  const [, url, line] = /^(file:\/\/.+?|\/.+?):(\d+)\r?\n/.exec((error as Error).stack ?? "") ?? [];
  if (url === undefined) return undefined;
  return `${show(url.startsWith("file:") ? fileURLToPath(url) : url)}:${line}`;
}

function erasableHint(message: string): string {
  if (message.includes("enum")) return `Use an object and a type of its values: const Color = { red: "red" } as const; type Color = (typeof Color)[keyof typeof Color];`;
  if (message.includes("parameter property")) return "Declare the field and assign it in the constructor.";
  if (message.includes("namespace") || message.includes("module")) return "Use a module of its own: a file with exports.";
  return `"erasableSyntaxOnly": true in tsconfig.json finds all such places.`;
}

function syntaxProblem(error: SyntaxError, file: string, problem: Problem, show: (target: string) => string): ZenError {
  const [, specifier, exported] = /The requested module '(.+)' does not provide an export named '(.+)'/.exec(error.message) ?? [];
  if (specifier !== undefined) {
    return problem(`${place(error, show) ?? show(file)} imports "${exported}" from "${specifier}", which exports no such value.`, `If it is a type, write: import type { ${exported} } from "${specifier}" ("verbatimModuleSyntax": true in tsconfig.json finds all such places). If not, mend the name.`);
  }
  if (/Cannot use import statement outside a module|Unexpected token 'export'/.test(error.message)) {
    const where = /^(?:file:\/\/)?(\/.+?|[A-Za-z]:\\.+?):\d+\r?\n/.exec(error.stack ?? "")?.[1] ?? file;
    const manifest = nearestManifest(path.dirname(where));
    return problem(
      `${show(where)} is an ES module, but ${manifest === undefined ? "nothing" : show(manifest)} says that .ts and .js files here are CommonJS.`,
      manifest === undefined ? `Rename it to end in .mts.` : `In ${show(manifest)} write: "type": "module"`,
    );
  }
  const modules = localModules(file);
  const decorated = modules.map((module) => [module, decoratorLine(module)] as const).find(([, line]) => line !== undefined);
  if (decorated) return problem(`${show(decorated[0])}:${decorated[1]} uses a decorator, which Node can't run.`, "Call the function on the class instead, or keep decorated classes in files that pipelines don't import.");
  const broken = modules.map(checkSyntax).find((found) => found !== undefined);
  return problem(`${broken === undefined ? show(file) : `${show(broken.file)}:${broken.line}`} doesn't parse: ${error.message}.`, "Mend that line; node --check shows it in its context.");
}

function nearestManifest(folder: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    const file = path.join(at, "package.json");
    if (existsSync(file)) return file;
    if (at === path.dirname(at)) return undefined;
  }
}

function decoratorLine(file: string): number | undefined {
  if (!/\.[cm]?ts$/.test(file)) return undefined;
  const text = readFileSync(file, "utf8").replace(/\/\*[^]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " "));
  const index = text.search(/(?:^|[;{}]|\n)[ \t]*@[A-Za-z_$][\w$.]*(?:\s|\(|$)/);
  return index === -1 ? undefined : text.slice(0, text.indexOf("@", index)).split("\n").length;
}

/** V8 keeps the place of a syntax error to itself; a child that only checks prints it. */
function checkSyntax(file: string): { file: string; line: string } | undefined {
  if (!/\.[cm]?js$/.test(file)) return undefined;
  const { status, stderr } = spawnSync(process.execPath, ["--check", file], { encoding: "utf8", timeout: 5_000 });
  const line = status === 0 ? undefined : /:(\d+)\r?\n/.exec(stderr)?.[1];
  return line === undefined ? undefined : { file, line };
}
