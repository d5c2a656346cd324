import { isObject, isPackageName, printable, ZenError } from "@zen/core/light";
import { openHere } from "../light.ts";
import { notice, printList } from "../output/answer.ts";
import { configuredRegistry, type Registry } from "./registry.ts";

interface FoundPackage {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** The version that is installed here. */
  readonly installed: string | null;
}

const KEYWORD = "zen-integration";

/** `zen integration search [WORD]`: the packages of the registry that say by a keyword that they have flavors. */
export async function searchIntegrations(
  word: string | undefined,
  { limit, timeout }: { readonly limit: number; readonly timeout: number },
): Promise<void> {
  const registry = configuredRegistry(process.cwd());
  const signal = AbortSignal.timeout(timeout * 1000);
  let found = await ask(registry, `keywords:${KEYWORD}${word === undefined ? "" : ` ${word}`}`, { limit, signal, seconds: timeout });
  // Not every registry knows `keywords:`; such a one finds nothing by it. Verdaccio looks at names and descriptions alone.
  for (const text of word === undefined ? [KEYWORD, ""] : [word])
    if (found.length === 0) found = await ask(registry, text, { limit: 100, signal, seconds: timeout });
  const { packages } = await (await openHere()).flavors();
  const rows: FoundPackage[] = found
    .slice(0, limit)
    .map((one) => ({ ...one, installed: packages.find(({ package: name }) => name === one.name)?.version ?? null }));
  await printList(rows, {
    empty: `The registry ${registry.url} has no package with flavors${word === undefined ? "" : ` for "${word}"`}.`,
    columns: ["PACKAGE", "VERSION", "INSTALLED", "DESCRIPTION"],
    row: ({ name, version, installed, description }) => [name, version, installed ?? "", description],
    optional: 1,
  });
  const [first] = rows.filter(({ installed }) => installed === null);
  if (first) notice(`Install one: zen integration install ${first.name}`);
}

async function ask(
  { url, token }: Registry,
  text: string,
  { limit, signal, seconds }: { readonly limit: number; readonly signal: AbortSignal; readonly seconds: number },
): Promise<Omit<FoundPackage, "installed">[]> {
  let answer: unknown;
  try {
    const address = new URL(`-/v1/search?text=${encodeURIComponent(text)}&size=${limit}`, url);
    const response = await fetch(address, { signal, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
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

/** `fetch failed` says nothing; what made it fail does. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  const { code, message: deeper } = (cause ?? {}) as NodeJS.ErrnoException;
  return (deeper === undefined || deeper === "" ? (code ?? message) : deeper).split("\n")[0]!.replace(/\.$/, "");
}
