import { expect, test } from "vitest";
import { BaseAlerter } from "../component/alerter.ts";
import { BaseModelDeployer } from "../component/model-deployer.ts";
import type { StackComponent } from "../component/stack-component.ts";
import { ZenError } from "../error/zen-error.ts";
import { bringDown, bringUp, type LifeCycleMember, type LifeCycleStep } from "./life-cycle.ts";

/** A component whose resource is a word, and that writes down what is called. */
class Deployer extends BaseModelDeployer {
  static override readonly FLAVOR = "test";
  state: "none" | "stopped" | "running" | "hung" = "none";
  readonly calls: string[] = [];
  failing: Partial<Record<string, unknown>> = {};
  #call(name: string): void {
    this.calls.push(name);
    if (name in this.failing) throw this.failing[name];
  }
  override async isProvisioned(): Promise<boolean> {
    if ("isProvisioned" in this.failing) throw this.failing["isProvisioned"];
    return this.state !== "none";
  }
  override async isRunning(): Promise<boolean> {
    if ("isRunning" in this.failing) throw this.failing["isRunning"];
    return this.state === "running";
  }
  override async provision(): Promise<void> {
    this.#call("provision");
    this.state = "stopped";
  }
  override async resume(): Promise<void> {
    this.#call("resume");
    if (this.state !== "hung") this.state = "running";
  }
  override async suspend(): Promise<void> {
    this.#call("suspend");
    this.state = "stopped";
  }
  override async deprovision(): Promise<void> {
    this.#call("deprovision");
    this.state = "none";
  }
  override async close(): Promise<void> {
    this.calls.push("close");
  }
}

class Alerter extends BaseAlerter {
  static override readonly FLAVOR = "test";
}

const member = (component: StackComponent): LifeCycleMember => ({
  type: component.type,
  name: component.name,
  load: async () => component,
});

const deployers = (...names: string[]): Deployer[] => names.map((name) => new Deployer({ name }));

/** `name action status`, of everything that is reported. */
function reports(): { readonly lines: string[]; readonly report: (step: LifeCycleStep) => void } {
  const lines: string[] = [];
  return { lines, report: ({ name, action, status }) => lines.push(`${name} ${action} ${status}`) };
}

test("up provisions and resumes in order, down suspends and deprovisions in reverse order", async () => {
  const [a, b] = deployers("a", "b");
  const up = reports();
  expect(await bringUp([member(a!), member(b!)], up)).toEqual({
    steps: ["a", "b"].flatMap((name) =>
      ["provision", "resume"].map((action) => ({ type: "model_deployer", name, action, status: "done" })),
    ),
    notDone: [],
  });
  expect(up.lines).toEqual([
    "a provision started",
    "a provision done",
    "a resume started",
    "a resume done",
    "b provision started",
    "b provision done",
    "b resume started",
    "b resume done",
  ]);
  const down = reports();
  await bringDown([member(a!), member(b!)], down);
  expect(down.lines.filter((line) => line.endsWith("done"))).toEqual([
    "b suspend done",
    "b deprovision done",
    "a suspend done",
    "a deprovision done",
  ]);
  expect(a!.calls).toEqual(["provision", "resume", "close", "suspend", "deprovision", "close"]);
});

test("what is up already, or down already, is left alone, and said to be", async () => {
  const [a] = deployers("a");
  const unchanged = (action: string): object => ({
    steps: [{ type: "model_deployer", name: "a", action, status: "unchanged" }],
    notDone: [],
  });
  expect(await bringDown([member(a!)])).toEqual(unchanged("deprovision"));
  expect(await bringDown([member(a!)], { suspendOnly: true })).toEqual(unchanged("suspend"));
  await bringUp([member(a!)]);
  expect(await bringUp([member(a!)])).toEqual(unchanged("provision"));
  await bringDown([member(a!)], { suspendOnly: true });
  expect(a!.state).toBe("stopped");
  expect(await bringDown([member(a!)], { suspendOnly: true })).toEqual(unchanged("suspend"));
  expect(a!.calls.filter((call) => call !== "close")).toEqual(["provision", "resume", "suspend"]);
});

test("a component that needs nothing is neither brought up nor down", async () => {
  const alerter = member(new Alerter({ name: "al" }));
  expect((await bringUp([alerter])).steps).toEqual([{ type: "alerter", name: "al", action: "provision", status: "unchanged" }]);
  expect((await bringDown([alerter])).steps).toEqual([{ type: "alerter", name: "al", action: "deprovision", status: "unchanged" }]);
});

test("one that is provisioned and stopped is only resumed", async () => {
  const [a] = deployers("a");
  a!.state = "stopped";
  await bringUp([member(a!)]);
  expect(a!.calls).toEqual(["resume", "close"]);
});

test("a failure stops no other component, and every one is in the outcome with its reason", async () => {
  const [a, b, c] = deployers("a", "b", "c");
  a!.failing = { provision: new ZenError("no_room", "There is no room.", { hint: "Make some." }) };
  b!.failing = { resume: new Error("port taken", { cause: new Error("EADDRINUSE") }) };
  const missing: LifeCycleMember = { type: "alerter", name: "al", load: () => Promise.reject(new Error("not installed")) };
  const { steps } = await bringUp([a!, b!, c!].map(member).concat(missing));
  expect(steps.filter(({ status }) => status === "failed")).toEqual([
    { type: "model_deployer", name: "a", action: "provision", status: "failed", message: "There is no room.", hint: "Make some." },
    { type: "model_deployer", name: "b", action: "resume", status: "failed", message: "port taken (cause: EADDRINUSE)" },
    { type: "alerter", name: "al", action: "provision", status: "failed", message: "not installed" },
  ]);
  expect([a!.state, b!.state, c!.state]).toEqual(["none", "stopped", "running"]);
});

test("a component that isn't running after it was resumed, or is after it was suspended, has failed", async () => {
  class Hung extends Deployer {
    override get logFile(): string {
      return "/var/log/hung.log";
    }
  }
  const [a, hung] = [new Deployer({ name: "a" }), new Hung({ name: "hung" })];
  a.state = "hung";
  hung.state = "hung";
  expect((await bringUp([member(a), member(hung)])).steps.map(({ message }) => message)).toEqual([
    "It says that it is not running, although it was resumed.",
    "It says that it is not running, although it was resumed. See its log: zen model-deployer logs hung",
  ]);
  class Stubborn extends Deployer {
    override async suspend(): Promise<void> {}
  }
  const stubborn = new Stubborn({ name: "stubborn" });
  stubborn.state = "running";
  const { steps } = await bringDown([member(stubborn)], { suspendOnly: true });
  expect(steps.map(({ action, status, message }) => [action, status, message])).toEqual([
    ["suspend", "failed", "It says that it is still running, although it was suspended."],
  ]);
});

test("what can't be suspended is deprovisioned all the same, and the failure stays one", async () => {
  const [a] = deployers("a");
  a!.state = "running";
  a!.failing = { suspend: new Error("no answer") };
  const { steps } = await bringDown([member(a!)]);
  expect(steps.map(({ action, status }) => [action, status])).toEqual([
    ["suspend", "failed"],
    ["deprovision", "done"],
  ]);
  expect(a!.state).toBe("none");
});

test("a component that can't tell its state has failed at what it was asked for", async () => {
  const [a, b, c] = deployers("a", "b", "c");
  a!.failing = { isProvisioned: new Error("no route") };
  b!.failing = { isRunning: new Error("no answer") };
  const { steps } = await bringUp([a!, b!, c!].map(member));
  expect(steps.filter(({ status }) => status === "failed").map(({ name, action, message }) => [name, action, message])).toEqual([
    ["a", "provision", "no route"],
    ["b", "resume", "no answer"],
  ]);
  expect(c!.state).toBe("running");
  const down = await bringDown([member(a!)]);
  expect(down.steps).toEqual([{ type: "model_deployer", name: "a", action: "deprovision", status: "failed", message: "no route" }]);
});

test("once it is stopped, the step under way ends, no other begins, and what was not done is named", async () => {
  const [a, b, c] = deployers("a", "b", "c");
  const abort = new AbortController();
  const outcome = await bringUp([a!, b!, c!].map(member), {
    signal: abort.signal,
    report: ({ name, action, status }) => {
      if (`${name} ${action} ${status}` === "b provision started") abort.abort();
    },
  });
  expect(outcome.steps.map(({ name, action }) => [name, action])).toEqual([
    ["a", "provision"],
    ["a", "resume"],
    ["b", "provision"],
  ]);
  expect(outcome.notDone).toEqual([
    { type: "model_deployer", name: "b" },
    { type: "model_deployer", name: "c" },
  ]);
  expect([a!.state, b!.state, c!.state]).toEqual(["running", "stopped", "none"]);
});

test("stopped in the last step, everything is done", async () => {
  const [a] = deployers("a");
  const abort = new AbortController();
  const { notDone } = await bringUp([member(a!)], {
    signal: abort.signal,
    report: ({ action }) => action === "resume" && abort.abort(),
  });
  expect(notDone).toEqual([]);
});

test("a component that only says whether it is provisioned is running when it is", async () => {
  class Folder extends BaseModelDeployer {
    static override readonly FLAVOR = "test";
    there = false;
    override async isProvisioned(): Promise<boolean> {
      return this.there;
    }
    override async provision(): Promise<void> {
      this.there = true;
    }
    override async deprovision(): Promise<void> {
      this.there = false;
    }
  }
  const folder = new Folder({ name: "folder" });
  expect(await folder.isRunning()).toBe(false);
  expect((await bringUp([member(folder)])).steps.map(({ action, status }) => [action, status])).toEqual([["provision", "done"]]);
  expect(await folder.isRunning()).toBe(true);
  expect((await bringDown([member(folder)])).steps.map(({ action, status }) => [action, status])).toEqual([["deprovision", "done"]]);
});
