import { afterAll, beforeAll, expect, test } from "vitest";
import { workspacePackages } from "../../scripts/workspace.ts";
import { Machine } from "./machine.ts";
import { releaseWorkspace, type ReleasedWorkspace } from "./released-workspace.ts";

let released: ReleasedWorkspace;
let machine: Machine;
beforeAll(async () => {
  released = await releaseWorkspace();
  machine = new Machine(released.registry);
}, 120_000);
afterAll(async () => {
  machine?.remove();
  await released?.registry[Symbol.asyncDispose]();
});

test("every package of the workspace that isn't private is published, with versions of one another that are there", async () => {
  const names = workspacePackages()
    .filter(({ published }) => published)
    .map(({ name }) => name)
    .sort();
  expect(released.tags.map((tag) => tag.slice(0, tag.lastIndexOf("@"))).sort()).toEqual(names);
  for (const tag of released.tags) {
    const { stdout } = await machine.run(machine.home, ["npm", "view", tag, "--json"]);
    const manifest = JSON.parse(stdout) as Record<string, Record<string, string> | undefined>;
    const wanted = { ...manifest["dependencies"], ...manifest["peerDependencies"] };
    for (const [name, range] of Object.entries(wanted)) {
      expect(range, `${tag} depends on ${name}`).not.toMatch(/^(workspace|catalog):/);
      if (!name.startsWith("@zen/")) continue;
      const there = await machine.run(machine.home, ["npm", "view", `${name}@${range}`, "version"]);
      expect(there.stdout, `${tag} depends on ${name}@${range}`).toMatch(/\d/);
    }
  }
});

test("an integration is there once it is installed, and gone once it is uninstalled", async () => {
  const folder = machine.write("project", { "package.json": { name: "project", private: true, type: "module" } });
  const env = { ZENML_CONFIG_PATH: machine.write("project-config", {}) };
  const run = (line: string) => machine.run(folder, line.split(" "), env);
  const ok = async (line: string): Promise<string> => {
    const { code, stdout, stderr } = await run(line);
    expect(code, `${line}: ${stdout}${stderr}`).toBe(0);
    return stdout;
  };
  const flavors = async (): Promise<string[]> =>
    (JSON.parse(await ok("npx zen artifact-store flavor list --output json")) as { flavor: string }[]).map(({ flavor }) => flavor);

  await ok("npm install @zen/core @zen/cli @zen/integration-s3");
  expect(await flavors()).toEqual(["local", "s3"]);
  await ok("npx zen artifact-store register cloud --flavor=s3 --path=s3://models/zen");
  await ok("npx zen stack register cloud -o default -m default -a cloud");

  await ok("npm uninstall @zen/integration-s3");
  expect(await flavors()).toEqual(["local"]);
  const used = await run("npx zen artifact-store check cloud");
  expect(used.code).not.toBe(0);
  expect(used.stderr).toContain("npm install @zen/integration-s3");
});
