// The one-line blocks of the document "Stacks, Profiles, Repositories", which show a command and not what it prints: typed in the
// document's order, with real names in place of its placeholders. Each must do what the text around it says.
import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linkWithLocalFlavors } from "../src/project.ts";
import { Machine, type Ran } from "./machine.ts";

const code = path.join(import.meta.dirname, "code");
const project = "/tmp/zenml";

describe.each(["zenml", "zen"] as const)("typed as %s", (command) => {
  const machine = new Machine(command, afterAll);

  async function shell(line: string): Promise<Ran> {
    return (await machine.shell([line], project))[0]!;
  }

  /** What a command prints that must succeed. */
  async function done(line: string): Promise<string> {
    const { output, code: exitCode } = await shell(line);
    expect(exitCode, output).toBe(0);
    return output;
  }

  async function json<T>(line: string): Promise<T> {
    return JSON.parse(await done(`${line} --output json`)) as T;
  }

  function life(): string[] {
    return readFileSync(machine.path(`${project}/life.txt`), "utf8")
      .trimEnd()
      .split("\n");
  }

  beforeAll(async () => {
    linkWithLocalFlavors(machine.path(project));
    cpSync(code, machine.path(`${project}/code`), { recursive: true });
    cpSync(path.join(code, "my-custom-artifact-store.ts"), machine.path(`${project}/path/to.ts`));
    await done("zenml init");
  });

  test("zenml artifact-store flavor list: all the available flavors", async () => {
    expect(await done("zenml artifact-store flavor list")).toMatch(/^┃ local +│ @zen\/integration-local +│ \S+ +│ ✅ /m);
  });

  test("zenml artifact-store flavor register path.to.MyCustomArtifacStore, which is misspelt, and the name that is meant", async () => {
    const misspelt = await shell("zenml artifact-store flavor register path.to.MyCustomArtifacStore");
    expect(misspelt.code).toBe(2);
    expect(misspelt.output).toContain('Did you mean "MyCustomArtifactStore"?');
    expect(await done("zenml artifact-store flavor register path.to.MyCustomArtifactStore")).toContain(
      "Successfully registered new flavor 'custom' for stack component 'artifact_store'.\n",
    );
  });

  test("zenml artifact-store flavor list: the new flavor, too", async () => {
    expect(await done("zenml artifact-store flavor list")).toMatch(/^┃ custom +│ .* ✅ +│ \.\/path\/to\.ts#MyCustomArtifactStore +┃$/m);
  });

  test("zenml artifact-store list: in a fresh repository the default local artifact store", async () => {
    expect(await done("zenml artifact-store list")).toMatch(
      /^┃ +👉 +│ default +│ local +│ [0-9a-f-]{36} +│ \/home\/stefan\/\.config\/zen\//m,
    );
    expect(await json("zenml artifact-store list")).toHaveLength(1);
  });

  test("zenml artifact-store register NAME --flavor=local --path=/path/to/your/store", async () => {
    expect(await done("zenml artifact-store register yours --flavor=local --path=/path/to/your/store")).toContain(
      "Successfully registered artifact store `yours`.\n",
    );
    expect(await json("zenml artifact-store describe yours")).toMatchObject({ flavor: "local", config: { path: "/path/to/your/store" } });
  });

  test("zenml <stack-component-type> --help, zenml stack --help: the commands there are", async () => {
    const groups =
      "alerter artifact-store container-registry experiment-tracker feature-store metadata-store model-deployer orchestrator secrets-manager step-operator";
    for (const group of groups.split(" ")) expect(await done(`zenml ${group} --help`)).toMatch(/^ +list .*\n(.*\n)* +register /m);
    expect(await done("zenml stack --help")).toContain("register");
  });

  test("zenml stack register STACK_NAME: a stack of such components", async () => {
    expect(
      await done(`zenml stack register team -o default \\
                                -a yours \\
                                -m default`),
    ).toContain("Stack 'team' successfully registered!\n");
  });

  test("zenml stack list: all stacks, of which the initial one is active and has the three local components", async () => {
    expect(await json("zenml stack list")).toEqual([
      { name: "default", active: true, orchestrator: "default", metadata_store: "default", artifact_store: "default" },
      { name: "team", active: false, orchestrator: "default", metadata_store: "default", artifact_store: "yours" },
    ]);
    expect(await done("zenml stack list")).toMatch(/^┃ +👉 +│ default /m);
  });

  test("zenml stack set <name-of-your-stack>", async () => {
    expect(await done("zenml stack set team")).toContain("Active stack set to: 'team'\n");
    expect(await done("zenml stack list")).toMatch(/^┃ +👉 +│ team /m);
  });

  test("zenml stack up provisions and resumes, zenml stack down suspends and deprovisions", async (context) => {
    await done("zenml artifact-store flavor register ./code/managing-the-state.ts#StatefulArtifactStore");
    await done("zenml artifact-store register stateful --flavor=stateful --path=/data");
    await done("zenml stack update -a stateful");
    await done("zenml stack up");
    expect(life()).toEqual(["provision", "resume"]);
    expect(await machine.onTerminal(context, "zenml stack down", { folder: project, answer: "y\r" })).toMatchObject({ code: 0 });
    expect(life()).toEqual(["provision", "resume", "suspend", "deprovision"]);
  });

  test("zenml artifact-store up NAME and down NAME do so with one component", async (context) => {
    await done("zenml artifact-store up stateful");
    expect(life().slice(4)).toEqual(["provision", "resume"]);
    expect(await machine.onTerminal(context, "zenml artifact-store down stateful", { folder: project, answer: "y\r" })).toMatchObject({
      code: 0,
    });
    expect(life().slice(6)).toEqual(["suspend", "deprovision"]);
    // One whose class has no state of its own is up at any time.
    expect(await done("zenml artifact-store up yours")).toContain("already running");
  });

  test("rm -rf /tmp/zenml/.zen unregisters the repository", async () => {
    await done("rm -rf /tmp/zenml/.zen");
    expect(await done("zenml stack list")).toContain("Running without an active repository root.\n");
  });
});
