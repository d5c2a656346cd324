import { spawn, spawnSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { findOldNode } from "../../apps/cli/tests/old-node.ts";
import { copyOf, npmFolder } from "../src/npm.ts";
import { ended, events, Project, type Ended } from "../src/project.ts";

const found = findOldNode();
const oldNode =
  "node" in found ? { node: found.node, version: spawnSync(found.node, ["--version"], { encoding: "utf8" }).stdout.trim() } : undefined;

const PIPELINE = `import { pipeline, step } from "@zen/core";
const version = step("version", { cache: false }, () => process.versions.node);
const never = step("never", () => new Promise<number>(() => console.log("waiting")));
export const p = pipeline("p", () => ({ version: version() }));
export const endless = pipeline("endless", () => never());
`;

describe.skipIf(oldNode === undefined)("zen under a Node that is too old", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await npmFolder(["init -y", "pkg set type=module", "install @zen/core @zen/cli"]);
  });

  const install = (): Project => new Project({ "src/p.ts": PIPELINE }, { install: copyOf(folder) });
  const start = (project: Project, args: readonly string[], cwd = project.folder) =>
    spawn(oldNode!.node, [path.join(project.folder, "node_modules/.bin/zen"), ...args], {
      cwd,
      env: project.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
  const zen = (project: Project, ...args: string[]): Promise<Ended> => ended(start(project, args));
  /** As `npm install -D node@24` leaves it. */
  const addNode = (project: Project, node = process.execPath): void =>
    symlinkSync(node, path.join(project.folder, "node_modules/.bin/node"));

  test("says in one line what it needs, what it has, and what to type", async () => {
    const project = install();
    const message = `zen needs Node >= 24.15, and this is Node ${oldNode!.version.slice(1)}.`;
    const hint = "Install one for this project: npm install -D node@24";
    for (const args of [["--help"], ["stack", "list"], ["pipeline", "run", "src/p.ts"]]) {
      expect(await zen(project, ...args)).toEqual({ stdout: "", stderr: `Error: ${message} ${hint}\n`, code: 1 });
    }
    const { stdout, stderr, code } = await zen(project, "stack", "list", "--output", "json");
    expect({ stdout, code }).toEqual({ stdout: "", code: 1 });
    expect(JSON.parse(stderr)).toEqual({ error: { code: "node_too_old", message, hint } });
    // One that is as old doesn't help.
    addNode(project, oldNode!.node);
    expect(await zen(project, "stack", "list")).toEqual({ stdout: "", stderr: `Error: ${message} ${hint}\n`, code: 1 });
  });

  test("starts again with the Node that the project brings", async () => {
    const project = install();
    addNode(project);
    const { stdout, stderr, code } = await zen(project, "pipeline", "run", "src/p.ts#p", "--output", "json");
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(events(stdout).at(-1)).toMatchObject({ type: "run.finished", status: "completed" });
    expect((await zen(project, "artifact", "read", "version.output")).stdout).toBe(`${process.versions.node}\n`);
    expect(await ended(start(project, ["version", "--output", "json"], path.join(project.folder, "src")))).toMatchObject({ code: 0 });
    expect(await zen(project, "stack", "lst")).toMatchObject({ code: 2, stderr: expect.stringContaining(`Did you mean "list"?`) });
  });

  test("passes signals on to it", async () => {
    const project = install();
    addNode(project);
    const child = start(project, ["pipeline", "run", "src/p.ts#endless", "--output", "json"]);
    const end = ended(child);
    child.stdout.on("data", (text: string) => text.includes("waiting") && child.kill("SIGTERM"));
    const { stdout, code } = await end;
    expect(code).toBe(130);
    expect(events(stdout).at(-1)).toMatchObject({ type: "run.finished", status: "cancelled" });
  });
});
