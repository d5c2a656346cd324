import type { CopiedArtifact, CopyOutcome, CopyProgress } from "@zen/core/host";
import { ZenError } from "@zen/core/light";
import type { CopyFlags } from "../command/artifact.ts";
import { commandLine } from "../command-line.ts";
import { withStopSignal } from "../life-cycle/stop-signal.ts";
import { notice } from "../output/answer.ts";
import { count, size } from "../output/format.ts";
import { printJson } from "../output/json.ts";
import { printTable } from "../output/table.ts";
import { styled, writeLine } from "../output/terminal.ts";
import { withProject } from "../project.ts";
import { session } from "../session.ts";
import { usageError } from "../usage-error.ts";

/** Of a large artifact, how often it is said how far it is. */
const SAID_EVERY_MILLISECONDS = 2_000;

const RESULTS: Readonly<Record<CopiedArtifact["status"], string>> = {
  copied: "copied",
  present: "is there",
  repaired: "copied anew",
  planned: "to be copied",
  failed: "FAILED",
};

/** `zen artifact copy`. */
export async function copyArtifacts(
  artifact: string | undefined,
  { run, toStack, concurrency, dryRun = false, profile, stack }: CopyFlags,
): Promise<void> {
  const command = "zen artifact copy";
  if (toStack === undefined) throw usageError("missing_option", "Say where to: --to-stack NAME.", command);
  if ((artifact === undefined) === (run === undefined))
    throw usageError(
      artifact === undefined ? "missing_argument" : "too_many_arguments",
      `Say what to copy: ${artifact === undefined ? "an artifact, or with --run RUN" : "either an artifact or, with --run RUN,"} all of a run.`,
      command,
    );
  let total = 0;
  const outcome = await withStopSignal((signal) =>
    withProject({ profile, stack }, (project) =>
      project.copyArtifacts({
        artifact,
        run,
        toStack,
        concurrency,
        dryRun,
        signal,
        onPlan: (plan) => {
          total = plan.artifacts;
          if (!dryRun) notice(`Copying ${count(plan.artifacts, "artifact")} (${size(plan.size)}) to stack '${toStack}'.`);
        },
        onProgress: dryRun ? undefined : progress(() => total),
      }),
    ),
  );
  await print(outcome, toStack, dryRun);
  const options = { run, "to-stack": toStack, profile, stack, concurrency: concurrency?.toString() };
  assertComplete(outcome, toStack, commandLine(command, artifact ?? [], options));
}

function progress(total: () => number): (progress: CopyProgress) => void {
  const saidAt = new Map<string, number>();
  return ({ ended, sending, done }) => {
    if (ended) {
      const line = `[${done}/${total()}] ${ended.name} (${size(ended.size)}): ${RESULTS[ended.status]}`;
      notice(ended.status === "failed" ? styled(2, "red", `${line}: ${ended.message}`) : line);
    }
    if (!sending) return;
    const { name, bytes } = sending;
    const now = performance.now();
    const last = saidAt.get(name) ?? (saidAt.set(name, now), now);
    if (now - last < SAID_EVERY_MILLISECONDS) return;
    saidAt.set(name, now);
    notice(`${name}: ${Math.floor((100 * bytes) / sending.size)} % of ${size(sending.size)}`);
  };
}

async function print(
  { artifacts, notDone, recorded, store, path }: CopyOutcome & { store: string; path: string },
  stack: string,
  dryRun: boolean,
): Promise<void> {
  if (session.json) return printJson({ toStack: stack, artifactStore: store, path, dryRun, recorded, notDone, artifacts });
  if (artifacts.length > 0)
    await printTable({
      columns: ["NAME", "ID", "SIZE", "RESULT"],
      rows: artifacts.map((entry) => [entry.name, entry.id, size(entry.size), RESULTS[entry.status]]),
    });
  const of = (...statuses: readonly CopiedArtifact["status"][]): CopiedArtifact[] =>
    artifacts.filter(({ status }) => statuses.includes(status));
  const moved = of("copied", "repaired", "planned");
  const bytes = moved.reduce((sum, entry) => sum + entry.size, 0);
  const present = of("present").length;
  writeLine(
    1,
    `${dryRun ? "Would copy" : "Copied"} ${count(moved.length, "artifact")} (${size(bytes)}) to the artifact store '${store}' of stack '${stack}'${present === 0 ? "" : `; ${present} ${present === 1 ? "was" : "were"} there`}.`,
  );
}

/** @throws ZenError `copy_failed` that says what failed; `interrupted` */
function assertComplete({ artifacts, notDone }: CopyOutcome, stack: string, command: string): void {
  const failed = artifacts.filter(({ status }) => status === "failed");
  if (failed.length === 0 && notDone === 0) return;
  const again = `What is copied stays copied. To go on: ${command}`;
  if (failed.length === 0)
    throw new ZenError(
      "interrupted",
      `Interrupted before ${count(notDone, "artifact")} ${notDone === 1 ? "was" : "were"} copied to stack '${stack}'.`,
      {
        exitCode: 130,
        hint: again,
      },
    );
  const [first] = failed as [CopiedArtifact];
  throw new ZenError(
    "copy_failed",
    `${count(failed.length + notDone, "artifact")} could not be copied to stack '${stack}'. ${failed.length === 1 ? first.message! : `The first: ${first.message}`}`,
    { hint: failed.length === 1 && notDone === 0 ? first.hint : [first.hint, again].filter((line) => line !== undefined).join("\n") },
  );
}
