import type { Document, Node, Pair, Scalar } from "yaml";
import { COMPONENT_TYPES, componentType, isComponentType, type ComponentType } from "../component/component-type.ts";
import { didYouMean } from "../error/did-you-mean.ts";
import { isZenError } from "../error/zen-error.ts";
import { isFlavorName } from "../flavor/manifest.ts";
import { isPackageName } from "../flavor/package-json.ts";
import type { Json } from "../pipeline/types.ts";
import { assertDistinct, assertName } from "../store/name.ts";
import { leadsOut } from "./local-path.ts";
import { badStackFile } from "./stack-file-error.ts";
import { STACK_FILE_FORMAT, type DeclaredComponent, type DeclaredStack, type DeclaredStacks, type StackFileText } from "./stack-file.ts";

/** Levels of lists and mappings, and values after aliases have been followed: far beyond any configuration. */
const MAX_DEPTH = 100;
const MAX_VALUES = 1_000_000;

/** The keys of a component. `schemas/stacks.schema.json` says the same for editors. */
const COMPONENT_KEYS = ["flavor", "package", "version", "custom", "config"];

/**
 * Reads a file of stacks: zen's own format, or what ZenML's `stack export` writes.
 *
 * @throws ZenError `bad_stack_file` with the line and column
 */
export async function parseStackFile({ source, text }: StackFileText): Promise<DeclaredStacks> {
  const yaml = await import("yaml");
  const lines = new yaml.LineCounter();
  let document: Document.Parsed;
  try {
    document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
  } catch (error) {
    if (error instanceof RangeError) throw badStackFile(source, "it is nested too deeply.");
    throw error;
  }
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) {
    if (/call stack/.test(problem.message)) throw badStackFile(source, "it is nested too deeply.");
    const reason = { MULTIPLE_DOCS: "it holds more than one document (---)", DUPLICATE_KEY: "a key is there twice" }[
      problem.code as string
    ];
    throw badStackFile(source, `${reason ?? problem.message.split("\n")[0]!.replace(/[.:]$/, "")}.`, {
      position: lines.linePos(problem.pos[0]),
    });
  }
  return new Reader(source, document, yaml, (offset) => lines.linePos(offset)).read();
}

type Yaml = typeof import("yaml");

/** A key of a mapping with its value, and where both stand. */
interface Entry {
  readonly key: string;
  readonly at: Node;
  readonly value: Node | null;
}

class Reader {
  readonly #source: string;
  readonly #document: Document.Parsed;
  readonly #yaml: Yaml;
  readonly #position: (offset: number) => { line: number; col: number };
  /** What each alias stands for: the library would look through the whole document for each. */
  readonly #targets = new Map<Node, Node>();
  #values = 0;

  constructor(source: string, document: Document.Parsed, yaml: Yaml, position: (offset: number) => { line: number; col: number }) {
    this.#source = source;
    this.#document = document;
    this.#yaml = yaml;
    this.#position = position;
    const anchors = new Map<string, Node>();
    yaml.visit(document, {
      Alias: (_, alias) => {
        const target = anchors.get(alias.source);
        if (target) this.#targets.set(alias, target);
      },
      Value: (_, node) => void (node.anchor !== undefined && anchors.set(node.anchor, node)),
    });
  }

  read(): DeclaredStacks {
    const root: Node | null = this.#document.contents;
    if (root === null) throw badStackFile(this.#source, "it is empty.");
    const top = this.#mapping(root, "the file");
    return top.some(({ key }) => key === "zenml_version" || key === "stack_name") ? this.#readZenml(root) : this.#readOurs(root, top);
  }

  #readOurs(root: Node, top: readonly Entry[]): DeclaredStacks {
    // First of all: of a newer format nothing else is known.
    const format = top.find(({ key }) => key === "format");
    if (!format) this.#refuse(root, `"format" is missing. Write format: ${STACK_FILE_FORMAT} at its top.`);
    const version = this.#json(format.value);
    if (typeof version === "number" && Number.isInteger(version) && version > STACK_FILE_FORMAT) {
      this.#refuse(
        format.at,
        `it has the format ${version}, and this zen knows ${STACK_FILE_FORMAT}.`,
        "Install a newer zen: npm install @zen/cli@latest",
      );
    }
    if (version !== STACK_FILE_FORMAT)
      this.#refuse(format.at, `"format" is ${JSON.stringify(version)} and should be ${STACK_FILE_FORMAT}.`);
    this.#known(top, ["format", "stacks", "components"], "a file of stacks");
    const value = (key: string): Node | null => top.find((entry) => entry.key === key)?.value ?? null;
    const stacks = this.#named("stack", this.#mapping(value("stacks"), `"stacks"`)).map((entry) => this.#stack(entry));
    const components = this.#types(this.#mapping(value("components"), `"components"`)).flatMap(({ type, value: ofType }) =>
      this.#named(componentType(type).label, this.#mapping(ofType, `"components.${type}"`)).map((entry) => this.#component(type, entry)),
    );
    return { stacks, components };
  }

  #stack({ key: name, at, value }: Entry): DeclaredStack {
    const parts = this.#types(this.#mapping(value, `the stack "${name}"`)).map(({ type, value: part, at: place }) => {
      const component = this.#text(part, place, `the ${componentType(type).label} of the stack "${name}"`);
      this.#name(componentType(type).label, component, part!);
      return [type, component] as const;
    });
    const components = inOrder(new Map(parts));
    this.#complete(name, components, at);
    return { name, components, source: this.#source };
  }

  #complete(name: string, components: DeclaredStack["components"], at: Node): void {
    const missing = COMPONENT_TYPES.filter(({ type, required }) => required && components[type] === undefined);
    if (missing.length === 0) return;
    const labels = missing.map(({ label }) => `no ${label}`).join(" and ");
    this.#refuse(at, `the stack "${name}" has ${labels}.`, `Add to the stack: ${missing.map(({ type }) => `${type}: NAME`).join(", ")}`);
  }

  #component(type: ComponentType, { key: name, at, value }: Entry): DeclaredComponent {
    const what = `the ${componentType(type).label} "${name}"`;
    const entries = this.#mapping(value, what);
    this.#known(entries, COMPONENT_KEYS, what);
    const find = (key: string): Entry | undefined => entries.find((entry) => entry.key === key);
    const text = (key: string): string | undefined => {
      const entry = find(key);
      return entry && this.#text(entry.value, entry.at, `"${key}" of ${what}`);
    };
    const flavor = text("flavor");
    if (flavor === undefined) this.#refuse(at, `"flavor" of ${what} is missing.`);
    this.#flavor(flavor, what, find("flavor")!.at);
    const from = text("package");
    if (from !== undefined && !isPackageName(from))
      this.#refuse(find("package")!.at, `"package" of ${what} is ${JSON.stringify(from)}, which is no name of a package.`);
    const custom = find("custom");
    if (custom && typeof this.#json(custom.value) !== "boolean") this.#refuse(custom.at, `"custom" of ${what} should be true or false.`);
    if (custom && this.#json(custom.value) === true && from !== undefined)
      this.#refuse(
        custom.at,
        `${what} has both "custom" and "package".`,
        "A flavor is of a package, or registered from a project's own code.",
      );
    const config = this.#config(this.#mapping(find("config")?.value ?? null, `"config" of ${what}`), what);
    return {
      type,
      name,
      flavor,
      package: from,
      version: text("version"),
      custom: custom !== undefined && this.#json(custom.value) === true,
      config,
      fromZenml: false,
      source: this.#source,
    };
  }

  /** One stack; a component is a flavor, a name and its settings side by side. */
  #readZenml(root: Node): DeclaredStacks {
    const top = this.#mapping(root, "the file");
    this.#known(top, ["zenml_version", "stack_name", "components"], "a stack that ZenML exported");
    const find = (key: string): Entry => top.find((entry) => entry.key === key) ?? this.#refuse(root, `"${key}" is missing.`);
    const name = this.#text(find("stack_name").value, find("stack_name").at, `"stack_name"`);
    this.#name("stack", name, find("stack_name").at);
    const components = this.#types(this.#mapping(find("components").value, `"components"`)).map(
      ({ type, value, at }): DeclaredComponent => {
        const what = `the ${componentType(type).label}`;
        const entries = this.#mapping(value, what);
        const field = (key: string): string => {
          const entry = entries.find((one) => one.key === key) ?? this.#refuse(at, `"${key}" of ${what} is missing.`);
          return this.#text(entry.value, entry.at, `"${key}" of ${what}`);
        };
        const [component, flavor] = [field("name"), field("flavor")];
        this.#name(componentType(type).label, component, at);
        this.#flavor(flavor, what, at);
        const settings = entries.filter(({ key }) => !["name", "flavor", "uuid"].includes(key));
        const config = this.#config(settings, what);
        return {
          type,
          name: component,
          flavor,
          package: undefined,
          version: undefined,
          custom: false,
          config,
          fromZenml: true,
          source: this.#source,
        };
      },
    );
    const parts = inOrder(new Map(components.map((component) => [component.type, component.name])));
    this.#complete(name, parts, find("components").at);
    return { stacks: [{ name, components: parts, source: this.#source }], components };
  }

  /** The settings of a component; null is how ZenML writes one that isn't set. */
  #config(entries: readonly Entry[], what: string): Record<string, Json> {
    const config: Record<string, Json> = {};
    for (const { key, at, value } of entries) {
      if (key === "name" || key === "uuid")
        this.#refuse(at, `"${key}" is no setting of ${what}: a component's name is its key, and a uuid is made.`);
      const setting = this.#json(value, `"${key}" of ${what}`);
      if (setting !== null) Object.defineProperty(config, key, { value: setting, enumerable: true, writable: true, configurable: true });
    }
    return config;
  }

  #flavor(flavor: string, what: string, at: Node): void {
    const word: unknown = flavor;
    if (isFlavorName(word)) return;
    const colon = flavor.lastIndexOf(":");
    this.#refuse(
      at,
      `"flavor" of ${what} is ${JSON.stringify(flavor)}, which is no name of a flavor.`,
      isPackageName(flavor.slice(0, colon))
        ? `Write flavor: ${flavor.slice(colon + 1)} and package: "${flavor.slice(0, colon)}"`
        : undefined,
    );
  }

  /** Mappings whose keys are names that a person chose. */
  #named(what: string, entries: readonly Entry[]): readonly Entry[] {
    const before: string[] = [];
    for (const { key, at } of entries) {
      this.#name(what, key, at);
      this.#checked(at, () => assertDistinct(what, key, before));
      before.push(key);
    }
    return entries;
  }

  #name(what: string, name: string, at: Node): void {
    this.#checked(at, () => assertName(what, name));
  }

  #checked(at: Node, check: () => void): void {
    try {
      check();
    } catch (error) {
      if (!isZenError(error)) throw error;
      this.#refuse(at, `${error.message.replace(/\.$/, "")}.`, error.hint);
    }
  }

  /** Mappings whose keys are component types, in their order. */
  #types(entries: readonly Entry[]): readonly (Entry & { readonly type: ComponentType })[] {
    this.#known(
      entries,
      COMPONENT_TYPES.map(({ type }) => type),
      "the ten component types",
    );
    return entries.flatMap((entry) => (isComponentType(entry.key) ? [{ ...entry, type: entry.key }] : []));
  }

  #known(entries: readonly Entry[], known: readonly string[], what: string): void {
    for (const { key, at } of entries) {
      if (known.includes(key)) continue;
      this.#refuse(at, `there is no key ${JSON.stringify(key)} in ${what}.${didYouMean(key, known)}`, `The keys are: ${known.join(", ")}.`);
    }
  }

  #mapping(node: Node | null, what: string): Entry[] {
    const value = this.#resolved(node);
    if (value === null || (this.#yaml.isScalar(value) && value.value === null)) return [];
    if (!this.#yaml.isMap(value)) return this.#refuse(value, `${what} should be a mapping (key: value).`);
    const seen = new Set<string>();
    return (value.items as Pair<Node, Node | null>[]).map(({ key: at, value: inner }) => {
      const key = this.#yaml.isScalar(at) ? plain(at) : this.#refuse(at, `a key of ${what} should be text.`);
      if (seen.has(key)) this.#refuse(at, `the key ${JSON.stringify(key)} is there twice.`);
      seen.add(key);
      return { key, at, value: inner };
    });
  }

  #text(node: Node | null, at: Node, what: string): string {
    const value = this.#resolved(node);
    if (!this.#yaml.isScalar(value) || value.value === null || value.value === "")
      return this.#refuse(value ?? at, `${what} should be text.`);
    return plain(value);
  }

  #json(node: Node | null, what = "a value", depth = 0, open: readonly Node[] = []): Json {
    const value = this.#resolved(node);
    if (value === null) return null;
    if (depth > MAX_DEPTH) this.#refuse(value, `${what} is nested too deeply.`);
    if (open.includes(value)) this.#refuse(value, `${what} contains itself.`);
    if (++this.#values > MAX_VALUES) this.#refuse(value, "its aliases (*) make it too large.");
    const inner = (part: Node | null): Json => this.#json(part, what, depth + 1, [...open, value]);
    if (this.#yaml.isMap(value)) return Object.fromEntries(this.#mapping(value, what).map(({ key, value: field }) => [key, inner(field)]));
    if (this.#yaml.isSeq(value)) return (value.items as (Node | null)[]).map(inner);
    return this.#scalar(value as Scalar, what);
  }

  #scalar(scalar: Scalar, what: string): Json {
    const { value, source = "" } = scalar;
    if (typeof value === "number") {
      // A number as JavaScript writes it is the one that it reads.
      const whole = /^[-+]?\d+$/.test(source) && String(value) !== source;
      const exact = Number.isFinite(value) && (!whole || BigInt(source.replace("+", "")) === BigInt(value));
      if (!exact) this.#refuse(scalar, `${what} is a number that can't be kept exactly.`, "Write it as text, in quotes.");
      return value;
    }
    if (typeof value === "string" && leadsOut(value)) this.#refuse(scalar, `${what}, ${JSON.stringify(value)}, leads out of its folder.`);
    return value as Json;
  }

  #resolved(node: Node | null): Node | null {
    if (!this.#yaml.isAlias(node)) return node;
    return this.#targets.get(node) ?? this.#refuse(node, `*${node.source} stands for nothing: no &${node.source} comes before it.`);
  }

  #refuse(at: Node, reason: string, hint?: string): never {
    throw badStackFile(this.#source, reason, { position: at.range ? this.#position(at.range[0]) : undefined, hint });
  }
}

/** A scalar's text as it was written: `007` is no number where a name belongs. */
function plain(scalar: Scalar): string {
  return typeof scalar.value === "string" ? scalar.value : (scalar.source ?? String(scalar.value));
}

/** The parts of a stack in the order of the types. */
function inOrder(parts: ReadonlyMap<ComponentType, string>): DeclaredStack["components"] {
  return Object.fromEntries(COMPONENT_TYPES.flatMap(({ type }) => (parts.has(type) ? [[type, parts.get(type)!]] : [])));
}
