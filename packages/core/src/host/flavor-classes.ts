import { isAbsolute, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { isComponentType } from "../component/component-type.ts";
import { assertFlavorClass, type FlavorClass } from "../component/stack-component.ts";
import { isZenError } from "../error/zen-error.ts";
import { packageOfSpecifier } from "../flavor/package-json.ts";
import { resolveModule } from "../flavor/resolve-module.ts";

/** Which modules of a package to look at. */
export interface FlavorModules {
  /** The package's folder, absolute. */
  readonly folder: string;
  readonly package: string;
  /** Subpaths of its `exports`: `.` or `./…`. */
  readonly modules: readonly string[];
}

/** What a module exports. */
export interface FlavorModule {
  readonly module: string;
  /** What the package's `exports` lead to, relative to its folder; undefined if they lead nowhere. */
  readonly file: string | undefined;
  /** The names of all that it exports. */
  readonly exports: readonly string[];
  /** Those that extend a base class of core. */
  readonly classes: readonly ExportedClass[];
  /** Why it can't be imported, and what to do. */
  readonly problem: { readonly message: string; readonly hint: string } | undefined;
}

/** A class that extends a base class, as data. */
export interface ExportedClass {
  readonly export: string;
  readonly type: string;
  /** Undefined for a class that others are meant to extend. */
  readonly flavor: string | undefined;
  readonly contract: number;
  /** JSON Schema of what a user gives. */
  readonly schema: object | undefined;
  /** Why it can't be used as a flavor, and what to do. */
  readonly problem: { readonly message: string; readonly hint: string } | undefined;
}

/** Imports modules of a package and says which classes of flavors they export: for whoever writes its manifest. Runs their code. */
export async function describeFlavorModules({ folder, package: name, modules }: FlavorModules): Promise<readonly FlavorModule[]> {
  const described: FlavorModule[] = [];
  for (const module of modules) described.push(await describeModule(folder, name, module));
  return described;
}

async function describeModule(folder: string, name: string, module: string): Promise<FlavorModule> {
  let file: string;
  try {
    file = resolveModule({ folder, package: name, module });
  } catch (error) {
    return { module, file: undefined, exports: [], classes: [], problem: pathProblem(error as NodeJS.ErrnoException, folder, module) };
  }
  const shown = relative(folder, file);
  let exported: Record<string, unknown>;
  try {
    exported = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    return { module, file: shown, exports: [], classes: [], problem: importProblem(error, shown) };
  }
  const classes = Object.entries(exported).flatMap(([key, value]) => (isFlavorClass(value) ? [describeClass(key, value)] : []));
  return { module, file: shown, exports: Object.keys(exported), classes, problem: undefined };
}

function pathProblem({ code, message }: NodeJS.ErrnoException, folder: string, module: string): FlavorModule["problem"] {
  if (code === "ERR_PACKAGE_PATH_NOT_EXPORTED")
    return {
      message: `"exports" has no "${module}" with the condition "default"`,
      hint: `Add to "exports" in package.json: "${module}": { "types": "./dist/….d.ts", "default": "./dist/….js" }`,
    };
  const missing = /Cannot find module '([^']+)'/.exec(message)?.[1];
  // Without "exports" the module is looked for as a path in the folder.
  if (missing === join(folder, module))
    return {
      message: `neither "exports" nor "main" in package.json leads to a file`,
      hint: `Add to package.json: "exports": { "${module}": { "types": "./dist/….d.ts", "default": "./dist/….js" } }`,
    };
  const field = message.includes('a valid "main" entry') ? "main" : "exports";
  return {
    message:
      missing !== undefined && isAbsolute(missing)
        ? `"${field}" leads to ${relative(folder, missing)}, which isn't there`
        : `neither "exports" nor "main" in package.json leads to a file`,
    hint: "Build the package first, or correct the path in package.json.",
  };
}

function importProblem(error: unknown, shown: string): FlavorModule["problem"] {
  const said = error instanceof Error ? error.message.split("\n")[0]!.replace(/ imported from .*/, "") : String(error);
  const missing = packageOfSpecifier(/Cannot find package '([^']+)'/.exec(said)?.[1] ?? "");
  return {
    message: `${shown} can't be imported: ${said}`,
    hint: missing === undefined ? "Mend what it says, build, and try again." : `Install what it needs: npm install ${missing}`,
  };
}

/** By its statics: the class may be built on another copy of core. */
function isFlavorClass(value: unknown): value is FlavorClass {
  if (typeof value !== "function") return false;
  const { TYPE, configSchema } = value as unknown as Partial<FlavorClass>;
  return isComponentType(TYPE) && typeof configSchema?.shape === "object";
}

function describeClass(name: string, flavorClass: FlavorClass): ExportedClass {
  const { TYPE: type, FLAVOR: flavor, CONTRACT: contract, configSchema } = flavorClass;
  const known = { export: name, type, flavor, contract };
  try {
    assertFlavorClass(flavorClass);
  } catch (error) {
    if (!isZenError(error)) throw error;
    return { ...known, schema: undefined, problem: { message: error.message, hint: error.hint ?? "" } };
  }
  try {
    return { ...known, schema: z.toJSONSchema(configSchema, { io: "input" }), problem: undefined };
  } catch (error) {
    return {
      ...known,
      schema: undefined,
      problem: {
        message: `The class ${name} has settings that no JSON Schema can describe: ${(error as Error).message}`,
        hint: "Let users give text, numbers, truth values, lists or objects, and make what the class needs of them by .transform(…) or z.preprocess(…).",
      },
    };
  }
}
