import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { componentType, type ComponentType } from "../component/component-type.ts";
import type { StackComponent } from "../component/stack-component.ts";
import { isZenError, ZenError } from "../error/zen-error.ts";
import { findFlavor, flavorOf, whereToFind } from "../flavor/find-flavor.ts";
import type { FlavorEntry, FlavorListing } from "../flavor/flavor-entry.ts";
import { isFlavorName } from "../flavor/manifest.ts";
import { ownPackage } from "../flavor/own-package.ts";
import type { Context } from "../repository/context.ts";
import { componentFrom, recordOf } from "../repository/stored-component.ts";
import type { ComponentRecord } from "../store/stack-store.ts";
import { schemaOf } from "../flavor/component-schema.ts";
import { filledFolder, filledIn } from "./local-path.ts";
import { withoutSecrets } from "../flavor/secret-value.ts";
import type { DeclaredComponent } from "./stack-file.ts";
import { StoredComponents } from "./stored-components.ts";

/** A component of a file beside the one of the profile. */
export interface ComparedComponent {
  readonly declared: DeclaredComponent;
  /** What the profile has under its name; undefined if nothing. */
  readonly stored: ComponentRecord | undefined;
  /** What the profile would have; the stored one itself if that is as the file says. */
  readonly record: ComponentRecord;
  /** Made of the record; undefined if no class was needed to see that nothing differs, or none could be loaded. */
  readonly component: StackComponent | undefined;
  /** Why the class couldn't be loaded: then it was compared as it is written. */
  readonly unchecked: string | undefined;
}

/** Compares components of files with those of a profile. */
export class ComponentComparison {
  readonly stored: StoredComponents;
  readonly listing: FlavorListing;
  readonly #localStores: string;

  constructor(context: Context, listing: FlavorListing) {
    this.stored = new StoredComponents(context.store);
    this.listing = listing;
    this.#localStores = filledFolder(context.configFolder, context.profile.value);
  }

  /**
   * Compares each one. What is as it is written isn't loaded; else the flavor's class says what would be stored.
   *
   * @param options.withoutClasses compares as it is written what can't be loaded
   * @throws ZenError `flavors_not_installed` that names all packages; `bad_config`, `literal_secret`
   */
  async compareAll(
    components: readonly DeclaredComponent[],
    { withoutClasses = false }: { readonly withoutClasses?: boolean } = {},
  ): Promise<ComparedComponent[]> {
    await this.stored.prepare(components);
    const compared: ComparedComponent[] = [];
    const missing: DeclaredComponent[] = [];
    for (const declared of components) {
      try {
        compared.push(await this.compare(declared));
      } catch (error) {
        if (!isZenError(error)) throw error;
        if (withoutClasses && NOT_LOADABLE.has(error.code)) compared.push(await this.#asWritten(declared, error.message));
        else if (error.code === "flavor_not_found") missing.push(declared);
        else throw error;
      }
    }
    if (missing.length > 0) throw notInstalled(missing);
    return compared;
  }

  /** Compares one, with its class if it isn't as it is written. */
  async compare(declared: DeclaredComponent): Promise<ComparedComponent> {
    const { type, name, flavor, fromZenml } = declared;
    const stored = await this.stored.get(type, name);
    const written = this.#record(declared, stored);
    assertNoSecret(declared, written, this.listing);
    if (stored && isAsWritten(written, stored)) return { declared, stored, record: stored, component: undefined, unchecked: undefined };

    // Without a package, whichever has the flavor will do; only what ZenML wrote may mean one of ZenML's.
    const named = fromZenml || written.package !== undefined || written.custom === true;
    const entry = named ? flavorOf(this.listing, written) : findFlavor(this.listing, written.type, written.flavor);
    // A record without a package is one of ZenML's, whose further settings are passed over.
    const origin = fromZenml ? {} : { package: entry.package, ...(entry.origin === "custom" && { custom: true }) };
    const component = await inFile(declared, () => componentFrom({ ...written, ...origin }, this.listing));
    const same = stored && isFlavorOf(this.listing, stored, entry);
    const record = await inFile(declared, async () => recordOf(component, entry, same ? stored.flavor : flavor));
    const equal =
      same && (isDeepStrictEqual(record.config, stored.config) || isDeepStrictEqual(record.config, await this.#normalised(stored)));
    return { declared, stored, record: equal ? stored : record, component, unchecked: undefined };
  }

  async #asWritten(declared: DeclaredComponent, unchecked: string): Promise<ComparedComponent> {
    const stored = await this.stored.get(declared.type, declared.name);
    return { declared, stored, record: this.#record(declared, stored), component: undefined, unchecked };
  }

  #record(
    { type, name, flavor, package: from, version, custom, config }: DeclaredComponent,
    stored: ComponentRecord | undefined,
  ): ComponentRecord {
    const fields = Object.entries(config).map(([key, value]) => {
      const there = stored && Object.hasOwn(stored.config, key) ? stored.config[key] : undefined;
      return [key, filledIn(value, there, this.#localStores)];
    });
    return {
      type,
      name,
      flavor,
      uuid: stored?.uuid ?? randomUUID(),
      config: Object.fromEntries(fields),
      package: from,
      version,
      contract: undefined,
      ...(custom && { custom }),
    };
  }

  /** The stored settings as the class would store them today; undefined if it refuses them. */
  async #normalised(stored: ComponentRecord): Promise<ComponentRecord["config"] | undefined> {
    try {
      const component = await componentFrom(stored, this.listing);
      return recordOf(component, flavorOf(this.listing, stored)).config;
    } catch {
      return undefined;
    }
  }
}

/** Why a class can't be loaded, as opposed to what is wrong with a configuration. */
const NOT_LOADABLE = new Set(["flavor_not_found", "flavor_unusable", "flavor_ambiguous", "flavor_import_failed", "bad_flavor"]);

function isAsWritten(written: ComponentRecord, stored: ComponentRecord): boolean {
  if (written.flavor !== stored.flavor) return false;
  if (written.package !== undefined && stored.package !== undefined && written.package !== stored.package) return false;
  if (written.custom === true && stored.custom !== true) return false;
  // ZenML writes null for what isn't set.
  const set = Object.fromEntries(Object.entries(stored.config).filter(([, value]) => value !== null));
  return isDeepStrictEqual(written.config, set);
}

/** Whether a stored component has that flavor, under whichever of its names. */
function isFlavorOf(listing: FlavorListing, stored: ComponentRecord, entry: FlavorEntry): boolean {
  try {
    return flavorOf(listing, stored) === entry;
  } catch {
    return false;
  }
}

/** A literal in a file that is shared is wrong even where nothing would be written. */
function assertNoSecret(declared: DeclaredComponent, written: ComponentRecord, listing: FlavorListing): void {
  const schema = schemaOf(listing, written);
  if (schema)
    withoutSecrets(declared.config, schema, (_, at) => {
      throw literalSecret(declared, at);
    });
}

/** Says of an error about a component in which file it stands. */
async function inFile<Value>(declared: DeclaredComponent, make: () => Promise<Value>): Promise<Value> {
  try {
    return await make();
  } catch (error) {
    if (!isZenError(error) || NOT_LOADABLE.has(error.code)) throw error;
    if (error.code === "literal_secret") throw literalSecret(declared, [String(error.details["field"])]);
    const { code, message, hint, exitCode, details } = error;
    const spelling = /[a-z][A-Z]/.test(`${message}${hint}`) ? " Files spell them in snake_case, such as access_key_id." : "";
    throw new ZenError(code, `${capital(declared.source)}: ${message}`, { hint: hint && hint + spelling, exitCode, details, cause: error });
  }
}

function literalSecret({ type, name, source }: DeclaredComponent, at: readonly string[]): ZenError {
  const variable = [name, ...at].join("_").replace(/\W/g, "_").toUpperCase();
  return new ZenError(
    "literal_secret",
    `${capital(source)}: "${at.join(".")}" of the ${componentType(type).label} "${name}" is a secret, and no file may have one in clear.`,
    {
      exitCode: 2,
      hint: `Put it into the environment (export ${variable}=…) and refer to it in the file: ${at.at(-1)}: "{{env.${variable}}}"`,
      details: { field: at.join(".") },
    },
  );
}

function notInstalled(missing: readonly DeclaredComponent[]): ZenError {
  const custom = missing.filter((component) => component.custom);
  const packaged = missing.filter((component) => !component.custom);
  const packages = new Set(packaged.flatMap((component) => packageOf(component) ?? []));
  const unknown = packaged.filter((component) => packageOf(component) === undefined && isFlavorName(component.flavor));
  const what = missing.map(
    ({ type, name, flavor, package: from }) =>
      `"${flavor}"${from === undefined ? "" : ` of ${from}`} (${componentType(type).label} "${name}")`,
  );
  const hints = [
    ...(packages.size > 0 ? [`Install ${packages.size === 1 ? "it" : "them"}: npm install ${[...packages].join(" ")}`] : []),
    ...new Set(unknown.map(({ type, flavor }) => whereToFind(type, flavor))),
    ...custom.map(({ type, flavor }) => registerHint(type, flavor)),
  ];
  return new ZenError(
    "flavors_not_installed",
    `${missing.length === 1 ? "A flavor that the files name is" : "Flavors that the files name are"} not there: ${what.join(", ")}.`,
    {
      exitCode: 2,
      hint: hints.length > 0 ? hints.join("\n") : `See all: zen ${componentType(missing[0]!.type).command} flavor list`,
      details: { packages: [...packages] },
    },
  );
}

function registerHint(type: ComponentType, flavor: string): string {
  return `"${flavor}" was registered from a project's own code: zen ${componentType(type).command} flavor register FILE#CLASS`;
}

/** The package to install: the one that the file names, else zen's own that has the flavor, if one has. */
function packageOf({ type, flavor, package: from }: DeclaredComponent): string | undefined {
  return from ?? ownPackage(type, flavor);
}

function capital(source: string): string {
  return `${source[0]!.toUpperCase()}${source.slice(1)}`;
}
