// What `npm create @zen/integration` makes is a package that is ready, for each type whose base class is complete.
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { installFromWorkspace } from "../src/install-from-workspace.ts";
import { linkWithLocalFlavors, Project, workspace } from "../src/project.ts";

test.each(["artifact_store", "metadata_store", "orchestrator"])(
  "a new %s builds, passes its suite and the check, and is used",
  async (type) => {
    const project = new Project({}, { install: linkWithLocalFlavors });
    const zen = path.join(workspace, "apps/cli/bin/zen.js");
    const made = await project.node(zen, "integration", "create", "acme-thing", "--type", type, "--yes", "--output", "json");
    expect(made).toMatchObject({ code: 0, stderr: "" });
    const folder = path.join(project.folder, "acme-thing");
    installFromWorkspace(folder);
    const inPackage = (...args: string[]) => project.command("sh", "-c", `cd ${folder} && exec ${args.join(" ")}`);

    const built = await inPackage("node", "--run", "build");
    expect(built, built.stdout + built.stderr).toMatchObject({ code: 0 });
    const checked = await inPackage("node", "--run", "check");
    expect(checked, checked.stdout + checked.stderr).toMatchObject({ code: 0 });
    expect(checked.stdout).not.toMatch(/warning|FAILED|skipped/);
    const again = await inPackage("node", zen, "integration", "build", "--check");
    expect(again).toMatchObject({ code: 0 });

    // In a project that depends on it.
    const file = path.join(project.folder, "package.json");
    const manifest = JSON.parse(readFileSync(file, "utf8")) as { dependencies: Record<string, string> };
    manifest.dependencies["zen-integration-acme-thing"] = "file:acme-thing";
    writeFileSync(file, JSON.stringify(manifest));
    symlinkSync(folder, path.join(project.folder, "node_modules/zen-integration-acme-thing"), "dir");
    project.write({
      "pipeline.ts": `import { pipeline, step } from "@zen/core";
const two = step("two", () => 2);
const twice = step("twice", ({ n }: { n: number }) => n * 2);
export const four = pipeline("four", () => twice({ n: two({}) }));`,
    });
    const run = (...args: string[]) => project.node(zen, ...args);
    const settings = {
      artifact_store: `--path=acme-thing://${project.root}/objects`,
      metadata_store: `--file=${project.root}/records.db`,
      orchestrator: "--concurrency=1",
    }[type]!;
    const command = type.replace("_", "-");
    expect(await run(command, "register", "mine", "--flavor=acme-thing", settings)).toMatchObject({ code: 0 });
    const parts = { orchestrator: "default", metadata_store: "default", artifact_store: "default", [type]: "mine" };
    const { orchestrator, metadata_store: metadata, artifact_store: artifacts } = parts as Record<string, string>;
    expect(await run("stack", "register", "s", "-o", orchestrator!, "-m", metadata!, "-a", artifacts!, "--set")).toMatchObject({ code: 0 });
    expect(await run("stack", "check")).toMatchObject({ code: 0 });
    const ran = await run("pipeline", "run", "pipeline.ts");
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect((await run("artifact", "read", "twice.output")).stdout.trim()).toBe("4");
  },
);

test("its changesets become its version and its changelog", async () => {
  const project = new Project({}, { install: linkWithLocalFlavors });
  const zen = path.join(workspace, "apps/cli/bin/zen.js");
  await project.node(zen, "integration", "create", "acme-thing", "--type=orchestrator", "--yes");
  const folder = path.join(project.folder, "acme-thing");
  installFromWorkspace(folder);
  const ok = async (line: string): Promise<string> => {
    const { code, stdout, stderr } = await project.command("sh", "-c", `cd ${folder} && ${line}`);
    expect(code, line + stdout + stderr).toBe(0);
    return stdout;
  };
  const commit = "git add -A && git -c user.name=Ada -c user.email=ada@localhost commit -q -m";
  await ok(`git init -q -b main && node --run build && ${commit} First`);
  await ok("npx changeset add --empty");
  writeFileSync(path.join(folder, ".changeset/calm.md"), `---\n"zen-integration-acme-thing": minor\n---\n\nSteps wait for one another.\n`);
  expect(await ok("npx changeset status")).toContain("zen-integration-acme-thing");
  await ok(`${commit} Second && npx changeset version`);
  expect((await ok("git status --porcelain")).split("\n").filter((line) => !line.startsWith(" D .changeset/"))).toEqual([
    " M package.json",
    "?? CHANGELOG.md",
    "",
  ]);
  expect(await ok("git diff -U0 package.json")).toMatch(/\n-  "version": "0.1.0",\n\+  "version": "0.2.0",\n$/);
  expect(readFileSync(path.join(folder, "CHANGELOG.md"), "utf8").replace(/[0-9a-f]{7,}: /, "")).toBe(
    "# zen-integration-acme-thing\n\n## 0.2.0\n\n### Minor Changes\n\n- Steps wait for one another.\n",
  );
  await ok("npx zen integration check --no-test");
});
