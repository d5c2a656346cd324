import { existsSync } from "node:fs";
import path from "node:path";
import type { ExportedClass, FlavorModule } from "@zen/core/host";
import { componentType, didYouMean, isComponentType, isObject, ZenError } from "@zen/core/light";
import type { AuthorPackage } from "./author-package.ts";
import { withJsonValue } from "./json-text.ts";
import { textOfFile } from "../text-of-file.ts";
import { readClasses } from "./read-classes.ts";

/** What would have to be written for the manifest and the schemas to say what the classes say. */
export interface ManifestPlan {
  /** The new text of package.json. */
  readonly text: string;
  /** Schemas whose text is to change: paths relative to the package. */
  readonly schemas: readonly { readonly file: string; readonly text: string }[];
  /** Schemas of names that flavors had before. */
  readonly removed: readonly string[];
  readonly drift: readonly Drift[];
  readonly flavors: readonly PlannedFlavor[];
}

/** One thing in which files differ from the classes. */
export interface Drift {
  /** Relative to the package. */
  readonly file: string;
  readonly what: string;
}

/** A flavor with its class. */
export interface PlannedFlavor {
  readonly type: string;
  readonly flavor: string;
  readonly module: string;
  /** What the module is, relative to the package. */
  readonly file: string;
  /** Its schema, relative to the package. */
  readonly schema: string;
  readonly class: ExportedClass;
}

type Entry = Readonly<Record<string, unknown>>;

/**
 * Compares a package's manifest with its classes, which are imported.
 *
 * @throws ZenError `bad_manifest`, `flavor_import_failed`, `bad_flavor`
 */
export async function planManifest(author: AuthorPackage): Promise<ManifestPlan> {
  const entries = manifestEntries(author);
  const named = entries.map((entry) => entry["module"]).filter((module) => typeof module === "string");
  const modules = named.length > 0 ? [...new Set(named)] : isPreset(author) ? [] : ["."];
  const found = await readClasses({ folder: author.folder, package: author.name, modules });
  for (const { module, problem } of found) {
    if (problem)
      throw new ZenError("flavor_import_failed", `The module "${module}" of ${author.name} can't be loaded: ${problem.message}.`, {
        hint: problem.hint,
      });
  }
  return new Comparison(author, entries, found).plan();
}

class Comparison {
  readonly #author: AuthorPackage;
  readonly #entries: readonly Entry[];
  readonly #modules: readonly FlavorModule[];
  readonly #drift: Drift[] = [];
  readonly #schemas: { file: string; text: string }[] = [];
  readonly #removed: string[] = [];
  readonly #flavors: PlannedFlavor[] = [];
  #text: string;

  constructor(author: AuthorPackage, entries: readonly Entry[], modules: readonly FlavorModule[]) {
    this.#author = author;
    this.#entries = entries;
    this.#modules = modules;
    this.#text = author.text;
  }

  plan(): ManifestPlan {
    const { zen = {} } = this.#author.json as { zen?: { manifestVersion?: unknown } };
    const { manifestVersion } = zen;
    if (manifestVersion !== 1) {
      this.#text = withJsonValue(this.#text, ["zen", "manifestVersion"], 1);
      this.#note(
        "package.json",
        manifestVersion === undefined ? "has no manifest" : `zen.manifestVersion is ${JSON.stringify(manifestVersion)}`,
      );
    }
    this.#entries.forEach((entry, index) => this.#compare(entry, index));
    this.#addOthers();
    if (this.#flavors.length === 0 && !isPreset(this.#author))
      throw new ZenError(
        "no_flavors",
        `${this.#author.name} has no flavor: its module ${this.#modules[0]!.file} exports no class of one.`,
        {
          hint: "Export a class that extends a base class of @zen/core, such as BaseArtifactStore, and has a FLAVOR.",
        },
      );
    return { text: this.#text, schemas: this.#schemas, removed: this.#removed, drift: this.#drift, flavors: this.#flavors };
  }

  #compare(entry: Entry, index: number): void {
    const module = typeof entry["module"] === "string" ? entry["module"] : ".";
    const found = this.#classOf(entry, module, index);
    assertUsable(found);
    const file = schemaFile(this.#author, entry, found);
    const fields = {
      type: found.type,
      flavor: found.flavor,
      contract: found.contract,
      module,
      export: found.export,
      configSchema: `./${file}`,
    };
    for (const [key, value] of Object.entries(fields)) {
      if (entry[key] === value) continue;
      const place = `zen.flavors[${index}].${key}`;
      this.#text = withJsonValue(this.#text, ["zen", "flavors", index, key], value);
      const is = entry[key] === undefined ? "is missing" : `is ${JSON.stringify(entry[key])}`;
      this.#note("package.json", `${place} ${is}, and the class ${found.export} says ${JSON.stringify(value)}`);
    }
    const before = entry["configSchema"];
    if (
      typeof before === "string" &&
      before !== `./${file}` &&
      /^\.\/schemas\/[\w.-]+$/.test(before) &&
      existsSync(path.join(this.#author.folder, before))
    ) {
      this.#removed.push(before.slice(2));
      this.#note(before.slice(2), "is the schema of a name that the flavor no longer has");
    }
    this.#compareSchema(file, found);
    this.#keep(found, module, file);
  }

  /** Flavors that the modules export and the manifest doesn't name. */
  #addOthers(): void {
    for (const { module, classes } of this.#modules) {
      for (const found of classes) {
        const known = this.#flavors.some(({ type, flavor }) => type === found.type && flavor === found.flavor);
        if (!found.flavor || known) continue;
        assertUsable(found);
        const file = conventionalSchema(found.type, found.flavor);
        const { type, flavor, contract } = found;
        const entry = { type, flavor, contract, module, export: found.export, configSchema: `./${file}` };
        const index = this.#flavors.length;
        this.#text = withJsonValue(this.#text, ["zen", "flavors", index], entry);
        this.#note("package.json", `zen.flavors doesn't have the ${label(type)} flavor "${flavor}" of the class ${found.export}`);
        this.#compareSchema(file, found);
        this.#keep(found, module, file);
      }
    }
  }

  /** By its export; a class that was renamed by its type and flavor; one whose flavor was renamed is the only one that is left. */
  #classOf(entry: Entry, module: string, index: number): ExportedClass {
    const { classes, exports } = this.#modules.find((one) => one.module === module)!;
    const byExport = classes.find((one) => one.export === entry["export"]);
    const byName = classes.find((one) => one.type === entry["type"] && one.flavor === entry["flavor"]);
    const found = byExport ?? byName;
    if (found) return found;
    const name = JSON.stringify(entry["export"] ?? "");
    const written = typeof entry["export"] === "string" ? entry["export"] : "";
    const others = classes.filter(({ flavor }) => flavor).map((one) => one.export);
    throw new ZenError(
      "bad_flavor",
      exports.includes(written)
        ? `zen.flavors[${index}] names ${name} of "${module}", which is no class that extends a base class of @zen/core.`
        : `zen.flavors[${index}] names the class ${name} of "${module}", which exports no such class.${didYouMean(written, others)}`,
      { hint: `Export it, or take zen.flavors[${index}] out of package.json.` },
    );
  }

  #compareSchema(file: string, { schema }: ExportedClass): void {
    const text = textOfFile(path.join(this.#author.folder, file));
    const before = text === undefined ? undefined : asJson(text);
    // The order of the settings counts: help shows them in it.
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(schema)) return;
    this.#schemas.push({ file, text: `${JSON.stringify(schema, null, 2)}\n` });
    this.#note(file, text === undefined ? "is missing" : differences(before, schema as JsonSchema));
  }

  #keep(found: ExportedClass, module: string, schema: string): void {
    const { file } = this.#modules.find((one) => one.module === module)!;
    this.#flavors.push({ type: found.type, flavor: found.flavor!, module, file: file!, schema, class: found });
  }

  #note(file: string, what: string): void {
    this.#drift.push({ file, what });
  }
}

/** Whether a package has no flavors of its own, but includes other packages that have. */
export function isPreset({ json }: AuthorPackage): boolean {
  const { flavors = [], includes } = isObject(json["zen"]) ? json["zen"] : {};
  return Array.isArray(flavors) && flavors.length === 0 && Array.isArray(includes) && includes.length > 0;
}

function manifestEntries({ json }: AuthorPackage): readonly Entry[] {
  const refuse = (what: string): never => {
    throw new ZenError("bad_manifest", `The manifest in package.json can't be read: ${what}.`, {
      hint: 'Correct it by hand, or take "zen" out: it is written anew.',
    });
  };
  const { zen = {} } = json;
  if (!isObject(zen)) return refuse('"zen" should be an object');
  const { flavors = [] } = zen;
  if (!Array.isArray(flavors)) return refuse('"zen.flavors" should be a list');
  return flavors.map((entry: unknown, index) => (isObject(entry) ? entry : refuse(`"zen.flavors[${index}]" should be an object`)));
}

function assertUsable({ problem }: ExportedClass): void {
  if (problem) throw new ZenError("bad_flavor", problem.message, { hint: problem.hint });
}

/** Where the schema of a flavor is kept: where the manifest says, unless that is by convention a name of before. */
function schemaFile({ folder }: AuthorPackage, entry: Entry, { type, flavor }: ExportedClass): string {
  const wanted = conventionalSchema(type, flavor!);
  const { configSchema, type: oldType, flavor: oldFlavor } = entry;
  if (typeof configSchema !== "string" || configSchema === `./${conventionalSchema(String(oldType), String(oldFlavor))}`) return wanted;
  if (!configSchema.startsWith("./") || !path.resolve(folder, configSchema).startsWith(folder + path.sep))
    throw new ZenError(
      "bad_manifest",
      `"configSchema" in package.json is ${JSON.stringify(configSchema)}, which is no path within the package.`,
      {
        hint: `Write "./${wanted}", or leave it out.`,
      },
    );
  return configSchema.slice(2);
}

function conventionalSchema(type: string, flavor: string): string {
  return `schemas/${type}.${flavor}.json`;
}

type JsonSchema = { readonly properties?: Readonly<Record<string, unknown>> };

function differences(before: unknown, after: JsonSchema): string {
  const [old, now] = [(isObject(before) ? (before as JsonSchema).properties : undefined) ?? {}, after.properties ?? {}];
  const parts = [
    ["lacks", Object.keys(now).filter((key) => !(key in old))],
    ["still has", Object.keys(old).filter((key) => !(key in now))],
    ["differs at", Object.keys(now).filter((key) => key in old && JSON.stringify(old[key]) !== JSON.stringify(now[key]))],
  ] as const;
  const said = parts.filter(([, keys]) => keys.length > 0).map(([word, keys]) => `${word} ${keys.join(", ")}`);
  return said.length === 0 ? "is not as the class has it" : said.join("; ");
}

function label(type: string): string {
  return isComponentType(type) ? componentType(type).label : type;
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // It is written anew.
    return null;
  }
}
