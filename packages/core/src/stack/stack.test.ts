import { expect, test } from "vitest";
import { BaseAlerter } from "../component/alerter.ts";
import { BaseArtifactStore } from "../component/artifact-store.ts";
import { BaseMetadataStore } from "../component/metadata-store.ts";
import { BaseOrchestrator } from "../component/orchestrator.ts";
import type { StackValidator } from "../component/stack-validator.ts";
import { Stack, type StackParts } from "./stack.ts";

// Only what a stack asks of its components; nothing runs on them, so what is abstract stays so.
abstract class Orchestrator extends BaseOrchestrator {
  static override readonly FLAVOR = "test";
}
abstract class Metadata extends BaseMetadataStore {
  static override readonly FLAVOR = "test";
}
abstract class Artifacts extends BaseArtifactStore {
  static override readonly FLAVOR = "test";
  static override readonly SUPPORTED_SCHEMES = [""];
}
function make<C>(type: abstract new (...args: never[]) => C, options: object): C {
  return new (type as unknown as new (options: object) => C)(options);
}
class Alerter extends BaseAlerter {
  static override readonly FLAVOR = "test";
  validation: StackValidator | undefined;
  running = true;
  override get validator(): StackValidator | undefined {
    return this.validation;
  }
  override async isRunning(): Promise<boolean> {
    return this.running;
  }
}

const parts = (): StackParts & { alerter: Alerter } => ({
  orchestrator: make(Orchestrator, { name: "o" }),
  metadataStore: make(Metadata, { name: "m" }),
  artifactStore: make(Artifacts, { name: "a", path: "/a" }),
  alerter: new Alerter({ name: "al" }),
});

test("a stack has its components in the order in which they are validated and prepared", () => {
  const { alerter, orchestrator, metadataStore, artifactStore } = parts();
  const stack = new Stack({ name: "s", alerter, artifactStore, metadataStore, orchestrator });
  expect(stack.components.map(String)).toEqual(["Orchestrator(test, o)", "Metadata(test, m)", "Artifacts(test, a)", "Alerter(test, al)"]);
  expect(stack.component("alerter")).toBe(alerter);
  expect(stack.component("step_operator")).toBeUndefined();
});

test("a part that is missing, or stands where another type belongs, is named", () => {
  expect(() => new Stack({ name: "s", ...parts(), artifactStore: undefined as never })).toThrow(`The stack "s" has no artifact store.`);
  expect(() => new Stack({ name: "s", ...parts(), artifactStore: parts().alerter as never })).toThrow(
    `The stack "s" has an alerter ("al") where its artifact store belongs.`,
  );
  expect(() => new Stack({ name: "s", ...parts(), alerter: {} as never })).toThrow(
    `The stack "s" has no stack component where its alerter belongs.`,
  );
});

test("a component's validator is asked, and its answer names the component", () => {
  const given = parts();
  const stack = new Stack({ name: "s", ...given });
  stack.validate();
  given.alerter.validation = { requiredComponents: ["secrets_manager", "step_operator"] };
  expect(() => stack.validate()).toThrow(`The alerter "al" needs a secrets manager and a step operator, and the stack "s" has none.`);
  given.alerter.validation = { requiredComponents: ["orchestrator"], check: (asked) => `${asked.name} is not its` };
  expect(() => stack.validate()).toThrow(`The alerter "al" can't work in the stack "s": s is not its`);
});

test("every component that isn't running is named, with the command that starts them", async () => {
  const given = parts();
  let orchestratorRuns = true;
  given.orchestrator.isRunning = async () => orchestratorRuns;
  const stack = new Stack({ name: "s", ...given });
  await stack.assertRunning();
  given.alerter.running = false;
  await expect(stack.assertRunning()).rejects.toMatchObject({
    code: "component_not_running",
    message: `The alerter "al" of the stack "s" is not running.`,
    hint: "Provision and start it: zen stack up --stack s",
  });
  orchestratorRuns = false;
  await expect(stack.assertRunning()).rejects.toMatchObject({
    message: `The orchestrator "o" and the alerter "al" of the stack "s" are not running.`,
    hint: "Provision and start them: zen stack up --stack s",
  });
});

test("a component that can't say whether it is running is named, with what it threw", async () => {
  const given = parts();
  given.alerter.isRunning = async () => {
    throw new Error("no route to host");
  };
  await expect(new Stack({ name: "s", ...given }).assertRunning()).rejects.toMatchObject({
    code: "component_failed",
    message: 'The alerter "al" could not say whether it is running: no route to host',
    hint: "Look at it: zen alerter describe al",
  });
});
