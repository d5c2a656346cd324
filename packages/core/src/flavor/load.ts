import { pathToFileURL } from "node:url";
import * as z from "zod";
import { componentType, speaksContract } from "../component/component-type.ts";
import { assertFlavorClass, type FlavorClass } from "../component/stack-component.ts";
import { didYouMean } from "../error/did-you-mean.ts";
import { isZenError, ZenError } from "../error/zen-error.ts";
import { asConfigSchema, readConfigSchema, type ConfigSchema } from "./config-schema.ts";
import { importCustomClass } from "./custom-flavor.ts";
import type { FlavorEntry } from "./flavor-entry.ts";
import { mendingHint } from "./find-flavor.ts";
import { flavorName } from "./flavor-name.ts";
import { packageOfSpecifier } from "./package-json.ts";
import { resolveModule } from "./resolve-module.ts";

/**
 * Imports the class of a flavor: the only place where code of a flavor is run.
 *
 * The class may be built on another copy of core, so it is recognised by its statics, never by `instanceof`.
 *
 * @throws ZenError `flavor_unusable`, `flavor_import_failed`, `bad_flavor`
 */
export async function loadFlavor(entry: FlavorEntry): Promise<FlavorClass> {
  const what = flavorName(entry);
  if (entry.origin === "custom") {
    const found = await importCustomClass({ root: entry.folder, module: entry.module, export: entry.export });
    assertMatches(entry, what, found);
    return found;
  }
  if (entry.problem !== undefined)
    throw new ZenError("flavor_unusable", `${what} can't be used: ${entry.problem}.`, {
      hint: mendingHint(entry),
    });
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(resolveModule(entry)).href)) as Record<string, unknown>;
  } catch (error) {
    throw importError(entry, what, error);
  }
  const found = module[entry.export];
  if (typeof found !== "function") {
    const exported = Object.keys(module);
    throw new ZenError(
      "bad_flavor",
      `${what} can't be used: its module ${entry.module} exports no class "${entry.export}".${didYouMean(entry.export, exported)}`,
      {
        hint: "Report it to the authors of the package, or install another version of it.",
        details: { reason: "missing_export" },
      },
    );
  }
  assertMatches(entry, what, found as unknown as FlavorClass);
  return found as unknown as FlavorClass;
}

/** The JSON Schema of a flavor's configuration: the one that its package brings, else made from its class. */
export function configSchemaOf(entry: FlavorEntry, flavorClass: FlavorClass): ConfigSchema {
  return readConfigSchema(entry) ?? schemaOfClass(flavorClass);
}

/** The JSON Schema of a class's configuration. */
export function schemaOfClass({ configSchema }: FlavorClass): ConfigSchema {
  return asConfigSchema(z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" }))!;
}

function importError(entry: FlavorEntry, what: string, error: unknown): ZenError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ERR_PACKAGE_PATH_NOT_EXPORTED") {
    return new ZenError(
      "flavor_import_failed",
      `${what} can't be loaded: the package doesn't export "${entry.module}" under the condition "default".`,
      {
        hint: `Its authors have to add to "exports" in its package.json: "${entry.module}": { "default": … }`,
        cause: error,
      },
    );
  }
  const missing = packageOfSpecifier(/Cannot find (?:package|module) '([^']+)'/.exec(message ?? "")?.[1] ?? "");
  const reason = isZenError(error) || error instanceof Error ? error.message.split("\n")[0]! : String(error);
  return new ZenError("flavor_import_failed", `${what} can't be loaded: ${reason.replace(/\.$/, "")}.`, {
    hint:
      missing !== undefined
        ? `Install what it needs: npm install ${missing}`
        : `Install the package again (npm install ${entry.package}), or another version of it.`,
    cause: error,
  });
}

function assertMatches(entry: FlavorEntry, what: string, flavorClass: FlavorClass): void {
  const custom = entry.origin === "custom";
  const refuse = (reason: string, problem: string): never => {
    throw new ZenError("bad_flavor", `${what} can't be used: ${problem}.`, {
      details: { reason },
      hint: custom
        ? `Change the class back, or delete the flavor and register it again: zen ${componentType(entry.type).command} flavor delete ${entry.flavor}`
        : "Report it to the authors of the package, or install another version of it.",
    });
  };
  if (typeof flavorClass.configSchema?.shape !== "object")
    refuse("wrong_base", `the class ${entry.export} doesn't extend a base class of @zen/core`);
  assertFlavorClass(flavorClass);
  for (const [field, wanted] of [
    ["TYPE", entry.type],
    ["FLAVOR", entry.flavor],
    ["CONTRACT", entry.contract],
  ] as const) {
    // Nothing says which contract a custom one was registered with.
    const fits =
      custom && field === "CONTRACT" ? speaksContract(componentType(entry.type), flavorClass.CONTRACT) : flavorClass[field] === wanted;
    if (!fits)
      refuse(
        `wrong_${field.toLowerCase()}`,
        `${custom ? "it was registered as" : "its manifest says"} ${JSON.stringify(wanted)}, and the class ${entry.export} has ${field} ${JSON.stringify(flavorClass[field])}`,
      );
  }
}
