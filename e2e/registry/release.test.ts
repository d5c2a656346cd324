import { renameSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { workspacePackages } from "../../scripts/workspace.ts";
import { events, workspace } from "../src/project.ts";
import { Machine } from "./machine.ts";
import { releaseWorkspace, type ReleasedWorkspace } from "./released-workspace.ts";
import { PIPELINE } from "./third-party.ts";

const PNPM = path.join(workspace, "node_modules/.bin/pnpm");

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

/** Runs commands in a new project. */
function commandsIn(name: string) {
  const folder = machine.write(name, { "package.json": { name: "project", private: true, type: "module" }, "pipeline.ts": PIPELINE });
  const env = { ZENML_CONFIG_PATH: machine.write(`${name}-config`, {}) };
  const run = (line: string, within = folder) => machine.run(within, line.split(" "), env);
  const ok = async (line: string, within = folder): Promise<string> => {
    const { code, stdout, stderr } = await run(line, within);
    expect(code, `${line}: ${stdout}${stderr}`).toBe(0);
    return stdout;
  };
  return { folder, run, ok };
}

test("every package of the workspace that isn't private is published, with versions of one another that are there", async () => {
  const names = workspacePackages()
    .filter(({ published }) => published)
    .map(({ name }) => name)
    .sort();
  expect(released.tags.map((tag) => tag.slice(0, tag.lastIndexOf("@"))).sort()).toEqual(names);
  for (const tag of released.tags) {
    const { stdout } = await machine.run(machine.home, ["npm", "view", tag, "--json"]);
    const manifest = JSON.parse(stdout) as Record<string, Record<string, string> | undefined>;
    expect(manifest["repository"], tag).toMatchObject({ type: "git", url: "git+https://github.com/ada/zen.git" });
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
  const { run, ok } = commandsIn("project");
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

test("a package that npm create has made is published, installed elsewhere, and used by a pipeline", async () => {
  const { folder: desk, run, ok: atDesk } = commandsIn("desk");
  await atDesk("npm create @zen/integration @acme/zen-integration-locker -- --type artifact_store --flavor locker --yes");
  const source = `${desk}/zen-integration-locker`;
  await atDesk("npm install", source);
  await atDesk("npm run build", source);
  // Without its conformance suite the check is red, and soon done.
  const suite = path.join(source, "tests/conformance.test.ts");
  renameSync(suite, `${suite}.away`);
  for (const publish of ["npm publish", `${PNPM} publish --no-git-checks`]) {
    const { code, stdout, stderr } = await run(publish, source);
    expect(code, publish).not.toBe(0);
    expect(stdout + stderr).toContain("@acme/zen-integration-locker isn't ready to be published: conformance.");
  }
  expect((await run("npm view @acme/zen-integration-locker")).code).not.toBe(0);
  renameSync(`${suite}.away`, suite);
  // What was compiled may be of yesterday.
  rmSync(path.join(source, "dist"), { recursive: true });
  await atDesk("npm publish", source);

  const { folder, ok } = commandsIn("elsewhere");
  await ok("npm install @zen/core @zen/cli @acme/zen-integration-locker");
  await ok(`npx zen artifact-store register mine --flavor=locker --path=locker://${folder}/objects`);
  await ok("npx zen stack register mine -o default -m default -a mine --set");
  const ran = events(await ok("npx zen pipeline run pipeline.ts --output json")).at(-1) as { outputs: [{ id: string }] };
  expect(await ok(`npx zen artifact read ${ran.outputs[0].id}`)).toBe("6\n");
});

test.each([
  ["metadata_store", "ledger", "-m", (folder: string) => [`--file=${folder}/records.db`]],
  ["orchestrator", "walker", "-o", () => ["--concurrency=1"]],
] as const)("a new %s by a short name is published, installed elsewhere, and used", async (type, flavor, option, settings) => {
  const { folder: desk, ok: atDesk } = commandsIn(`desk-of-${flavor}`);
  await atDesk(`npm create @zen/integration ${flavor} -- --type ${type} --flavor ${flavor} --yes`);
  const source = `${desk}/${flavor}`;
  for (const line of ["npm install", "npm run build", "npm publish"]) await atDesk(line, source);

  const { folder, ok } = commandsIn(`elsewhere-with-${flavor}`);
  await ok(`npm install @zen/core @zen/cli zen-integration-${flavor}`);
  const kinds = { "-o": "default", "-m": "default", "-a": "default", [option]: "mine" };
  await ok(`npx zen ${type.replace("_", "-")} register mine --flavor=${flavor} ${settings(folder).join(" ")}`);
  await ok(`npx zen stack register mine ${Object.entries(kinds).flat().join(" ")} --set`);
  const ran = events(await ok("npx zen pipeline run pipeline.ts --output json")).at(-1) as { outputs: [{ id: string }] };
  expect(await ok(`npx zen artifact read ${ran.outputs[0].id}`)).toBe("6\n");
});

test("npm create @zen leads to the first result, says how long that took, and passes its own checks", async () => {
  const { folder, ok } = commandsIn("first");
  const toResult = async (name: string): Promise<{ seconds: number; printed: string }> => {
    const start = performance.now();
    await ok(`npm create @zen ${name} -- --yes`);
    await ok("npm install", `${folder}/${name}`);
    const printed = await ok("npm start", `${folder}/${name}`);
    return { seconds: (performance.now() - start) / 1000, printed };
  };
  // npm's cache is warm after the first.
  await toResult("first-of-all");
  const { seconds, printed } = await toResult("second");
  expect(printed).toContain("Earth: 365 days predicted, 365.2 observed");
  for (const command of ["npm test", "npm run lint", "npm run typecheck"]) await ok(command, `${folder}/second`);
  console.log(`npm create @zen, npm install, npm start: ${seconds.toFixed(1)} s`);
});
