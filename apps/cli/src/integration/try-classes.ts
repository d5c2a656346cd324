import { once } from "node:events";
import { availableParallelism } from "node:os";
import { pathToFileURL } from "node:url";
import type { FlavorFailure } from "@zen/core/host";
import { isObject, otherVersion, printable, type FlavorEntry } from "@zen/core/light";
import { hostFile } from "../host.ts";
import type { Finding } from "./finding.ts";
import { childProcess } from "./run-command.ts";

/**
 * What the child runs: it imports core, then the class, and says what came of it, with a word that the class's own code is not
 * told: whatever that says to the parent is no answer.
 */
const CHILD = `
const { host, entry, word } = await new Promise((told) => process.once("message", told));
const { tryFlavor } = await import(host);
const send = process.send.bind(process);
send({ word, started: true });
const failure = await tryFlavor({ ...entry, problem: undefined });
send({ word, failure: failure ?? null }, () => process.exit(0));
`;

/** Imports the classes of flavors, each in a process of its own. */
export async function tryClasses(entries: readonly FlavorEntry[], folder: string, timeoutMilliseconds: number): Promise<Finding[]> {
  const host = pathToFileURL(hostFile(folder)).href;
  const results: Finding[][] = [];
  const queue = entries.entries();
  const work = async (): Promise<void> => {
    for (const [at, entry] of queue) results[at] = await tryClass(entry, { host, folder, timeoutMilliseconds });
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
  const findings = results.flat();
  const broken = findings.find(({ code }) => code === "broken_core");
  return broken ? [...findings.filter(({ code }) => code !== "broken_core"), broken] : findings;
}

interface Trial {
  readonly host: string;
  readonly folder: string;
  readonly timeoutMilliseconds: number;
}

async function tryClass(entry: FlavorEntry, { host, folder, timeoutMilliseconds }: Trial): Promise<Finding[]> {
  const child = childProcess().spawn(process.execPath, ["--input-type=module", "--eval", CHILD], {
    cwd: folder,
    // What a package prints while it is imported is no answer of ours.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const word = crypto.randomUUID();
  let answer: { readonly failure: FlavorFailure | null } | undefined;
  let started = false;
  let late = false;
  let timer: NodeJS.Timeout | undefined;
  child.on("message", (message: unknown) => {
    if (!isObject(message) || message["word"] !== word) return;
    if (message["started"] === true) {
      started = true;
      // Only the package's own import counts.
      timer = setTimeout(() => {
        late = true;
        child.kill("SIGKILL");
      }, timeoutMilliseconds);
    } else answer = message as unknown as { failure: FlavorFailure | null };
  });
  const ended = once(child, "exit") as Promise<[number | null, string | null]>;
  // A child that has ended already hears nothing, which its exit says.
  child.send({ host, entry, word }, () => {});
  const [code, signal] = await ended;
  clearTimeout(timer);
  if (!started) return [coreFinding(code ?? signal)];
  if (answer)
    return answer.failure === null ? [] : [finding(entry, answer.failure.code, answer.failure.message, mendOf(entry, answer.failure))];
  const [kind, what]: readonly [string, string] = late
    ? ["never_finishes", `importing it had not finished after ${timeoutMilliseconds / 1000} s`]
    : code === 13
      ? ["never_finishes", "importing it waits for something that can't happen any more: a top-level await"]
      : ["exits_on_import", `importing it ended the process, with ${code === null ? `the signal ${signal}` : `exit code ${code}`}`];
  return [finding(entry, kind, what, otherVersion(entry.package))];
}

function finding(entry: FlavorEntry, code: string, problem: string, mend: string): Finding {
  const { package: from, folder, type, flavor } = entry;
  return {
    severity: "error",
    code,
    package: from,
    folder,
    flavor: `${type}:${flavor}`,
    problem: printable(problem).replace(/\.$/, ""),
    mend,
  };
}

/** Without a core that works no class can be tried: that is wrong once, whatever the number of classes. */
function coreFinding(ended: number | string | null): Finding {
  const problem = `it can't be imported, which ended with ${typeof ended === "string" ? `the signal ${ended}` : `exit code ${ended}`}: no class can be tried`;
  const mend = "npm uninstall @zen/core && npm install @zen/core";
  return { severity: "error", code: "broken_core", package: "@zen/core", folder: null, flavor: null, problem, mend };
}

/** A package that a module needs and that is not there is to be installed; else it is the package that has to change. */
function mendOf(entry: FlavorEntry, { hint }: FlavorFailure): string {
  return /^Install what it needs: (npm install \S+)$/.exec(hint)?.[1] ?? otherVersion(entry.package);
}
