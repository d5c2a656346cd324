import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { events, type Ended } from "../src/project.ts";
import { Machine } from "./machine.ts";
import { layouts, type Layout } from "./package-managers.ts";
import { releaseWorkspace, type ReleasedWorkspace } from "./released-workspace.ts";
import { PIPELINE, THIRD_PARTY, WANTED } from "./third-party.ts";

const released: ReleasedWorkspace = await releaseWorkspace();
const machine = new Machine(released.registry);
beforeAll(() => machine.publish(THIRD_PARTY));
afterAll(async () => {
  machine.remove();
  await released.registry[Symbol.asyncDispose]();
});

const EXPECTED = [
  "drawer of @acme/zen-integration-drawer 1.2.0",
  "local of @zen/integration-local",
  "shelf of acme-shelf 1.2.0",
  "vault of @acme/zen-integration-vault 1.2.0",
];

/** Runs commands in a folder of the machine, with a configuration of its own. */
function commandsIn(folder: string, zen: readonly string[]) {
  const env = { ZENML_CONFIG_PATH: machine.write(`configurations/${path.basename(folder)}`, {}) };
  const run = (...args: readonly string[]): Promise<Ended> => machine.run(folder, [...zen, ...args], env);
  const ok = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...args);
    expect(code, `${args.join(" ")}: ${stdout}${stderr}`).toBe(0);
    return stdout;
  };
  const flavors = async (): Promise<string[]> => {
    const listed = JSON.parse(await ok("artifact-store", "flavor", "list", "--output", "json")) as Record<string, string>[];
    return listed.map(({ flavor, package: from, version }) => `${flavor} of ${from}${from!.startsWith("@zen/") ? "" : ` ${version}`}`);
  };
  return { run, ok, flavors };
}

/** Registers a store of each third-party flavor, and runs a pipeline that keeps its artifacts in one of them. */
async function useFlavors({ ok }: ReturnType<typeof commandsIn>, folder: string): Promise<void> {
  for (const flavor of ["vault", "shelf", "drawer"])
    await ok(
      "artifact-store",
      "register",
      flavor,
      `--flavor=${flavor}`,
      `--path=${path.join(machine.root, "stores", path.basename(folder), flavor)}`,
    );
  await ok("stack", "register", "company", "-o", "default", "-m", "default", "-a", "drawer");
  const printed = await ok("pipeline", "run", "pipeline.ts", "--stack", "company", "--output", "json");
  const run = events(printed).at(-1) as { status: string; stack: string; outputs: [{ id: string }] };
  expect(run).toMatchObject({ status: "completed", stack: "company" });
  expect(await ok("artifact", "read", run.outputs[0].id, "--stack", "company")).toBe("6\n");
}

async function install(folder: string, { manager, install: args }: Layout): Promise<void> {
  const { code, stdout, stderr } = await machine.run(folder, [...manager, ...args]);
  expect(code, stdout + stderr).toBe(0);
}

describe("a project installed by", () => {
  for (const layout of layouts(released.registry.url)) {
    test.skipIf(layout.missing !== undefined)(layout.name, async () => {
      const manifest = { name: "project", version: "1.0.0", private: true, type: "module", ...WANTED };
      const folder = machine.write(layout.name.replaceAll(/\W+/g, "-"), {
        ...layout.files,
        "package.json": manifest,
        "src/deep/readme.txt": "",
        "pipeline.ts": PIPELINE,
      });
      await install(folder, layout);
      const commands = commandsIn(folder, [...layout.manager, ...layout.zen]);
      expect(await commands.flavors()).toEqual(EXPECTED);
      await useFlavors(commands, folder);
    });
  }
});
