import { expect, test } from "vitest";
import { BaseAlerter } from "../component/alerter.ts";
import type { ComponentCheck } from "../component/component-check.ts";
import type { StackComponent } from "../component/stack-component.ts";
import { checkComponents } from "./check-components.ts";
import type { LifeCycleMember } from "./life-cycle.ts";

class Alerter extends BaseAlerter {
  static override readonly FLAVOR = "test";
  isClosed = false;
  override async close(): Promise<void> {
    this.isClosed = true;
  }
}

class Stopped extends Alerter {
  override async isRunning(): Promise<boolean> {
    return false;
  }
}

class Pending extends Alerter {
  override async isProvisioned(): Promise<boolean> {
    return false;
  }
}

class Tried extends Alerter {
  override async check(check: ComponentCheck): Promise<void> {
    await check.attempt("post", async () => {});
  }
}

class Surprised extends Alerter {
  override async check(): Promise<void> {
    throw new RangeError("not expected");
  }
}

const member = (component: StackComponent): LifeCycleMember => ({ type: "alerter", name: component.name, load: async () => component });

test("one failure hides no other, and every component is closed", async () => {
  const components = [new Stopped({ name: "stopped" }), new Surprised({ name: "surprised" }), new Tried({ name: "tried" })];
  const gone: LifeCycleMember = { type: "alerter", name: "gone", load: () => Promise.reject(new Error("no such package")) };
  const { steps, notDone } = await checkComponents([gone, ...components.map(member)], {});
  expect(steps.map(({ type: _, ...step }) => step)).toEqual([
    { name: "gone", action: "load", status: "failed", message: "no such package" },
    {
      name: "stopped",
      action: "run",
      status: "failed",
      message: 'The alerter "stopped" is not running.',
      hint: "Provision and start it: zen alerter up stopped",
      code: "component_not_running",
    },
    { name: "surprised", action: "run", status: "ok" },
    { name: "surprised", action: "check", status: "failed", message: "not expected" },
    { name: "tried", action: "run", status: "ok" },
    { name: "tried", action: "post", status: "ok" },
  ]);
  expect(notDone).toEqual([]);
  expect(components.every(({ isClosed }) => isClosed)).toBe(true);
});

test("a new component that needs something provisioned can't be tried yet, and that is no failure", async () => {
  const { steps } = await checkComponents([member(new Pending({ name: "new" }))], { isNew: true });
  expect(steps).toEqual([
    { type: "alerter", name: "new", action: "run", status: "skipped", message: "Nothing that it needs has been provisioned yet." },
  ]);
  expect((await checkComponents([member(new Pending({ name: "old" }))], {})).steps).toMatchObject([
    { status: "failed", message: 'The alerter "old" is not provisioned.' },
  ]);
});

test("once aborted, the component under way and those after it are named as not done", async () => {
  const abort = new AbortController();
  const members = ["one", "two", "three"].map((name) => member(new Tried({ name })));
  const outcome = await checkComponents(members, {
    signal: abort.signal,
    onStart: ({ name, action }) => {
      if (name === "two" && action === "post") abort.abort();
    },
    onStep: () => {},
  });
  expect(outcome.steps.map(({ name, action, status }) => `${name} ${action} ${status}`)).toEqual([
    "one run ok",
    "one post ok",
    "two run ok",
    "two post ok",
  ]);
  expect(outcome.notDone.map(({ name }) => name)).toEqual(["three"]);
});
