import type { CheckedStep, CheckOutcome, CheckProjectOptions } from "@zen/core/host";
import { componentType, ZenError, type ComponentType } from "@zen/core/light";
import { notice } from "../output/answer.ts";
import { printJson } from "../output/json.ts";
import { printTable } from "../output/table.ts";
import { styled } from "../output/terminal.ts";
import { session } from "../session.ts";

/** Shows on standard error what is being tried. */
export function checkOptions(signal: AbortSignal): CheckProjectOptions {
  return {
    signal,
    strayOutput: session.json ? "discard" : "stderr",
    onStart: ({ action, ...component }) => notice(`Checking ${labelOf(component)}: ${action}...`),
    onStep: (step) => {
      if (step.status === "failed") notice(styled(2, "red", `Failed: ${step.message}`));
    },
  };
}

const RESULTS: Readonly<Record<CheckedStep["status"], string>> = { ok: "ok", failed: "FAILED", skipped: "skipped" };

/** A row for each thing that was tried; for programs all that is known of each. */
export async function printOutcome(outcome: CheckOutcome, of: object): Promise<void> {
  const { steps, notDone } = outcome;
  const ok = problems(outcome).length === 0 && notDone.length === 0;
  if (session.json) return printJson({ ...of, ok, steps, notDone });
  const rows = steps.map((step) => [step.type.toUpperCase(), step.name, step.action, RESULTS[step.status], detail(step)]);
  const columns = ["COMPONENT_TYPE", "NAME", "TRIED", "RESULT"];
  if (rows.every((row) => row[4] === "")) await printTable({ columns, rows: rows.map((row) => row.slice(0, 4)) });
  else await printTable({ columns: [...columns, "DETAIL"], rows, description: true });
}

function detail({ message = "", hint, missingPermission }: CheckedStep): string {
  const missing = missingPermission === undefined ? [] : [`Missing permission: ${missingPermission}.`];
  return [message, ...missing, ...(hint === undefined ? [] : [hint])].join("\n");
}

function problems({ steps }: CheckOutcome): readonly CheckedStep[] {
  return steps.filter(({ status }) => status === "failed");
}

/**
 * @param what what was checked, in a sentence
 * @param command to check it again
 * @throws ZenError `check_failed` that names what failed; `interrupted`
 */
export function assertPassed(outcome: CheckOutcome, what: string, command: string, consequence = ""): void {
  const { notDone } = outcome;
  const failed = problems(outcome);
  if (failed.length === 0 && notDone.length === 0) return;
  const missing = [...new Set(failed.flatMap(({ missingPermission }) => (missingPermission === undefined ? [] : [missingPermission])))];
  const said = [
    ...(failed.length === 0 ? [] : [`the check of ${what} failed at ${groups(failed, what).join(", and at ")}`]),
    ...(missing.length === 0 ? [] : [`what is missing ${missing.length === 1 ? "is the right" : "are the rights"} ${listed(missing)}`]),
    ...(notDone.length === 0
      ? []
      : [`interrupted before ${notDone.map(labelOf).join(", ")} ${notDone.length === 1 ? "was" : "were"} checked`]),
  ].join("; ");
  const hints = [...new Set(failed.flatMap(({ hint }) => (hint === undefined ? [] : [hint])))];
  throw new ZenError(
    notDone.length > 0 ? "interrupted" : "check_failed",
    `${said[0]!.toUpperCase()}${said.slice(1)}.${consequence === "" ? "" : ` ${consequence}`}`,
    {
      exitCode: notDone.length > 0 ? 130 : 1,
      hint: hints.length === 1 ? hints[0] : `${failed.length === 0 ? "To check it" : "When it is mended"}: ${command}`,
    },
  );
}

/** `"write and copy" of artifact store 'x'`; without its name if it is `what` was checked. */
function groups(failed: readonly CheckedStep[], what: string): string[] {
  return [...Map.groupBy(failed, labelOf)].map(([label, steps]) => {
    const list = listed(steps.map(({ action }) => action));
    return label === what ? `"${list}"` : `"${list}" of ${label}`;
  });
}

function listed(words: readonly string[]): string {
  return words.length === 1 ? words[0]! : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function labelOf({ type, name }: { readonly type: ComponentType; readonly name: string }): string {
  return `${componentType(type).label} '${name}'`;
}
