import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { componentType, speaksContract, type ComponentType } from "../component/component-type.ts";
import { assertFlavorClass, type FlavorClass } from "../component/stack-component.ts";
import { whileLoading } from "../engine/loading.ts";
import { didYouMean } from "../error/did-you-mean.ts";
import { ZenError } from "../error/zen-error.ts";
import { placeOfModule } from "../pipeline/module-root.ts";
import { isFlavorName } from "./manifest.ts";
import { packageOfSpecifier } from "./package-json.ts";
import { customFile } from "./stored-flavor.ts";

/** Where the class of a custom flavor is: what the profile keeps of it. */
export interface CustomSource {
  /** Absolute: the repository's root, else the folder of the nearest package.json. */
  readonly root: string;
  /** `./` and a path relative to the root, with `/`; or a package's name with a subpath. */
  readonly module: string;
  readonly export: string;
}

const MODULES = [".ts", ".mts", ".js", ".mjs", "/index.ts", "/index.js"];
const EXAMPLE = "Name the file and the class: ./src/stores.ts#MyStore";

/**
 * Which class a person means: `./src/stores.ts#MyStore`, `@acme/pkg/sub#MyStore`, or dotted from the repository's root,
 * `src.stores.MyStore`. Nothing is imported.
 *
 * @param from.folder what a path is relative to, and where a package is looked for
 * @throws ZenError `bad_source`
 */
export function customSource(text: string, from: { readonly folder: string; readonly repositoryRoot: string | undefined }): CustomSource {
  const hash = text.lastIndexOf("#");
  if (hash === -1) return dottedSource(text, from);
  const [module, name] = [text.slice(0, hash), text.slice(hash + 1)];
  if (module === "" || name === "") throw badSource(`"${text}" names no ${module === "" ? "file" : "class"}`, EXAMPLE);
  const packageName = packageOfSpecifier(module);
  const isPath = module.startsWith(".") || isAbsolute(module) || /\.[cm]?[jt]s$/.test(module) || packageName === undefined;
  if (isPath) return fileSource(resolve(from.folder, module), module, name);
  const root = from.repositoryRoot ?? placeOfModule(join(from.folder, "_")).root;
  try {
    createRequire(join(root, "_")).resolve(module);
  } catch (error) {
    if (existsSync(resolve(from.folder, module))) return fileSource(resolve(from.folder, module), module, name);
    throw badSource(
      `${root} has no package that exports "${module}"`,
      `Install it: npm install ${packageName}. For a file of your own write ./ before it: ./${module}#${name}`,
      { cause: error },
    );
  }
  return { root, module, export: name };
}

function dottedSource(
  text: string,
  { folder, repositoryRoot }: { readonly folder: string; readonly repositoryRoot: string | undefined },
): CustomSource {
  const direct = resolve(folder, text);
  if (/[/\\]/.test(text) || isFile(direct)) throw badSource(`"${text}" names no class`, `Add it: ${text}#MyStore`);
  const words = text.split(".");
  const name = words.pop()!;
  if (words.length === 0 || words.includes("") || name === "") throw badSource(`"${text}" is not the name of a class in a module`, EXAMPLE);
  const bases = [...new Set([repositoryRoot ?? folder, folder])].map((base) => join(base, ...words));
  const file = bases.flatMap((base) => MODULES.map((ending) => base + ending)).find((path) => isFile(path));
  if (file !== undefined) return fileSource(file, text, name);
  const path = words.join("/");
  throw badSource(`"${text}" means the class ${name} in ${path}.ts, and ${repositoryRoot ?? folder} has no such file`, EXAMPLE, {
    meant: didYouMean(`${words.at(-1)}.ts`, namesIn(dirname(bases[0]!))),
  });
}

function fileSource(file: string, shown: string, name: string): CustomSource {
  if (!isFile(file)) {
    throw badSource(`there is no file ${shown}`, "Check the path: it is relative to the working directory.", {
      meant: didYouMean(basename(file), namesIn(dirname(file))),
    });
  }
  const { root, module } = placeOfModule(file);
  return { root, module: `./${module}`, export: name };
}

/**
 * Imports the class of a custom flavor: code that a person named when the flavor was registered.
 *
 * @throws ZenError `flavor_source_missing` that names the root; why the module can't be imported; `bad_flavor`
 */
export async function importCustomClass({ root, module, export: name }: CustomSource): Promise<FlavorClass> {
  const file = customFile({ root, module });
  if (file === undefined) {
    throw new ZenError("flavor_source_missing", `${module}, which a flavor was registered from, is not in ${root} any more.`, {
      hint: `Put it back, or register the flavor again from where its class is now: FILE#${name}`,
      details: { root, module },
    });
  }
  let exports: Record<string, unknown>;
  try {
    const loading = whileLoading(file, async () => (await import(pathToFileURL(file).href)) as Record<string, unknown>);
    exports = isProgram(file) ? await settled(loading, file) : await loading;
  } catch (error) {
    const { importProblem } = await import("../host/import-problem.ts");
    throw importProblem(error, file);
  }
  const shown = module.startsWith("./") ? relative(process.cwd(), file) || file : module;
  const found = exports[name];
  if (typeof found === "function") {
    const flavorClass = found as unknown as FlavorClass;
    if (typeof flavorClass.configSchema?.shape !== "object")
      throw new ZenError("bad_flavor", `The class ${name} of ${shown} is not a flavor: it doesn't extend a base class of @zen/core.`, {
        hint: "Extend one of them, such as BaseArtifactStore.",
      });
    assertFlavorClass(flavorClass);
    return flavorClass;
  }
  const classes = Object.keys(exports).filter((key) => typeof exports[key] === "function");
  throw new ZenError("bad_flavor", `${shown} exports no class "${name}".${didYouMean(name, classes)}`, {
    exitCode: 2,
    hint: classes.length === 0 ? `Export it: export class ${name} extends BaseArtifactStore { … }` : `It exports: ${classes.join(", ")}.`,
  });
}

/**
 * Imports a class and checks that it can be registered as a flavor of a type.
 *
 * @throws ZenError as {@link importCustomClass}; `bad_flavor` for a class of another type or contract, or without a usable name
 */
export async function assertRegistrable(type: ComponentType, source: CustomSource): Promise<FlavorClass> {
  const flavorClass = await importCustomClass(source);
  const info = componentType(type);
  const { label, contract } = info;
  const refuse = (what: string, hint: string): never => {
    throw new ZenError("bad_flavor", `The class ${source.export} ${what}.`, { exitCode: 2, hint });
  };
  if (flavorClass.TYPE !== type) {
    const own = componentType(flavorClass.TYPE);
    refuse(
      `is a flavor of ${own.label}, not of ${label}`,
      `Register it as that: zen ${own.command} flavor register ${source.module}#${source.export}`,
    );
  }
  if (!isFlavorName(flavorClass.FLAVOR))
    refuse(`has the FLAVOR ${JSON.stringify(flavorClass.FLAVOR)}, which is no name of letters, digits, -, _ and .`, "Give it another one.");
  if (!speaksContract(info, flavorClass.CONTRACT))
    refuse(
      `was built on contract ${flavorClass.CONTRACT} of ${label}s, and this zen has contract ${contract}`,
      "Let the project have one version of @zen/core: npm ls @zen/core",
    );
  return flavorClass;
}

/** Whether a file is the one that Node was started with. */
function isProgram(file: string): boolean {
  const program = process.argv[1];
  return program !== undefined && existsSync(program) && realpathSync(program) === realpathSync(file);
}

/** A program that waits for its run, which waits for the program's own module to be there, would wait for ever. */
async function settled<Module>(loading: Promise<Module>, file: string): Promise<Module> {
  const given = Promise.withResolvers<never>();
  const giveUp = (): void => {
    const shown = relative(process.cwd(), file) || file;
    given.reject(
      new ZenError("flavor_in_program", `${shown} has the class of a flavor, and is itself waiting for the run that needs it.`, {
        hint: "Put the class into a file of its own, and register it from there.",
      }),
    );
  };
  // When nothing is left to do but wait for each other; or, where something else keeps the program alive, after a while.
  process.once("beforeExit", giveUp);
  const timer = setTimeout(giveUp, 10_000).unref();
  try {
    return await Promise.race([loading, given.promise]);
  } finally {
    clearTimeout(timer);
    process.removeListener("beforeExit", giveUp);
  }
}

/** A path that no system takes, or that leads through what can't be read, names no file either. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // No such folder: then there is nothing to suggest.
    return [];
  }
}

function badSource(
  problem: string,
  hint: string,
  { meant = "", cause }: { readonly meant?: string; readonly cause?: unknown } = {},
): ZenError {
  return new ZenError("bad_source", `This can't be registered as a flavor: ${problem}.${meant}`, { exitCode: 2, hint, cause });
}
