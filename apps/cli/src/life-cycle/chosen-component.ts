import { type ComponentTypeInfo, ZenError } from "@zen/core/light";
import type { PlaceFlags } from "../command/life-cycle.ts";
import { activeStackName, openHere } from "../light.ts";
import { notice } from "../output/answer.ts";

/** Says where zen is, and finds out which component a command is for. */
export async function chosenComponent(
  { type, command, label }: ComponentTypeInfo,
  given: string | undefined,
  { profile, stack: flag }: PlaceFlags,
): Promise<{ readonly profile: string; readonly name: string }> {
  const context = await openHere({ profile, stack: flag });
  const stack = await activeStackName(context);
  if (stack !== undefined) notice(`Running with active stack: '${stack}'`);
  if (given !== undefined) return { profile: context.profile.value, name: given };
  const name = stack === undefined ? undefined : (await context.store.requireStack(stack)).components[type];
  if (name === undefined)
    throw new ZenError("no_active_component", `No ${label} in active stack${stack === undefined ? "" : ` ('${stack}')`}.`, {
      hint: `Name one: zen ${command} list shows them all.`,
    });
  notice(`No component name given; using \`${name}\` from active stack.`);
  return { profile: context.profile.value, name };
}
