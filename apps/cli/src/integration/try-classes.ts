import { once } from "node:events";
import { availableParallelism } from "node:os";
import { pathToFileURL } from "node:url";
import type { FlavorFailure } from "@zen/core/host";
import { otherVersion, type FlavorEntry } from "@zen/core/light";
import { hostFile } from "../host.ts";
import type { Finding } from "./finding.ts";
import { childProcess } from "./run-command.ts";

/** What the child runs: it imports core, then the class, and says what came of it. */
const CHILD = `
const [host, entry] = JSON.parse(process.env.ZEN_TRY_FLAVOR);
delete process.env.ZEN_TRY_FLAVOR;
const { tryFlavor } = await import(host);
const send = process.send.bind(process);
send({ started: true });
const failure = await tryFlavor({ ...entry, problem: undefined });
send({ failure: failure ?? null }, () => process.exit(0));
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
  return results.flat();
}

async function tryClass(
  entry: FlavorEntry,
  { host, folder, timeoutMilliseconds }: { readonly host: string; readonly folder: string; readonly timeoutMilliseconds: number },
): Promise<Finding[]> {
  const child = childProcess().spawn(process.execPath, ["--input-type=module", "--eval", CHILD], {
    cwd: folder,
    env: { ...process.env, ZEN_TRY_FLAVOR: JSON.stringify([host, entry]) },
    // What a package prints while it is imported is no answer of ours.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  let answer: { failure: FlavorFailure | null } | undefined;
  let started = false;
  let late = false;
  let timer: NodeJS.Timeout | undefined;
  child.on("message", (message: { started?: boolean; failure?: FlavorFailure | null }) => {
    if (message.started === true) {
      started = true;
      // Only the package's own import counts.
      timer = setTimeout(() => {
        late = true;
        child.kill("SIGKILL");
      }, timeoutMilliseconds);
    } else answer = { failure: message.failure ?? null };
  });
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  clearTimeout(timer);
  if (!started) throw new Error(`The process that was to import ${entry.package} ended with ${code ?? signal} before it began.`);
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
  return { severity: "error", code, package: from, folder, flavor: `${type}:${flavor}`, problem: problem.replace(/\.$/, ""), mend };
}

/** A package that a module needs and that is not there is to be installed; else it is the package that has to change. */
function mendOf(entry: FlavorEntry, { hint }: FlavorFailure): string {
  return /^Install what it needs: (npm install \S+)$/.exec(hint)?.[1] ?? otherVersion(entry.package);
}
