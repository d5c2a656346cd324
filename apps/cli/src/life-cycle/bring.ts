import type { LifeCycleAction, LifeCycleOutcome, LifeCycleStep } from "@zen/core/host";
import { componentType, type ComponentType, type ComponentTypeInfo, ZenError } from "@zen/core/light";
import type { DownFlags } from "../command/life-cycle.ts";
import { commandLine } from "../command-line.ts";
import { confirm } from "../confirm.ts";
import { openHere } from "../light.ts";
import { notice, printDone } from "../output/answer.ts";
import { styled } from "../output/terminal.ts";
import { withProject } from "../project.ts";
import { session } from "../session.ts";
import { chosenComponent } from "./chosen-component.ts";
import { withStopSignal } from "./stop-signal.ts";

type Direction = "up" | "down";

/** How an action is called while it is done, and after it. */
const WORDS: Readonly<Record<LifeCycleAction, readonly [during: string, after: string]>> = {
  provision: ["Provisioning", "provisioned"],
  resume: ["Resuming", "resumed"],
  suspend: ["Suspending", "suspended"],
  deprovision: ["Deprovisioning", "deprovisioned"],
};

/** `zen stack up` and `down`. */
export async function bringStack(direction: Direction, { suspend = false, ...flags }: DownFlags): Promise<void> {
  const context = await openHere(flags);
  const { value: stack, source } = await context.activeStack();
  const command = commandLine(`zen stack ${direction}`, [], { suspend, stack: flags.stack, profile: flags.profile });
  const what = `stack '${stack}'`;
  if (!(await isConfirmed(direction, suspend, what, flags, command))) return;
  const during = WORDS[direction === "up" ? "provision" : suspend ? "suspend" : "deprovision"][0];
  notice(`${during} resources for ${source === "flag" ? "" : "active "}${what}.`);
  const outcome = await withStopSignal((signal) =>
    withProject({ profile: context.profile.value, stack, announced: true }, (project) => {
      const options = { report: showProgress, signal, strayOutput: strayOutput() };
      return direction === "up" ? project.stackUp(options) : project.stackDown({ ...options, suspendOnly: suspend });
    }),
  );
  conclude({ direction, suspend, what, command, outcome }, { stack });
}

/** `zen <type> up [NAME]` and `down [NAME]`. */
export async function bringComponent(
  direction: Direction,
  row: ComponentTypeInfo,
  given: string | undefined,
  { suspend = false, ...flags }: DownFlags,
): Promise<void> {
  const { type, label } = row;
  const { profile, name } = await chosenComponent(row, given, flags);
  const command = commandLine(`zen ${row.command} ${direction}`, name, { suspend, profile: flags.profile });
  const what = `${label} '${name}'`;
  if (!(await isConfirmed(direction, suspend, what, flags, command))) return;
  const outcome = await withStopSignal((signal) =>
    withProject({ profile, announced: true }, (project) => {
      const options = { report: showProgress, signal, strayOutput: strayOutput() };
      return direction === "up"
        ? project.componentUp({ type, name }, options)
        : project.componentDown({ type, name }, { ...options, suspendOnly: suspend });
    }),
  );
  conclude({ direction, suspend, what, command, outcome }, { type, name });
}

/** Only what removes something is asked about: what is suspended can be resumed. */
async function isConfirmed(direction: Direction, suspend: boolean, what: string, flags: DownFlags, command: string): Promise<boolean> {
  if (direction === "up" || suspend) return true;
  return confirm(`This will suspend and deprovision all resources of ${what}.`, flags, command);
}

function strayOutput(): "stderr" | "discard" {
  return session.json ? "discard" : "stderr";
}

function showProgress({ type, name, action, status, message, hint }: LifeCycleStep): void {
  if (status === "started") notice(`${WORDS[action][0]} ${labelOf({ type, name })}...`);
  if (status !== "failed") return;
  notice(styled(2, "red", `Failed to ${action} ${labelOf({ type, name })}: ${message}`));
  if (hint !== undefined) notice(hint);
}

interface Conclusion {
  readonly direction: Direction;
  readonly suspend: boolean;
  /** What was brought up or down, in a sentence. */
  readonly what: string;
  /** To do it again. */
  readonly command: string;
  readonly outcome: LifeCycleOutcome;
}

/** @throws ZenError if anything failed, or was not done */
function conclude({ direction, suspend, what, command, outcome }: Conclusion, of: object): void {
  const { steps, notDone } = outcome;
  const failed = steps.filter(({ status }) => status === "failed");
  const done = doneSentences(steps);
  if (done.length === 0 && failed.length === 0 && notDone.length === 0) {
    if (direction === "up") done.push(`Nothing to do: ${what} is already running.`);
    else done.push(`No ${suspend ? "running" : "provisioned"} resources found for ${what}.`);
  }
  printDone(done, { ...of, action: direction, steps, notDone });
  if (failed.length === 0 && notDone.length === 0) return;
  const problems = [
    ...failed.map((step) => `${step.action} of ${labelOf(step)} failed: ${step.message}`),
    ...(notDone.length === 0
      ? []
      : [`interrupted before ${notDone.map(labelOf).join(", ")} ${notDone.length === 1 ? "was" : "were"} done`]),
  ];
  throw new ZenError(
    notDone.length > 0 ? "interrupted" : "life_cycle_failed",
    `Not all of ${what} is ${direction}: ${problems.join("; ")}${/[.!?]$/.test(problems.at(-1)!) ? "" : "."}`,
    {
      exitCode: notDone.length > 0 ? 130 : 1,
      hint: (problems.length === 1 ? failed[0]?.hint : undefined) ?? `What is done stays done. For the rest: ${command}`,
    },
  );
}

/** A sentence for each component to which something was done. */
function doneSentences(steps: readonly LifeCycleStep[]): string[] {
  const byComponent = Map.groupBy(
    steps.filter(({ status }) => status === "done"),
    labelOf,
  );
  return [...byComponent].map(([label, done]) => {
    const words = done.map(({ action }) => WORDS[action][1]).join(" and ");
    return `${words[0]!.toUpperCase()}${words.slice(1)} ${label}.`;
  });
}

function labelOf({ type, name }: { readonly type: ComponentType; readonly name: string }): string {
  return `${componentType(type).label} '${name}'`;
}
