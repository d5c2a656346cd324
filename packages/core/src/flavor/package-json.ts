/** What discovery uses of a package.json: the manifest, and what the package depends on. */
export interface PackageJson {
  readonly name: string | undefined;
  readonly version: string;
  /** Names of direct dependencies, of all kinds. */
  readonly dependencies: readonly string[];
  readonly workspaces: boolean;
  readonly keywords: readonly string[];
  /** The range of a peer dependency, by name. */
  readonly peers: Readonly<Record<string, string>>;
  /** The value of `"zen"`, as it stands there; undefined if there is none. */
  readonly zen: unknown;
}

const KINDS = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] as const;

/** Whether a package.json may hold a manifest: far cheaper than parsing the many that don't. */
export function mentionsZen(text: string): boolean {
  return text.includes('"zen"');
}

/** Reads a package.json; undefined if it isn't one. Other people's files: nothing in them is an error of ours. */
export function parsePackage(text: string): PackageJson | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    return undefined;
  }
  if (!isObject(json)) return undefined;
  return {
    name: typeof json["name"] === "string" ? json["name"] : undefined,
    version: typeof json["version"] === "string" ? json["version"] : "0.0.0",
    dependencies: KINDS.flatMap((kind) => (isObject(json[kind]) ? Object.keys(json[kind]) : [])),
    workspaces: json["workspaces"] !== undefined,
    keywords: Array.isArray(json["keywords"]) ? json["keywords"].filter((word) => typeof word === "string") : [],
    peers: textValues(json["peerDependencies"]),
    zen: Object.hasOwn(json, "zen") ? json["zen"] : undefined,
  };
}

function textValues(value: unknown): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/** Why {@link parsePackage} has nothing to give: what the parser says, and where. */
export function whyNoPackage(text: string): string {
  try {
    JSON.parse(text);
    return "it is not a JSON object";
  } catch (error) {
    return (error as Error).message;
  }
}

/** A JSON object; its keys are untrusted. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of a key; what an object inherits is no value. */
export function own<Value>(object: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

// Not with a dash in front: an option, to whom a command that names it is pasted.
const NAME = /^(@[A-Za-z0-9][A-Za-z0-9._~-]*\/)?[A-Za-z0-9_][A-Za-z0-9._~-]*$/;

/** Whether a word is the name of an npm package, and so can't lead out of `node_modules`. */
export function isPackageName(word: unknown): word is string {
  return typeof word === "string" && word.length <= 214 && NAME.test(word);
}

/** The package that a specifier such as `@acme/x/sub/path` is of; undefined if it is of none. */
export function packageOfSpecifier(specifier: string): string | undefined {
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  return isPackageName(name) ? name : undefined;
}

const VERSION = /^[\w.+-]{1,100}$/;

/** Whether a text can be a version, and stand in a command that a person may paste. */
export function isVersion(text: string): boolean {
  return VERSION.test(text);
}
