import type { Project } from "@zen/core/host";
import type { ComponentTypeInfo } from "@zen/core/light";
import { withStopSignal } from "../life-cycle/stop-signal.ts";
import { withProject } from "../project.ts";
import { session } from "../session.ts";
import { assertPassed, checkOptions, printOutcome } from "./outcome.ts";

/** `zen <type> register --check`: registers a component that stands the check. @throws ZenError if it doesn't */
export async function registerChecked(
  { label, command }: ComponentTypeInfo,
  component: Parameters<Project["registerChecked"]>[0],
): Promise<void> {
  const { type, name } = component;
  const outcome = await withStopSignal((signal) => withProject({}, (project) => project.registerChecked(component, checkOptions(signal))));
  // Of a component that was registered, programs get what `register` always answers.
  if (!session.json || !outcome.registered) await printOutcome(outcome, { type, name, registered: outcome.registered });
  assertPassed(outcome, `${label} '${name}'`, `zen ${command} register ${name} … --check`, "Nothing was registered.");
}
