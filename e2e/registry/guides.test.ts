// The two guides as a reader goes through them: each command as it stands there, by the real package managers, from a registry. Blocks
// of ```console are run by tests/docs.test.ts.
import { chmodSync, existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, type TestContext } from "vitest";
import { workspace, type Ended } from "../src/project.ts";
import { dialogOnTerminal } from "../src/terminal.ts";
import { Machine } from "./machine.ts";
import { releaseWorkspace, type ReleasedWorkspace } from "./released-workspace.ts";

/** For a machine that does much else. */
const SLOW = { timeout: 300_000 };
const [ENTER, CTRL_C] = ["\r", "\u0003"];
/** Those that both scaffolders ask, answered with what they propose. */
const QUESTIONS = ["What does it implement?", "The flavor's name", "What is it, in a line?", "Under which licence?"].map(
  (question) => [question, ENTER] as const,
);

let released: ReleasedWorkspace;
let machine: Machine;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  released = await releaseWorkspace();
  machine = new Machine(released.registry);
  const bin = machine.write("bin", { pnpm: `#!/bin/sh\nexec "${workspace}/node_modules/.bin/pnpm" "$@"\n` });
  chmodSync(path.join(bin, "pnpm"), 0o755);
  machine.write("home", { ".gitconfig": "[user]\nname = Ada\nemail = ada@localhost\n" });
  env = {
    ZENML_CONFIG_PATH: machine.write("config", {}),
    // What a project or a package has installed is typed without a path, here as in the guide.
    PATH: ["node_modules/.bin", bin, path.join(machine.root, "desk/project/node_modules/.bin"), machine.env["PATH"]].join(path.delimiter),
  };
}, 120_000);
afterAll(async () => {
  machine?.remove();
  await released?.registry[Symbol.asyncDispose]();
});

/** A guide, and which of its commands were typed. */
class Guide {
  readonly text: string;
  readonly #typed = new Set<string>();

  constructor(file: string) {
    this.text = readFileSync(path.join(workspace, "docs", file), "utf8");
  }

  /** Types a command of the guide. */
  async type(folder: string, command: string, more: NodeJS.ProcessEnv = {}): Promise<Ended> {
    this.#note(command);
    return machine.run(folder, ["sh", "-c", command], { ...env, ...more });
  }

  /** The same, and it must succeed. @returns what it printed */
  async ok(folder: string, command: string): Promise<string> {
    const { code, stdout, stderr } = await this.type(folder, command);
    if (code !== 0) throw new Error(`${command} exited with ${code}:\n${stdout}${stderr}`);
    return stdout;
  }

  /** The same on a terminal, where it asks, or goes on until Ctrl-C. */
  async dialog(context: TestContext, folder: string, command: string, dialog: Parameters<typeof dialogOnTerminal>[2]): Promise<Ended> {
    this.#note(command);
    return dialogOnTerminal(context, command, dialog, { cwd: folder, env: { ...machine.env, ...env }, timeoutSeconds: 100 });
  }

  /** Those that nobody has typed. */
  get untyped(): string[] {
    return this.commands.filter((command) => !this.#typed.has(command));
  }

  /** Those of its blocks, then those amid the text. */
  get commands(): readonly string[] {
    const blocks = [...this.text.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block]) => block!.trim().split("\n"));
    const prose = this.text.replaceAll(/```.*?```/gs, "");
    return [...blocks, ...[...prose.matchAll(/`((?:npm|npx|pnpm|zen) [^`]+)`/g)].map(([, command]) => command!)];
  }

  #note(command: string): void {
    if (!this.commands.includes(command)) throw new Error(`The guide has no command "${command}".`);
    this.#typed.add(command);
  }
}

describe("Write a flavor", SLOW, () => {
  const guide = new Guide("write-a-flavor.md");
  let folder: string;
  let project: string;
  const ok = (command: string): Promise<string> => guide.ok(folder, command);
  const git = async (...args: readonly string[]): Promise<void> => {
    expect(await machine.run(folder, ["git", ...args], env)).toMatchObject({ code: 0 });
  };
  const commit = async (): Promise<void> => {
    await git("add", "-A");
    await git("commit", "-q", "-m", "As it is");
  };
  const published = async (): Promise<string> =>
    (await machine.run(machine.home, ["npm", "view", "zen-integration-acme-disk", "version"])).stdout;
  /** Changes a file for a while. */
  const spoil = (name: string, right: string, wrong: string): (() => void) => {
    const file = path.join(folder, name);
    const text = readFileSync(file, "utf8");
    expect(text).toContain(right);
    writeFileSync(file, text.replace(right, wrong));
    return () => writeFileSync(file, text);
  };

  test("npm create asks, and the package builds", async (context) => {
    const desk = machine.write("desk", {});
    const { stdout, code } = await guide.dialog(context, desk, "npm create @zen/integration acme-disk", [
      ["Ok to proceed?", ENTER],
      ...QUESTIONS,
    ]);
    expect(code, stdout).toBe(0);
    folder = path.join(desk, "acme-disk");
    await ok("npm install");
    await ok("npm run build");
    await git("init", "-q", "-b", "main");
    await commit();
  });

  test("zen integration create does the same in a project that has zen", async (context) => {
    project = machine.write("desk/project", { "package.json": { name: "project", private: true, type: "module" } });
    expect(await machine.run(project, ["npm", "install", "@zen/core", "@zen/cli"])).toMatchObject({ code: 0 });
    const { stdout, code } = await guide.dialog(context, project, "zen integration create", [
      ["What is it called?", `my-disk${ENTER}`],
      ...QUESTIONS,
    ]);
    expect(code, stdout).toBe(0);
    const files = (of: string): string[] => globSync("{src,tests,.github}/**/*", { cwd: of }).sort();
    expect(files(path.join(project, "my-disk"))).toEqual(files(folder));
  });

  test("npm run dev shows on each save what users will see, until Ctrl-C", async (context) => {
    let mend = (): void => {};
    const { stdout, code } = await guide.dialog(context, folder, "npm run dev", [
      ["┃ acme-disk │", () => ((mend = spoil("src/artifact-store.ts", `FLAVOR: string = "acme-disk"`, `FLAVOR: string = "tape"`)), "")],
      ["┃ tape ", CTRL_C],
    ]);
    mend();
    await ok("npm run build");
    // Some shells end as what Ctrl-C ended, others as it says.
    expect([0, 130], stdout).toContain(code);
    const [, scratch] = /Its flavors are in the project (\S+), for you to try/.exec(stdout)!;
    expect(existsSync(scratch!)).toBe(false);
  });

  test("npx vitest run --bail=1 shows each check as it ends, and stops at the first that fails", async () => {
    const mend = spoil("src/artifact-store.ts", ".sort(byBytes)", ".sort(byBytes).reverse()");
    const { stdout, code } = await guide.type(folder, "npx vitest run --bail=1 --reporter=verbose");
    mend();
    expect(code).toBe(1);
    expect(stdout).toContain("✓ tests/conformance.test.ts > AcmeDiskArtifactStore > keeps the bytes that it is given");
    expect(stdout.match(/^ × .*/gm)).toHaveLength(1);
    expect(stdout).not.toContain("✓ tests/conformance.test.ts > AcmeDiskArtifactStore > shows no secret");
  });

  test("npm run check and npm test have nothing to say, and zen integration build --check says what differs", async () => {
    expect(await ok("npm run check")).not.toMatch(/warning|FAILED|skipped/);
    expect(await ok("npm test")).toContain("tests/conformance.test.ts");
    await ok("zen integration build");
    await ok("zen integration build --check");
    const mend = spoil("schemas/artifact_store.acme-disk.json", "Where the artifacts are kept", "Where they are");
    expect(await guide.type(folder, "zen integration build --check")).toMatchObject({ code: 3 });
    mend();
  });

  test("a project that depends on it has its flavor", async () => {
    await guide.ok(project, "npm install ../acme-disk");
    expect(await guide.ok(project, "zen artifact-store flavor list")).toContain("zen-integration-acme-disk#AcmeDiskArtifactStore");
    await guide.ok(project, "zen artifact-store register mine --flavor=acme-disk --path=acme-disk:///tmp/artifacts");
  });

  test("npm publish --provenance publishes nothing where nobody can sign it, and says why", async () => {
    const command = "npm publish --provenance --access public";
    const { stdout, stderr, code } = await guide.type(folder, command);
    expect(code).toBe(1);
    expect(stdout).toMatch(/┃ tests +│ ok +┃/);
    const said = "npm error Automatic provenance generation not supported for provider: ";
    expect(stderr).toContain(said);
    expect(guide.text).toContain(said.replace("npm error ", ""));
    // What the package is was checked: from here on only what npm says counts.
    const job = { GITHUB_ACTIONS: "true", npm_config_ignore_scripts: "true" };
    expect((await guide.type(folder, command, job)).stderr).toContain('requires "write" access to the "id-token" permission');
    const allowed = { ...job, ACTIONS_ID_TOKEN_REQUEST_URL: "http://127.0.0.1:9" };
    expect((await machine.run(folder, ["npm", "publish", "--provenance"], { ...env, ...allowed })).stderr).toContain(
      "you must set `access` to public",
    );
    expect(await published()).toBe("");
  });

  test("npm publish publishes it", async () => {
    await ok("npm publish");
    expect(await published()).toBe("0.1.0\n");
  });

  test("npx changeset asks what changed, and pnpm publish publishes the next version", async (context) => {
    const { stdout, code } = await guide.dialog(context, folder, "npx changeset", [
      ["What kind of change is this", ENTER],
      ["Please enter a summary", `Quicker${ENTER}`],
    ]);
    expect(code, stdout).toBe(0);
    await commit();
    await ok("npx changeset version");
    expect(readFileSync(path.join(folder, "CHANGELOG.md"), "utf8")).toMatch(/## 0\.1\.1\n[^]*Quicker\n/);
    await commit();
    await ok("pnpm publish");
    expect(await published()).toBe("0.1.1\n");
  });

  test("a preset passes zen integration check, and is published under its scope", async () => {
    const manifest = /```json title="acme-preset\/package.json"\n(.*?)```/s.exec(guide.text)![1]!;
    const preset = machine.write("desk/acme-preset", { "package.json": manifest, "README.md": "# What acme uses\n", LICENSE: "MIT\n" });
    await guide.ok(preset, "npm install");
    await guide.ok(preset, "zen integration check");
    await guide.ok(preset, "npm publish --access public");
  });

  test("that was every command of the guide", () => {
    expect(guide.untyped).toEqual([]);
  });
});

describe("Your first project", SLOW, () => {
  const guide = new Guide("first-project.md");

  test("every command of the guide does what it says", async () => {
    const desk = machine.write("planets-desk", {});
    const [create, enter, ...rest] = guide.commands;
    expect(enter).toBe("cd planets");
    await guide.ok(desk, create!);
    await guide.ok(desk, enter!);
    const folder = path.join(desk, "planets");
    let printed = "";
    for (const command of rest) printed += await guide.ok(folder, command);
    expect(printed).toContain(/```text\n(.*?)```/s.exec(guide.text)![1]);
    expect(await guide.ok(folder, "npx zen artifact-store flavor list")).toContain("@zen/integration-s3");
    expect(guide.untyped).toEqual([]);
  });
});
