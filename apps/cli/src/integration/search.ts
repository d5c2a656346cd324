import { isObject, isPackageName, printable, ZenError } from "@zen/core/light";
import { openQuietly } from "../light.ts";
import { notice, printList } from "../output/answer.ts";
import { styled } from "../output/terminal.ts";
import { Registries, type Registry } from "./registry.ts";

interface FoundPackage {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** The version that is installed here. */
  readonly installed: string | null;
}

const KEYWORD = "zen-integration";
/** As many as npm's registry gives at once. */
const MOST = 250;

interface SearchOptions {
  readonly limit: number;
  /** Seconds. */
  readonly timeout: number;
}

/** `zen integration search [WORD]`: the packages of the project's registries that say by a keyword that they have flavors. */
export async function searchIntegrations(word: string | undefined, options: SearchOptions): Promise<void> {
  const configured = await Registries.of(process.cwd());
  configured.applyToFetch();
  const registries = distinct(configured.all);
  const signal = AbortSignal.timeout(options.timeout * 1000);
  const answers = await Promise.allSettled(registries.map((one) => search(one, word, { ...options, signal })));
  const failed = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason as Error] : []));
  if (failed.length === registries.length) throw failed[0];
  for (const { message } of failed) notice(styled(2, "yellow", message));

  const { packages } = await (await openQuietly({}, notice)).flavors();
  const rows: FoundPackage[] = answers
    .flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []))
    .slice(0, options.limit)
    .map((one) => ({ ...one, installed: packages.find(({ package: name }) => name === one.name)?.version ?? null }));
  const [where, have] = registries.length === 1 ? ["registry", "has"] : ["registries", "have"];
  await printList(rows, {
    empty: `The ${where} ${registries.map(({ url }) => url).join(" and ")} ${have} no package with flavors${word === undefined ? "" : ` for "${word}"`}.`,
    columns: ["PACKAGE", "VERSION", "INSTALLED", "DESCRIPTION"],
    row: ({ name, version, installed, description }) => [name, version, installed ?? "", description],
    optional: 1,
  });
  const [first] = rows.filter(({ installed }) => installed === null);
  if (first) notice(`Install one: zen integration install ${first.name}`);
}

/** A registry to ask, and whose packages an installation would take from it. */
interface Place extends Registry {
  readonly has: (name: string) => boolean;
}

function distinct([main, ...scoped]: readonly Registry[]): Place[] {
  const elsewhere = scoped.filter(({ url }) => url !== main!.url);
  return [
    { ...main!, has: (name) => !elsewhere.some(({ scope }) => name.startsWith(`${scope}/`)) },
    ...elsewhere.map((one): Place => ({ ...one, has: (name) => name.startsWith(`${one.scope}/`) })),
  ];
}

async function search(
  place: Place,
  word: string | undefined,
  { limit, timeout: seconds, signal }: SearchOptions & { readonly signal: AbortSignal },
): Promise<Omit<FoundPackage, "installed">[]> {
  const asked = async (text: string, size: number): Promise<Omit<FoundPackage, "installed">[]> =>
    (await ask(place, text, { limit: size, signal, seconds })).filter(({ name }) => place.has(name));
  const found = await asked(`keywords:${KEYWORD}${word === undefined ? "" : ` ${word}`}`, limit);
  if (found.length > 0) return found;
  // Not every registry knows `keywords:`; such a one finds nothing by it. Verdaccio looks at names and descriptions alone, so
  // that only the list of all that it has shows the packages of another name.
  const others = await Promise.all((word === undefined ? [KEYWORD, ""] : [word]).map((text) => asked(text, MOST)));
  return [...new Map(others.flat().map((one) => [one.name, one])).values()];
}

async function ask(
  { url, authorization }: Registry,
  text: string,
  { limit, signal, seconds }: { readonly limit: number; readonly signal: AbortSignal; readonly seconds: number },
): Promise<Omit<FoundPackage, "installed">[]> {
  let answer: unknown;
  try {
    const address = new URL(`-/v1/search?text=${encodeURIComponent(text)}&size=${limit}`, url);
    const response = await fetch(address, { signal, headers: authorization === undefined ? {} : { authorization } });
    if (!response.ok) throw new Error(`it answered ${response.status} ${response.statusText}`.trimEnd());
    answer = await response.json();
  } catch (error) {
    const reason = signal.aborted ? `no answer within ${seconds} s` : reasonOf(error);
    throw new ZenError("registry_unreachable", `The registry ${url} can't be searched: ${reason}.`, {
      hint: `When you are online: npm search ${text}`,
      cause: error,
    });
  }
  const objects = isObject(answer) && Array.isArray(answer["objects"]) ? answer["objects"] : [];
  return objects.flatMap((object) => (isObject(object) && isObject(object["package"]) ? readPackage(object["package"]) : []));
}

/** Somebody else's answer: what is no package with flavors is left out. */
function readPackage({ name, description, keywords, ...more }: Record<string, unknown>): Omit<FoundPackage, "installed">[] {
  // Verdaccio gives the tags alone.
  const version = more["version"] ?? (isObject(more["dist-tags"]) ? more["dist-tags"]["latest"] : undefined);
  if (!isPackageName(name) || typeof version !== "string") return [];
  const hasFlavors = Array.isArray(keywords) ? keywords.includes(KEYWORD) : name.includes(KEYWORD) || name.startsWith("@zen/integration-");
  return hasFlavors
    ? [{ name, version: printable(version, 60), description: typeof description === "string" ? printable(description, 200) : "" }]
    : [];
}

/** "fetch failed" says nothing, nor does "Request was cancelled" of a proxy that refuses; what made it fail does. */
function reasonOf(error: unknown): string {
  let { cause, message } = error as Error;
  for (; cause instanceof Error; { cause } = cause) message = cause.message || ((cause as NodeJS.ErrnoException).code ?? message);
  return message.split("\n")[0]!.replace(/\.$/, "");
}
