import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { failureOf, userFrames } from "../engine/failure.ts";
import { localModules } from "../engine/module-text.ts";
import { didYouMean, nearest } from "../error/did-you-mean.ts";
import { isZenError, ZenError } from "../error/zen-error.ts";
import { assertNotPnp } from "../flavor/installed-package.ts";
import { isPackageName, whyNoPackage } from "../flavor/package-json.ts";

/**
 * Turns what Node says when a pipeline file can't be imported into what is wrong, where, and the change to make.
 *
 * @param file the pipeline file, absolute; the error may come from any module that it reaches
 * @throws ZenError `yarn_pnp` where plain node can find no package at all
 */
export function importProblem(error: unknown, file: string): ZenError {
  if (isZenError(error)) return error;
  const { code, message = String(error) } = (error ?? {}) as { code?: string; message?: string };
  const show = (target: string): string => path.relative(process.cwd(), target) || target;
  const problem = (what: string, hint: string, kind = "bad_pipeline_file"): ZenError => new ZenError(kind, what, { hint, cause: error });

  switch (code) {
    case "ERR_MODULE_NOT_FOUND":
    case "ERR_UNSUPPORTED_DIR_IMPORT":
      return missingModule(message, code, problem, show);
    case "ERR_PACKAGE_PATH_NOT_EXPORTED":
      return notExported(message, problem, show);
    case "ERR_PACKAGE_IMPORT_NOT_DEFINED": {
      const [, name = "", manifest = "", importer = ""] =
        /specifier "([^"]+)" is not defined in package (.+?)(?: imported from (.+))?$/m.exec(message) ?? [];
      return problem(
        `${show(importer || file)} imports "${name}", which "imports" in ${show(manifest)} doesn't have.`,
        `Add it there: "imports": { "${name}": "./…" }, or mend the name.`,
      );
    }
    case "ERR_UNKNOWN_BUILTIN_MODULE": {
      const name = /: (.+)$/m.exec(message)?.[1] ?? "";
      const meant = nearest(name.replace("node:", ""), builtinModules);
      const suggestion = meant === undefined ? "" : ` Did you mean "node:${meant.replace("node:", "")}"?`;
      return problem(
        `${show(importerOf(name, file))} imports "${name}", which Node ${process.versions.node} doesn't have.${suggestion}`,
        "Mend the name; what starts with node: is Node's own.",
      );
    }
    case "ERR_INVALID_PACKAGE_CONFIG": {
      const manifest = /config (.+?package\.json)/.exec(message)?.[1];
      if (manifest !== undefined && existsSync(manifest))
        return problem(
          `The file ${show(manifest)} is broken: ${whyNoPackage(readFileSync(manifest, "utf8"))}.`,
          "Correct it in an editor: zen has not changed it.",
          "broken_file",
        );
      break;
    }
    case "ERR_IMPORT_ATTRIBUTE_MISSING": {
      const target = pathOf(/Module "(.+?)" needs/.exec(message)?.[1] ?? file);
      if (target === file) return notRunnable(file, problem, show);
      const importer = importerOf(path.basename(target), file);
      return problem(
        `${show(importer)} imports ${show(target)} without saying what it is.`,
        `Write: import … from "${specifierOf(target, importer)}" with { type: "json" };`,
      );
    }
    case "ERR_UNKNOWN_FILE_EXTENSION":
      return notRunnable(/ for (.+)$/m.exec(message)?.[1] ?? file, problem, show);
    case "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING": {
      const target = pathOf(/for "(.+)"$/m.exec(message)?.[1] ?? file);
      return problem(
        `${show(target)} is TypeScript inside of node_modules, where Node strips no types.`,
        "A package that is installed has to be built to JavaScript. One of your own workspace works as it is when it is linked instead of copied.",
      );
    }
    case "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX":
      return problem(
        `${place(error, show) ?? show(file)}: ${message.replace("is not supported in strip-only mode", "is more than a type")}; Node only strips types.`,
        erasableHint(message),
      );
    case "ERR_INVALID_TYPESCRIPT_SYNTAX":
      return problem(
        `${place(error, show) ?? show(file)} doesn't parse: ${message}.`,
        "Mend that line; tsc --noEmit shows it in its context.",
      );
  }
  const stack = isErrorLike(error) ? untilImport(error.stack ?? "") : "";
  if (error instanceof SyntaxError && isNodesOwn(stack)) return syntaxProblem(error, file, problem, show);
  const failure = { ...failureOf(error), stack: userFrames(stack) };
  const hint = /not defined in ES module scope/.test(message)
    ? "In an ES module write import instead of require, export instead of module.exports, and import.meta.dirname instead of __dirname."
    : "Code outside of steps runs when the file is imported.";
  return new ZenError(
    "pipeline_file_threw",
    `${show(file)} threw while it was imported: ${["Error", "thrown"].includes(failure.name) ? "" : `${failure.name}: `}${failure.message}`,
    { cause: error, hint, details: { failure } },
  );
}

type Problem = (what: string, hint: string, kind?: string) => ZenError;
type Show = (target: string) => string;

function isErrorLike(error: unknown): error is Error {
  return typeof error === "object" && error !== null && "stack" in error;
}

/** A stack without what called for the import: that is zen, whatever its files are called. */
function untilImport(stack: string): string {
  const lines = stack.split("\n");
  const end = lines.findIndex((line) => /^\s+at (?:async )?ModuleJob/.test(line));
  return (end === -1 ? lines : lines.slice(0, end)).join("\n");
}

/** Whether Node, and not the user's code, threw: no frame of the user's is above the first one of Node's. */
function isNodesOwn(stack: string): boolean {
  const first = stack.split("\n").find((line) => /^\s+at /.test(line) && !line.includes("<anonymous>"));
  return first === undefined || first.includes("node:internal");
}

function pathOf(place: string): string {
  return place.startsWith("file:") ? fileURLToPath(place) : place;
}

/** The local module that has a specifier in its text: where Node doesn't say who imported it. */
function importerOf(specifier: string, file: string): string {
  return localModules(file).find((module) => /\.[cm]?[jt]s$/.test(module) && readFileSync(module, "utf8").includes(specifier)) ?? file;
}

/** How a module writes the path of a file. */
function specifierOf(target: string, importer: string): string {
  const text = path.relative(path.dirname(importer), target).split(path.sep).join("/");
  return text.startsWith(".") ? text : `./${text}`;
}

function notRunnable(target: string, problem: Problem, show: Show): ZenError {
  const extension = path.extname(target);
  const jsx = extension === ".tsx" || extension === ".jsx";
  return problem(
    `${show(target)} can't be imported: Node runs no ${jsx ? "JSX" : `${extension} files`}.`,
    jsx
      ? `Move what pipelines need out of it into a .ts file, or rename it to ${path.basename(target, extension)}.${extension[1]}s if it has no JSX.`
      : "A pipeline file is .ts, .mts, .js or .mjs.",
  );
}

function notExported(message: string, problem: Problem, show: Show): ZenError {
  const subpath = /^Package subpath '\.([^']*)'/.exec(message)?.[1] ?? "";
  const [, manifest = "", importer] = / in (.+?package\.json)(?: imported from (.+))?$/m.exec(message) ?? [];
  const name = packageOf(manifest) ?? path.basename(path.dirname(manifest));
  return problem(
    `${importer === undefined ? "A module" : show(importer)} imports "${name}${subpath}", which the package ${name} does not export.`,
    `Import what it exports: that stands under "exports" in ${show(manifest)}.`,
  );
}

function missingModule(message: string, code: string, problem: Problem, show: Show): ZenError {
  const [, wanted = "", importer = ""] = /'([^']+)'.* imported from (.+)$/m.exec(message) ?? [];
  if (code === "ERR_MODULE_NOT_FOUND" && message.startsWith("Cannot find package")) return missingPackage(wanted, importer, problem, show);
  const broken = packageOf(importer) ?? packageOf(wanted);
  if (broken !== undefined) {
    return problem(
      `${show(importer)} imports ${show(wanted)}, and there is no such file: the package ${broken} is not complete.`,
      `If it is a package of your own, build it. If not, install it again, or another version of it: npm install ${broken}`,
    );
  }
  const written = specifierOf(wanted, importer);
  const there = candidates(wanted).find((candidate) => existsSync(candidate));
  if (there === undefined)
    return problem(
      `${show(importer)} imports "${written}", and there is no such file.${didYouMean(path.basename(wanted), namesIn(path.dirname(wanted)))}`,
      "Mend the path; a relative import is from the file that it stands in.",
    );
  if (path.extname(there) === ".tsx")
    return problem(
      `${show(importer)} imports "${written}", which is ${show(there)}: Node runs no JSX.`,
      "Move what pipelines need out of it into a .ts file.",
    );
  return problem(
    `${show(importer)} imports "${written}", but the file is called ${path.basename(there)}${code === "ERR_UNSUPPORTED_DIR_IMPORT" ? ` in that folder` : ""}: Node wants the name as it is.`,
    `Write: import … from "${specifierOf(there, importer)}"${/\.m?ts$/.test(there) ? ` (and in tsconfig.json "allowImportingTsExtensions": true, or "rewriteRelativeImportExtensions": true if tsc also emits)` : ""}.`,
  );
}

/** The files that `./x.js`, `./x` or a folder may have meant. */
function candidates(wanted: string): string[] {
  const bare = wanted.replace(/\.[cm]?jsx?$/, "");
  return [
    `${bare}.ts`,
    `${bare}.mts`,
    `${bare}.js`,
    `${bare}.mjs`,
    `${bare}.tsx`,
    path.join(wanted, "index.ts"),
    path.join(wanted, "index.js"),
  ].filter((candidate) => candidate !== wanted);
}

/** The name of the package that a file in `node_modules` belongs to. */
function packageOf(file: string): string | undefined {
  const inside = file.split(/[\\/]node_modules[\\/]/);
  if (inside.length === 1) return undefined;
  const [first = "", second = ""] = inside.at(-1)!.split(/[\\/]/);
  return first.startsWith("@") ? `${first}/${second}` : first;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // No such folder: then there is nothing to suggest.
    return [];
  }
}

function missingPackage(name: string, importer: string, problem: Problem, show: Show): ZenError {
  const alias = tsconfigAlias(name, path.dirname(importer));
  if (alias !== undefined || !isPackageName(name)) {
    const known =
      alias === undefined
        ? ", which is no name of a package: it looks like an alias, and Node knows only its own"
        : `, which only "${alias.key}" in ${show(alias.file)} explains: Node doesn't read tsconfig.json`;
    return problem(
      `${show(importer)} imports "${name}"${known}.`,
      `Import it by a relative path, or give the alias to Node as well, in package.json: "imports": { "#*": "./src/*" }, and import "#…".`,
    );
  }
  assertNotPnp(path.dirname(importer));
  if (name === "@zen/core")
    return problem(`${show(importer)} imports "@zen/core", which is not installed there.`, "npm install @zen/core @zen/cli");
  return problem(`${show(importer)} imports "${name}", which is not installed.`, `npm install ${name}`);
}

/** The nearest tsconfig.json above a folder, or one that it extends, if it explains the name. Comments are common there, so they are only searched. */
function tsconfigAlias(name: string, folder: string): { readonly file: string; readonly key: "paths" | "baseUrl" } | undefined {
  let file: string | undefined = nearestFile("tsconfig.json", folder);
  for (let hops = 0; file !== undefined && hops < 8; hops++) {
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
    const text = readFileSync(file, "utf8");
    const keys = [...(/"paths"\s*:\s*\{([^}]*)\}/.exec(text)?.[1] ?? "").matchAll(/"([^"]+)"\s*:/g)].map((match) => match[1]!);
    if (keys.some((key) => (key.endsWith("*") ? `${name}/`.startsWith(key.slice(0, -1)) : name === key))) return { file, key: "paths" };
    const base = /"baseUrl"\s*:\s*"([^"]+)"/.exec(text)?.[1];
    if (base !== undefined) {
      const target = path.resolve(path.dirname(file), base, name);
      if ([target, ...candidates(target)].some((candidate) => existsSync(candidate))) return { file, key: "baseUrl" };
    }
    const extended: string | undefined = /"extends"\s*:\s*"(\.[^"]+)"/.exec(text)?.[1];
    file = extended && path.resolve(path.dirname(file), extended.endsWith(".json") ? extended : `${extended}.json`);
  }
  return undefined;
}

/** The nearest file of a name, in a folder or above it. */
function nearestFile(name: string, folder: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    const file = path.join(at, name);
    if (existsSync(file)) return file;
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
  if (message.includes("enum"))
    return `Use an object and a type of its values: const Color = { red: "red" } as const; type Color = (typeof Color)[keyof typeof Color];`;
  if (message.includes("parameter property")) return "Declare the field and assign it in the constructor.";
  if (message.includes("namespace") || message.includes("module")) return "Use a module of its own: a file with exports.";
  if (message.includes("import equals")) return `Write: import name from "…";`;
  if (message.includes("export assignment")) return "Write: export default …;";
  return `"erasableSyntaxOnly": true in tsconfig.json finds all such places.`;
}

function syntaxProblem(error: SyntaxError, file: string, problem: Problem, show: Show): ZenError {
  const [, specifier, exported] = /The requested module '(.+)' does not provide an export named '(.+)'/.exec(error.message) ?? [];
  if (specifier !== undefined) return missingExport(specifier, exported!, error, file, problem, show);
  if (/Cannot use import statement outside a module|Unexpected token 'export'/.test(error.message)) {
    return commonJs(/^(?:file:\/\/)?(\/.+?|[A-Za-z]:\\.+?):\d+\r?\n/.exec(error.stack ?? "")?.[1] ?? file, problem, show);
  }
  const modules = localModules(file);
  const decorated = modules.map((module) => [module, decoratorLine(module)] as const).find(([, line]) => line !== undefined);
  if (decorated)
    return problem(
      `${show(decorated[0])}:${decorated[1]} uses a decorator, which Node can't run.`,
      "Call the function on the class instead, or keep decorated classes in files that pipelines don't import.",
    );
  const broken = modules.map(checkSyntax).find((found) => found !== undefined);
  return problem(
    `${broken === undefined ? show(file) : `${show(broken.file)}:${broken.line}`} doesn't parse: ${error.message}.`,
    "Mend that line; node --check shows it in its context.",
  );
}

/** An ES module in a place where Node takes files for CommonJS. */
function commonJs(file: string, problem: Problem, show: Show): ZenError {
  const manifest = nearestFile("package.json", path.dirname(file));
  const renamed = path.basename(file).replace(/\.[cm]?([jt]s)$/, ".m$1");
  return problem(
    `${show(file)} is an ES module, but ${manifest === undefined ? "nothing" : show(manifest)} says that .ts and .js files here are CommonJS.`,
    manifest === undefined
      ? `Rename it to ${renamed}.`
      : `In ${show(manifest)} write: "type": "module" (or, if other files there are CommonJS, rename this one to ${renamed}).`,
  );
}

function missingExport(specifier: string, exported: string, error: SyntaxError, file: string, problem: Problem, show: Show): ZenError {
  const where = place(error, show) ?? show(file);
  const importer = path.resolve(where.replace(/:\d+$/, ""));
  const target = specifier.startsWith(".") ? path.resolve(path.dirname(importer), specifier) : undefined;
  const text = target !== undefined && existsSync(target) ? readFileSync(target, "utf8") : "";
  // Node looked for exports in it as in CommonJS, which is why it found none.
  if (/^(?:export|import)\b/m.test(text) && /\.[jt]s$/.test(target!) && isCommonJs(target!)) return commonJs(target!, problem, show);
  if (exported === "default") {
    return problem(
      `${where} imports the default export of "${specifier}", which has none.`,
      `Write the names in braces: import { … } from "${specifier}".`,
    );
  }
  const find = `"verbatimModuleSyntax": true in tsconfig.json finds all such places`;
  const hint = `import type { ${exported} } from "${specifier}"`;
  if (new RegExp(`^export (?:declare )?(?:type|interface) ${exported}\\b`, "m").test(text)) {
    return problem(
      `${where} imports "${exported}" from "${specifier}" as a value, and it is a type: Node strips types.`,
      `Write: ${hint} (${find}).`,
    );
  }
  const names = [...text.matchAll(/^export (?:default )?(?:async )?(?:const|let|var|function\*?|class) ([\w$]+)/gm)].map(
    (match) => match[1]!,
  );
  const suggestion = didYouMean(exported, names);
  return problem(
    `${where} imports "${exported}" from "${specifier}", which exports no such value.${suggestion}`,
    suggestion === "" ? `If it is a type, write: ${hint} (${find}). If not, mend the name.` : "Mend the name.",
  );
}

function isCommonJs(file: string): boolean {
  const manifest = nearestFile("package.json", path.dirname(file));
  return manifest !== undefined && /"type"\s*:\s*"commonjs"/.test(readFileSync(manifest, "utf8"));
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
