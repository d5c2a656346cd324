import { COMPONENT_TYPES, componentType, type ComponentType } from "../component/component-type.ts";
import type { StackComponent } from "../component/stack-component.ts";
import { didYouMean } from "../error/did-you-mean.ts";
import { ZenError } from "../error/zen-error.ts";
import type { Context } from "../repository/context.ts";
import { componentFrom } from "../repository/stored-component.ts";
import { Stack, type StackParts } from "../stack/stack.ts";
import type { BaseStackStore, StackChange, StackRecord } from "../store/stack-store.ts";
import { ComponentComparison, type ComparedComponent } from "./compare-component.ts";
import { componentDifferences, stackDifferences, type Difference } from "./difference.ts";
import { schemaOf } from "../flavor/component-schema.ts";
import type { DeclaredStacks } from "./stack-file.ts";

/** One thing that would be done so that a profile is as files say. */
export interface PlannedChange {
  readonly action: "create" | "update" | "delete";
  readonly type: ComponentType | "stack";
  readonly name: string;
  /** Null for a stack. */
  readonly flavor: string | null;
  /** Of an update; empty otherwise. */
  readonly differences: readonly Difference[];
}

/** A component whose flavor's class can't be loaded: it was compared as it is written. */
export interface UncheckedComponent {
  readonly type: ComponentType;
  readonly name: string;
  readonly reason: string;
}

/** What would be done so that a profile is as files say. */
export interface StackPlan {
  readonly profile: string;
  /** How many of {@link StackPlan.changes} create, and so on. */
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  /** In the order in which they are done. */
  readonly changes: readonly PlannedChange[];
  readonly unchecked: readonly UncheckedComponent[];
}

/** How a plan is made. */
export interface PlanOptions {
  /** Whether what no file has is deleted: stacks, and then components. */
  readonly prune: boolean;
  /** True if nothing is to be done: what can't be loaded is compared as it is written, and no stack is validated. */
  readonly onlyCompare: boolean;
}

/** A plan with what a store has to do for it. */
export interface PlannedStacks {
  readonly plan: StackPlan;
  readonly commit: readonly StackChange[];
}

/**
 * Finds out what has to be done so that the profile is as files say. Nothing is changed by it.
 *
 * @throws ZenError `component_not_found` for one that neither the files nor the profile has; `invalid_stack`,
 * `flavors_not_installed`, `bad_config`, `literal_secret`; `stack_active` if the active stack would have to go
 */
export async function planStacks(context: Context, declared: DeclaredStacks, { prune, onlyCompare }: PlanOptions): Promise<PlannedStacks> {
  const comparison = new ComponentComparison(context, await context.flavors());
  await assertComponents(context, comparison, declared);
  const compared = await comparison.compareAll(declared.components, { withoutClasses: onlyCompare });
  const steps = componentSteps(comparison, compared);
  const changed = new Set(steps.map(({ change: { type, name } }) => `${type}/${name}`));
  for (const { name, components } of declared.stacks) {
    const stack: StackRecord = { name, components };
    const step = stackStep(stack, await context.store.getStack(name));
    if (step) steps.push(step);
    const touched = step !== undefined || Object.entries(components).some(([type, part]) => changed.has(`${type}/${part}`));
    if (touched && !onlyCompare) await validateStack(comparison, stack, compared);
  }
  if (prune) {
    const deletions = await deletionSteps(context.store, declared);
    if (!onlyCompare)
      assertNotActive(
        context,
        deletions.map(({ commit }) => commit),
      );
    steps.push(...deletions);
  }

  const changes = steps.map(({ change }) => change);
  const count = (action: PlannedChange["action"]): number => changes.filter((change) => change.action === action).length;
  const unchecked = compared.flatMap(({ record: { type, name }, unchecked: reason }) =>
    reason === undefined ? [] : [{ type, name, reason }],
  );
  const counts = { create: count("create"), update: count("update"), delete: count("delete") };
  return { plan: { profile: context.profile.value, ...counts, changes, unchecked }, commit: steps.map(({ commit }) => commit) };
}

/** A change as a person sees it, and as a store does it. */
interface Step {
  readonly change: PlannedChange;
  readonly commit: StackChange;
}

function componentSteps({ listing }: ComponentComparison, compared: readonly ComparedComponent[]): Step[] {
  const rank = new Map(COMPONENT_TYPES.map(({ type }, index) => [type, index]));
  const inOrder = compared.toSorted((a, b) => rank.get(a.record.type)! - rank.get(b.record.type)!);
  return inOrder.flatMap(({ stored, record, unchecked }): Step[] => {
    const { type, name, flavor } = record;
    if (record === stored) return [];
    const differences = stored ? componentDifferences(stored, record, schemaOf(listing, record)) : [];
    if (!stored) {
      return [{ change: { action: "create", type, name, flavor, differences }, commit: { kind: "create_component", component: record } }];
    }
    if (unchecked !== undefined && differences.length === 0) return [];
    const commit: StackChange = { kind: "update_component", component: record, from: stored };
    return [{ change: { action: "update", type, name, flavor, differences }, commit }];
  });
}

/** Undefined if nothing differs. */
function stackStep(stack: StackRecord, stored: StackRecord | undefined): Step | undefined {
  const change = { type: "stack", name: stack.name, flavor: null } as const;
  if (!stored) return { change: { ...change, action: "create", differences: [] }, commit: { kind: "create_stack", stack } };
  const differences = stackDifferences(stored.components, stack.components);
  if (differences.length === 0) return undefined;
  return { change: { ...change, action: "update", differences }, commit: { kind: "update_stack", stack, from: stored } };
}

/** For what the profile has and no file does, and, of components, no stack of a file uses. */
async function deletionSteps(store: BaseStackStore, { stacks, components }: DeclaredStacks): Promise<Step[]> {
  const kept = new Set(components.map(({ type, name }) => `${type}/${name}`));
  for (const stack of stacks) for (const [type, name] of Object.entries(stack.components)) kept.add(`${type}/${name}`);
  const named = new Set(stacks.map(({ name }) => name));
  const steps: Step[] = [];
  for (const { name } of await store.listStacks()) {
    if (named.has(name)) continue;
    steps.push({
      change: { action: "delete", type: "stack", name, flavor: null, differences: [] },
      commit: { kind: "delete_stack", name },
    });
  }
  for (const { type } of COMPONENT_TYPES) {
    for (const { name, flavor } of await store.listComponents(type)) {
      if (kept.has(`${type}/${name}`)) continue;
      const change: PlannedChange = { action: "delete", type, name, flavor, differences: [] };
      steps.push({ change, commit: { kind: "delete_component", type, name } });
    }
  }
  return steps;
}

/** @throws ZenError `component_not_found` for a part of a stack that neither the files nor the profile has */
export async function assertComponents(
  { store }: Context,
  { stored }: ComponentComparison,
  { stacks, components }: DeclaredStacks,
): Promise<void> {
  const declared = new Set(components.map(({ type, name }) => `${type}/${name}`));
  for (const { name: stack, components: parts, source } of stacks) {
    for (const { type, label } of COMPONENT_TYPES) {
      const name = parts[type];
      if (name === undefined || declared.has(`${type}/${name}`) || (await stored.get(type, name))) continue;
      const inFiles = components.filter((one) => one.type === type).map((one) => one.name);
      const inProfile = (await store.listComponents(type)).map((one) => one.name);
      throw new ZenError(
        "component_not_found",
        `The stack "${stack}" of ${source} has the ${label} "${name}", which neither the files nor the profile "${store.profile}" has.${didYouMean(name, [...inFiles, ...inProfile])}`,
        {
          exitCode: 2,
          hint: `Describe it in the file, under components: ${type}: ${name}. Those of the profile: zen ${componentType(type).command} list`,
        },
      );
    }
  }
}

/**
 * Asks the validators of a stack's components, as they would be.
 *
 * @throws ZenError `invalid_stack`
 */
export async function validateStack(
  { stored, listing }: ComponentComparison,
  { name, components }: StackRecord,
  compared: readonly ComparedComponent[],
): Promise<void> {
  const parts: Record<string, StackComponent> = {};
  for (const { type, property } of COMPONENT_TYPES) {
    const part = components[type];
    if (part === undefined) continue;
    const found = compared.find(({ record }) => record.type === type && record.name === part);
    parts[property] = found?.component ?? (await componentFrom(found?.record ?? (await stored.require(type, part)), listing));
  }
  new Stack({ name, ...(parts as unknown as StackParts) }).validate();
}

/**
 * Checks that no stack which is to be deleted is active, here or in the profile.
 *
 * @throws ZenError `stack_active`
 */
export function assertNotActive(context: Context, changes: readonly StackChange[]): void {
  const gone = changes.flatMap((change) => (change.kind === "delete_stack" ? [change.name] : []));
  // The active stack may have gone itself: nothing stands in the way then.
  const here = context.activeHere();
  const global = context.profileRecord.activeStack;
  const name = gone.find((stack) => here.includes(stack)) ?? gone.find((stack) => stack === global);
  if (name === undefined) return;
  throw new ZenError(
    "stack_active",
    `The stack "${name}", which no file has, is ${here.includes(name) ? "active" : `the active stack of the profile "${context.profile.value}"`}: --prune can't delete it.`,
    {
      hint: `Nothing was changed. Choose another active stack first (zen stack set ${name === global ? "--global " : ""}NAME), or put it into a file: zen stack export ${name}`,
    },
  );
}
