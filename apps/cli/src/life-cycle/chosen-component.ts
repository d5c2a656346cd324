import type { ComponentTypeInfo } from "@zen/core/light";
import type { PlaceFlags } from "../command/life-cycle.ts";
import { activeStackName, componentOfStack, openHere } from "../light.ts";
import { notice } from "../output/answer.ts";

/** Says where zen is, and finds out which component a command is for. */
export async function chosenComponent(
  row: ComponentTypeInfo,
  given: string | undefined,
  { profile, stack: flag }: PlaceFlags,
): Promise<{ readonly profile: string; readonly name: string }> {
  const context = await openHere({ profile, stack: flag });
  const stack = await activeStackName(context);
  if (stack !== undefined) notice(`Running with active stack: '${stack}'`);
  if (given !== undefined) return { profile: context.profile.value, name: given };
  const name = await componentOfStack(row, context);
  return { profile: context.profile.value, name };
}
