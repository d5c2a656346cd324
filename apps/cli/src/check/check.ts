import type { ComponentTypeInfo } from "@zen/core/light";
import type { PlaceFlags } from "../command/life-cycle.ts";
import { commandLine } from "../command-line.ts";
import { chosenComponent } from "../life-cycle/chosen-component.ts";
import { withStopSignal } from "../life-cycle/stop-signal.ts";
import { openHere } from "../light.ts";
import { notice } from "../output/answer.ts";
import { withProject } from "../project.ts";
import { assertPassed, checkOptions, printOutcome } from "./outcome.ts";

/** `zen stack check [NAME]`. */
export async function checkStack(given: string | undefined, { profile }: PlaceFlags): Promise<void> {
  const context = await openHere({ profile });
  const stack = given ?? (await context.activeStack()).value;
  await context.store.requireStack(stack);
  notice(`Checking ${given === undefined ? "active " : ""}stack '${stack}'.`);
  const outcome = await withStopSignal((signal) =>
    withProject({ profile: context.profile.value, announced: true }, (project) => project.checkStack({ ...checkOptions(signal), stack })),
  );
  await printOutcome(outcome, { stack });
  assertPassed(outcome, `stack '${stack}'`, commandLine("zen stack check", stack, { profile }));
}

/** `zen <type> check [NAME]`. */
export async function checkComponent(row: ComponentTypeInfo, given: string | undefined, flags: PlaceFlags): Promise<void> {
  const { type, label, command } = row;
  const { profile, name } = await chosenComponent(row, given, flags);
  const outcome = await withStopSignal((signal) =>
    withProject({ profile, announced: true }, (project) => project.checkComponent({ type, name }, checkOptions(signal))),
  );
  await printOutcome(outcome, { type, name });
  assertPassed(outcome, `${label} '${name}'`, commandLine(`zen ${command} check`, name, { profile: flags.profile }));
}
