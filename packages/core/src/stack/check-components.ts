import { ComponentCheck, type CheckStep } from "../component/component-check.ts";
import { COMPONENT_TYPES, componentType, type ComponentType } from "../component/component-type.ts";
import type { StackComponent } from "../component/stack-component.ts";
import { ZenError } from "../error/zen-error.ts";
import type { LifeCycleMember } from "./life-cycle.ts";
import { Stack, type StackParts } from "./stack.ts";

/** One thing that was tried of one component: plain data. */
export interface CheckedStep extends CheckStep {
  readonly type: ComponentType;
  readonly name: string;
}

/** What is about to be tried. */
export interface CheckStart {
  readonly type: ComponentType;
  readonly name: string;
  readonly action: string;
}

export interface CheckOptions {
  /** Is told of everything before it is tried. */
  readonly onStart?: ((start: CheckStart) => void) | undefined;
  /** Is told how it went. */
  readonly onStep?: ((step: CheckedStep) => void) | undefined;
  /** Once aborted, what is under way is given up. */
  readonly signal?: AbortSignal | undefined;
}

/** What became of it all. */
export interface CheckOutcome {
  readonly steps: readonly CheckedStep[];
  /** The components that were not tried to the end, because it was stopped before. */
  readonly notDone: readonly { readonly type: ComponentType; readonly name: string }[];
}

/**
 * Tries components for real, one after the other; one that fails hides no other: whether their flavors can be loaded, what
 * their validators say, whether they run, and what their own `check` tries.
 *
 * @param options.stack the name of the stack that they are: without one, validators are not asked
 * @param options.isNew of components that aren't registered yet, and so can't be running
 */
export async function checkComponents(
  members: readonly LifeCycleMember[],
  { onStart, onStep, signal, stack, isNew = false }: CheckOptions & { readonly stack?: string | undefined; readonly isNew?: boolean },
): Promise<CheckOutcome> {
  const checks = members.map((member) => ({
    ...member,
    component: undefined as StackComponent | undefined,
    check: new ComponentCheck({
      signal,
      onStart: (action) => onStart?.({ type: member.type, name: member.name, action }),
      onStep: (step) => onStep?.({ type: member.type, name: member.name, ...step }),
    }),
    isDone: false,
  }));
  try {
    for (const one of checks) {
      try {
        one.component = await one.load();
      } catch (error) {
        await one.check.attempt("load", () => Promise.reject(error));
      }
    }
    const validate = stack === undefined ? undefined : validatorOf(stack, checks);
    for (const one of checks) {
      const { component, check } = one;
      if (component) {
        if (component.validator) await validate?.(component, check);
        await checkRunning(component, check, isNew);
      }
      one.isDone = true;
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  } finally {
    await Promise.allSettled(checks.flatMap(({ component }) => (component ? [component.close()] : [])));
  }
  return {
    steps: checks.flatMap(({ type, name, check }) => check.steps.map((step) => ({ type, name, ...step }))),
    notDone: checks.filter(({ isDone }) => !isDone).map(({ type, name }) => ({ type, name })),
  };
}

async function checkRunning(component: StackComponent, check: ComponentCheck, isNew: boolean): Promise<void> {
  const { type, name } = component;
  const { label, command } = componentType(type);
  // One that doesn't know is asked again below, where that is noted.
  const isPending = isNew && !(await component.isProvisioned().catch(() => true));
  if (isPending) return check.skip("run", "Nothing that it needs has been provisioned yet.");
  const runs = await check.attempt("run", async () => {
    const state = (await component.isProvisioned()) ? ((await component.isRunning()) ? undefined : "running") : "provisioned";
    if (state === undefined) return;
    throw new ZenError("component_not_running", `The ${label} "${name}" is not ${state}.`, {
      hint: `Provision and start it: zen ${command} up ${name}`,
    });
  });
  if (!runs) return;
  try {
    await component.check(check);
  } catch (error) {
    // Whatever its check didn't expect.
    await check.attempt("check", () => Promise.reject(error));
  }
}

/** Asks the validator of one component of a stack. That needs all of them. */
function validatorOf(
  name: string,
  members: readonly { readonly type: ComponentType; readonly component: StackComponent | undefined }[],
): (component: StackComponent, check: ComponentCheck) => Promise<void> {
  const missing = members.find(({ component }) => component === undefined);
  if (missing) {
    const why = `It takes all components of the stack, and the ${componentType(missing.type).label} could not be loaded.`;
    return async (_component, check) => check.skip("validate", why);
  }
  const parts = Object.fromEntries(
    COMPONENT_TYPES.map(({ type, property }) => [property, members.find((member) => member.type === type)?.component]),
  );
  const stack = new Stack({ name, ...(parts as unknown as StackParts) });
  return async (component, check) => {
    await check.attempt("validate", async () => stack.validateComponent(component));
  };
}
