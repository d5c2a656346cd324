import type { Context } from "../repository/context.ts";
import { withConfigLock } from "../store/config-lock.ts";
import { assertNotActive, planStacks, type StackPlan } from "./plan-stacks.ts";
import type { DeclaredStacks } from "./stack-file.ts";

/** How files are applied. */
export interface ApplyOptions {
  /** Deletes what no file has: stacks, and then components. */
  readonly prune: boolean;
  /** Is shown the plan before anything is done, and says whether to go on. */
  readonly onPlan: (plan: StackPlan) => Promise<boolean>;
}

/**
 * Makes a profile match files, in one change: all of it or nothing.
 *
 * @throws ZenError as `planStacks` does; `component_changed`, `stack_changed`, … if another process changed the same meanwhile
 */
export async function applyStacks(
  context: Context,
  declared: DeclaredStacks,
  { prune, onPlan }: ApplyOptions,
): Promise<{ readonly plan: StackPlan; readonly applied: boolean }> {
  const { plan, commit } = await planStacks(context, declared, { prune, onlyCompare: false });
  if (!(await onPlan(plan)) || commit.length === 0) return { plan, applied: false };
  await withConfigLock(context.configFolder, async () => {
    await context.reloadLocked();
    assertNotActive(context, commit);
    await context.store.commitLocked(commit);
  });
  return { plan, applied: true };
}
