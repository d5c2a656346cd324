import { componentType, type ComponentType } from "../component/component-type.ts";
import type { StackComponent } from "../component/stack-component.ts";
import { failureOf } from "../engine/failure.ts";

/** What is done to a component, in the order of its life. */
export type LifeCycleAction = "provision" | "resume" | "suspend" | "deprovision";

/** One thing that is done to one component: plain data. */
export interface LifeCycleStep {
  readonly type: ComponentType;
  readonly name: string;
  readonly action: LifeCycleAction;
  /** `unchanged`: there was nothing to do, so nothing was called. */
  readonly status: "started" | "done" | "failed" | "unchanged";
  /** Why it failed. */
  readonly message?: string;
  /** What to do about that. */
  readonly hint?: string;
}

/** A component, before it is loaded. */
export interface LifeCycleMember {
  readonly type: ComponentType;
  readonly name: string;
  /** Makes the component: one whose flavor is missing fails alone. */
  readonly load: () => Promise<StackComponent>;
}

export interface LifeCycleOptions {
  /** Is told of every step: when it starts, and how it ended. */
  readonly report?: ((step: LifeCycleStep) => void) | undefined;
  /** Once aborted, the step under way ends, and no other one begins. */
  readonly signal?: AbortSignal | undefined;
}

/** What became of it all. */
export interface LifeCycleOutcome {
  /** How each step ended, in the order in which they were done. None has the status `started`. */
  readonly steps: readonly LifeCycleStep[];
  /** The components that were not brought to an end, because it was stopped before. */
  readonly notDone: readonly { readonly type: ComponentType; readonly name: string }[];
}

/**
 * Provisions what isn't provisioned, and resumes what isn't running, one component after the other in the order given.
 * One that fails stops no other. Doing it twice does no harm.
 */
export function bringUp(members: readonly LifeCycleMember[], options: LifeCycleOptions = {}): Promise<LifeCycleOutcome> {
  return forEach(members, options, "provision", async (component, run) => {
    const isProvisioned = await run(
      "provision",
      async () => !(await component.isProvisioned()),
      () => component.provision(),
    );
    if (!isProvisioned) return;
    await run(
      "resume",
      async () => !(await component.isRunning()),
      async () => {
        await component.resume();
        if (!(await component.isRunning())) throw new Error(`It says that it is not running, although it was resumed.${seeLog(component)}`);
      },
    );
  });
}

/**
 * Suspends what runs, then deprovisions what is provisioned, in reverse order, so that nothing loses what it stands on.
 * One that fails stops no other. Doing it twice does no harm.
 *
 * @param options.suspendOnly leaves everything provisioned
 */
export function bringDown(
  members: readonly LifeCycleMember[],
  { suspendOnly = false, ...options }: LifeCycleOptions & { readonly suspendOnly?: boolean | undefined } = {},
): Promise<LifeCycleOutcome> {
  return forEach(members.toReversed(), options, suspendOnly ? "suspend" : "deprovision", async (component, run) => {
    if (!(await component.isProvisioned())) return;
    if (hasOwn(component, "suspend")) {
      await run(
        "suspend",
        () => component.isRunning(),
        async () => {
          await component.suspend();
          if (await component.isRunning())
            throw new Error(`It says that it is still running, although it was suspended.${seeLog(component)}`);
        },
      );
    }
    // Also if it could not be suspended: whoever brings it down wants it gone, and there would be no other way to that.
    if (!suspendOnly && hasOwn(component, "deprovision")) {
      await run(
        "deprovision",
        async () => true,
        () => component.deprovision(),
      );
    }
  });
}

/** Does one step if it is needed. @returns false if it failed, or was stopped before */
type RunStep = (action: LifeCycleAction, isNeeded: () => Promise<boolean>, work: () => Promise<void>) => Promise<boolean>;

/** @param first the action that is reported of a component to which nothing could, or had to, be done */
async function forEach(
  members: readonly LifeCycleMember[],
  { report = () => {}, signal }: LifeCycleOptions,
  first: LifeCycleAction,
  bring: (component: StackComponent, run: RunStep) => Promise<void>,
): Promise<LifeCycleOutcome> {
  const steps: LifeCycleStep[] = [];
  const notDone: { readonly type: ComponentType; readonly name: string }[] = [];
  for (const { type, name, load } of members) {
    const end = (step: Omit<LifeCycleStep, "type" | "name">): void => {
      steps.push({ type, name, ...step });
      report({ type, name, ...step });
    };
    const before = steps.length;
    let stopped = signal?.aborted ?? false;
    const run: RunStep = async (action, isNeeded, work) => {
      if ((stopped ||= signal?.aborted ?? false)) return false;
      try {
        if (!(await isNeeded())) return true;
        report({ type, name, action, status: "started" });
        await work();
      } catch (error) {
        end({ action, status: "failed", ...reasonOf(error) });
        return false;
      }
      end({ action, status: "done" });
      return true;
    };
    if (!stopped) {
      let component: StackComponent | undefined;
      try {
        component = await load();
        await bring(component, run);
        if (!stopped && steps.length === before) end({ action: first, status: "unchanged" });
      } catch (error) {
        // Its flavor could not be loaded, or it doesn't know what state it is in.
        end({ action: first, status: "failed", ...reasonOf(error) });
      } finally {
        await component?.close().catch(() => {});
      }
    }
    if (stopped) notDone.push({ type, name });
  }
  return { steps, notDone };
}

/** Whether a component has resources that only `down` would remove: those whose class provisions nothing have none. */
export async function hasResources(component: StackComponent): Promise<boolean> {
  return hasOwn(component, "deprovision") && (await component.isProvisioned());
}

function reasonOf(error: unknown): Pick<LifeCycleStep, "message" | "hint"> {
  const { message, hint } = failureOf(error);
  return { message, ...(hint === undefined ? {} : { hint }) };
}

function seeLog({ type, name, logFile }: StackComponent): string {
  return logFile === undefined ? "" : ` See its log: zen ${componentType(type).command} logs ${name}`;
}

/**
 * Whether a flavor has a method of its own: StackComponent's does nothing, and nothing is said of it. Every copy of core
 * has another StackComponent, but it is the last prototype before Object's in each.
 */
function hasOwn(component: StackComponent, method: "suspend" | "deprovision"): boolean {
  for (let prototype = Object.getPrototypeOf(component) as object; ;) {
    const parent = Object.getPrototypeOf(prototype) as object;
    if (parent === Object.prototype) return false;
    if (Object.hasOwn(prototype, method)) return true;
    prototype = parent;
  }
}
