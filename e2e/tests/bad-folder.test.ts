import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { contentOf } from "../src/folder-content.ts";
import { copyOf, npmFolder } from "../src/npm.ts";
import { ended, events, Project, type Ended } from "../src/project.ts";
import { refusalIn } from "../src/refusal.ts";

const PIPELINE = `import { pipeline, step } from "@zen/core";
const make = step("make", ({ size }: { size: number }) => "x".repeat(size));
export const p = pipeline("p", ({ size = 10 }: { size?: number }) => make({ size }));
`;

/** A project in a repository, after its first use. */
async function used(install?: (folder: string) => void): Promise<Project> {
  const project = new Project({ "p.ts": PIPELINE }, install === undefined ? {} : { install });
  for (const args of [["init"], ["pipeline", "run", "p.ts", "--run-name", "first"]]) {
    const { code, stderr } = await project.zen(...args);
    expect(code, stderr).toBe(0);
  }
  return project;
}

/** Of each kind one that would succeed after first use. */
const CHANGES = [
  ["stack register x -o default -m default -a default", "stack rename default x", "stack copy default x"],
  ["artifact-store update default --path=/x", "artifact-store rename default x", "profile create x", "profile rename default x"],
].flat();

const storeOf = (project: Project): string =>
  path.dirname(globSync("local_stores/*/zen.db", { cwd: project.configFolder }).map((file) => path.join(project.configFolder, file))[0]!);

describe("a folder that may only be read", () => {
  /** For node: goes on as a user who owns nothing. Root may write anywhere. */
  const AS_NOBODY = `data:text/javascript,if (process.getuid() === 0) { process.setgroups([]); process.setgid(65534); process.setuid(65534); }`;
  const nobody =
    (project: Project) =>
    (...args: readonly string[]): Promise<Ended> =>
      ended(project.start(["--import", AS_NOBODY, project.zenBin, ...args]));
  const setMode = (folder: string, mode: string): void => void execFileSync("chmod", ["-R", mode, folder]);
  // Not linked: another user may not be let into the folder of this workspace.
  const installed = async (): Promise<(folder: string) => void> =>
    copyOf(await npmFolder(["init -y", "pkg set type=module", "install @zen/core @zen/cli"]));

  test("can't become the configuration folder", async () => {
    const project = new Project({ "p.ts": PIPELINE }, { install: await installed() });
    setMode(project.root, "u=rwX,go=rX");
    if (process.getuid!() !== 0) chmodSync(project.root, 0o555);
    onTestFinished(() => chmodSync(project.root, 0o755));
    const refused = refusalIn(project, nobody(project));
    expect(await refused("stack", "list")).toMatchInlineSnapshot(`
      "Error: zen can't make the folder CONFIG: permission denied.
      Check who owns it and who may change it. zen's own files can be kept elsewhere: export ZENML_CONFIG_PATH=/another/folder
      exit code 1
      "
    `);
    expect(await refused("pipeline", "run", "p.ts")).toMatchInlineSnapshot(`
      "Error: zen can't make the folder CONFIG: permission denied.
      Check who owns it and who may change it. zen's own files can be kept elsewhere: export ZENML_CONFIG_PATH=/another/folder
      exit code 1
      "
    `);
    expect(await refused("init")).toMatchInlineSnapshot(`
      "Error: zen can't make the folder CONFIG: permission denied.
      Check who owns it and who may change it. zen's own files can be kept elsewhere: export ZENML_CONFIG_PATH=/another/folder
      exit code 1
      "
    `);
    expect(existsSync(project.configFolder)).toBe(false);
    expect(await nobody(project)("--help")).toMatchObject({ code: 0 });
    expect(await nobody(project)("version")).toMatchObject({ code: 0 });
  });

  test("can be looked at, and nothing in it changes", async () => {
    const project = await used(await installed());
    setMode(project.root, "u=rwX,go=rX");
    setMode(project.configFolder, "a=rX");
    onTestFinished(() => setMode(project.configFolder, "u=rwX"));
    const before = contentOf(project.configFolder);
    const zen = nobody(project);
    const refused = refusalIn(project, zen);
    for (const line of ["stack list", "stack describe", "artifact-store list", "status", "orchestrator describe"]) {
      const { code, stderr } = await zen(...line.split(" "));
      expect(code, `${line}: ${stderr}`).toBe(0);
    }
    // SQLite may have to write in order to read.
    expect(await refused("run", "list")).toMatchInlineSnapshot(`
      "Error: Can't open the metadata store "default": this user has no right to do that at CONFIG/local_stores/ID/zen.db.
      Give the user that runs zen the right to write the file and its folder, CONFIG/local_stores/ID: SQLite needs that even to read.
      exit code 1
      "
    `);
    expect(await refused("artifact-store", "register", "x", "--flavor=local", "--path=/tmp/x")).toMatchInlineSnapshot(`
      "Error: zen can't write CONFIG/lock.db: permission denied.
      Check who owns it and who may change it. zen's own files can be kept elsewhere: export ZENML_CONFIG_PATH=/another/folder
      exit code 1
      "
    `);
    expect(await refused("stack", "set", "default", "--global")).toMatchInlineSnapshot(`
      "Error: zen can't write CONFIG/lock.db: permission denied.
      Check who owns it and who may change it. zen's own files can be kept elsewhere: export ZENML_CONFIG_PATH=/another/folder
      exit code 1
      "
    `);
    expect(await refused("pipeline", "run", "p.ts")).toMatchInlineSnapshot(`
      "Error: Can't open the metadata store "default": this user has no right to do that at CONFIG/local_stores/ID/zen.db.
      Give the user that runs zen the right to write the file and its folder, CONFIG/local_stores/ID: SQLite needs that even to read.
      exit code 1
      "
    `);
    for (const line of CHANGES)
      expect(await refused(...line.split(" ")), line).toContain("zen can't write CONFIG/lock.db: permission denied.\n");
    expect(contentOf(project.configFolder)).toEqual(before);
  });

  test("doesn't become a repository", async () => {
    const project = await used(await installed());
    setMode(project.root, "u=rwX,go=rX");
    setMode(project.configFolder, "a=rwX");
    rmSync(path.join(project.folder, ".zen"), { recursive: true });
    const refused = refusalIn(project, nobody(project));
    expect(await refused("init")).toMatchInlineSnapshot(`
      "Error: zen can't make PROJECT/.zen: permission denied.
      Check who owns it and who may change it.
      exit code 1
      "
    `);
    expect(existsSync(path.join(project.folder, ".zen"))).toBe(false);
  });

  test("of artifacts stops the step that writes one", async () => {
    const project = await used(await installed());
    setMode(project.root, "a=rwX");
    const store = path.join(project.root, "artifacts");
    mkdirSync(store, { mode: 0o555 });
    chmodSync(store, 0o555);
    for (const line of [
      `artifact-store register closed --flavor=local --path=${store}`,
      "stack register closed -o default -m default -a closed",
    ])
      await project.zen(...line.split(" "));
    setMode(project.configFolder, "a=rwX");
    const refused = refusalIn(project, nobody(project));
    expect(await refused("pipeline", "run", "p.ts", "--stack", "closed")).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack closed: 1 step.
      ▶ make
      ✖ make failed: Can't write "ID/ID" in the artifact store "closed": this user has no right to do that at ROOT/artifacts/ID/ID.
      Error: Step "make" failed: Can't write "ID/ID" in the artifact store "closed": this user has no right to do that at ROOT/artifacts/ID/ID.
      Give the user that runs zen the right to read and write the folder and all that is in it.
      exit code 1
      "
    `);
  });
});

describe("a missing folder", () => {
  test("of artifacts is made again by the next run, and what was in it is said to be gone", async () => {
    const project = await used();
    const refused = refusalIn(project);
    const store = path.join(project.root, "artifacts");
    for (const line of [
      `artifact-store register other --flavor=local --path=${store}`,
      "stack register other -o default -m default -a other",
      "stack set other",
    ])
      expect(await project.zen(...line.split(" "))).toMatchObject({ code: 0 });
    expect(await project.zen("pipeline", "run", "p.ts")).toMatchObject({ code: 0 });
    rmSync(store, { recursive: true });
    expect(await refused("artifact", "read", "make.output")).toMatchInlineSnapshot(`
      "Error: The artifact make.output (ID) is not in the artifact store any more: there is nothing at ROOT/artifacts/ID/ID.
      Put it back from a backup, or make it again: zen pipeline run FILE --no-cache
      exit code 1
      "
    `);
    const again = await project.zen("pipeline", "run", "p.ts", "--output", "json");
    expect((events(again.stdout).at(-1) as any).steps).toMatchObject([
      { cached: false, reason: "its earlier result is no longer in the artifact store" },
    ]);
  });

  test("can't be made below a file", async () => {
    const project = await used();
    const refused = refusalIn(project);
    const file = path.join(project.root, "a-file");
    writeFileSync(file, "");
    for (const line of [
      `artifact-store register other --flavor=local --path=${file}/below`,
      `metadata-store register other --flavor=sqlite --uri=${file}/zen.db`,
    ])
      expect(await project.zen(...line.split(" "))).toMatchObject({ code: 0 });
    for (const line of ["stack register a -o default -m default -a other", "stack register m -o default -m other -a default"])
      expect(await project.zen(...line.split(" "))).toMatchObject({ code: 0 });
    expect(await refused("pipeline", "run", "p.ts", "--stack", "a")).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack a: 1 step.
      ▶ make
      ✖ make failed: Can't write "ID/ID" in the artifact store "other" (at ROOT/a-file/below/ID/ID): ENOTDIR: not a directory.
      Error: Step "make" failed: Can't write "ID/ID" in the artifact store "other" (at ROOT/a-file/below/ID/ID): ENOTDIR: not a directory.
      A file stands where the store needs a folder: move it away, or use another path.
      exit code 1
      "
    `);
    expect(await refused("pipeline", "run", "p.ts", "--stack", "m")).toMatchInlineSnapshot(`
      "Error: Can't open the metadata store "other" at ROOT/a-file/zen.db: there is a file where its folder should be.
      zen leaves it as it is. Move it away, or give the metadata store another uri.
      exit code 1
      "
    `);
    expect(await refused("run", "list", "--stack", "m")).toMatchInlineSnapshot(`
      "Error: Can't open the metadata store "other" at ROOT/a-file/zen.db: there is a file where its folder should be.
      zen leaves it as it is. Move it away, or give the metadata store another uri.
      exit code 1
      "
    `);
  });

  test("of the configuration is made again", async () => {
    const project = await used();
    rmSync(project.configFolder, { recursive: true });
    const { stderr, code } = await project.zen("stack", "list");
    expect(stderr).toContain("Creating default profile...\n");
    expect(code).toBe(0);
    rmSync(project.configFolder, { recursive: true });
    writeFileSync(project.configFolder, "a file");
    expect(await refusalIn(project)("stack", "list")).toMatchInlineSnapshot(`
      "Error: zen can't read CONFIG/config.yaml: there is a file where a folder is needed.
      Move that file away, or name another folder: export ZENML_CONFIG_PATH=/another/folder
      exit code 1
      "
    `);
  });

  test("as the working directory is said", async () => {
    const project = await used();
    const script = `mkdir gone && cd gone && rmdir ../gone && exec ${process.execPath} ${project.zenBin} "$@"`;
    const refused = refusalIn(project, (...args) => project.command("sh", "-c", script, "sh", ...args));
    expect(await refused("stack", "list")).toMatchInlineSnapshot(`
      "Error: The folder that you are in does not exist any more.
      Change to one that does.
      exit code 1
      "
    `);
  });

  test("named by ZENML_REPOSITORY_PATH is said", async () => {
    const project = await used();
    const refused = refusalIn(project, (...args) =>
      ended(
        project.start([project.zenBin, ...args], { env: { ...project.env, ZENML_REPOSITORY_PATH: path.join(project.root, "nowhere") } }),
      ),
    );
    expect(await refused("stack", "list")).toMatchInlineSnapshot(`
      "Error: ZENML_REPOSITORY_PATH is "ROOT/nowhere", and that is not a zen repository: it has no .zen folder.
      Make it one: zen init --path ROOT/nowhere. Or forget it: unset ZENML_REPOSITORY_PATH
      exit code 2
      "
    `);
  });
});

describe("a full disk", () => {
  /** A disk of 1 MiB. Mounting needs root. */
  function smallDisk(project: Project, skip: (note: string) => void): string {
    const folder = path.join(project.root, "disk");
    mkdirSync(folder);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], { stdio: "pipe" });
    } catch (error) {
      if (process.env["CI"] === "true") throw error;
      skip("mounting a small disk needs root");
    }
    onTestFinished(() => void execFileSync("umount", [folder]));
    return folder;
  }

  test("of artifacts stops the step that writes one, which names it", async ({ skip }) => {
    const project = await used();
    const disk = smallDisk(project, skip);
    const refused = refusalIn(project);
    for (const line of [
      `artifact-store register small --flavor=local --path=${disk}`,
      "stack register small -o default -m default -a small",
      "stack set small",
    ])
      expect(await project.zen(...line.split(" "))).toMatchObject({ code: 0 });
    expect(await refused("pipeline", "run", "p.ts", "--param", "size=3000000")).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack small: 1 step.
      ▶ make
      ✖ make failed: Can't write "ID/ID" in the artifact store "small": there is no space left where ROOT/disk/ID/ID is.
      Error: Step "make" failed: Can't write "ID/ID" in the artifact store "small": there is no space left where ROOT/disk/ID/ID is.
      Free some space there, or use an artifact store on another disk.
      exit code 1
      "
    `);
    // What fits is stored, and what was half-written is gone.
    expect(await project.zen("pipeline", "run", "p.ts", "--param", "size=500000")).toMatchObject({ code: 0 });
    expect(await project.json("artifact", "read", "make.output")).toHaveLength(500_000);
    expect(await project.json("run", "list")).toMatchObject([
      { status: "completed" },
      { status: "failed" },
      { status: "failed" },
      { status: "completed" },
    ]);
  });

  test("of metadata stops the run", async ({ skip }) => {
    const project = await used();
    const disk = smallDisk(project, skip);
    const refused = refusalIn(project);
    for (const line of [
      `metadata-store register small --flavor=sqlite --uri=${disk}/zen.db`,
      "stack register small -o default -m small -a default",
      "stack set small",
    ])
      expect(await project.zen(...line.split(" "))).toMatchObject({ code: 0 });
    expect(await project.zen("pipeline", "run", "p.ts")).toMatchObject({ code: 0 });
    const fill = path.join(disk, "fill");
    try {
      for (;;) appendFileSync(fill, "x".repeat(4096));
    } catch {
      // Full.
    }
    expect(await refused("pipeline", "run", "p.ts")).toMatchInlineSnapshot(`
      "Error: Can't open the metadata store "small": there is no space left where ROOT/disk/zen.db is.
      Free some space there, then run again: what was committed is kept.
      exit code 1
      "
    `);
    rmSync(fill);
    expect(await project.json("run", "list")).toMatchObject([{ status: "completed" }]);
    expect(await project.zen("pipeline", "run", "p.ts")).toMatchObject({ code: 0 });
  });

  test("of the configuration changes nothing", async ({ skip }) => {
    const project = await used();
    const disk = smallDisk(project, skip);
    const full = path.join(disk, "config");
    const zen = (...args: readonly string[]): Promise<Ended> =>
      ended(project.start([project.zenBin, ...args], { env: { ...project.env, ZENML_CONFIG_PATH: full } }));
    expect(await zen("stack", "list")).toMatchObject({ code: 0 });
    try {
      for (;;) appendFileSync(path.join(disk, "fill"), "x".repeat(512));
    } catch {
      // Full.
    }
    const before = contentOf(path.join(full, "profiles"));
    const said = await zen("artifact-store", "register", "x", "--flavor=local", "--path=/tmp/x");
    expect(said.code).toBe(1);
    expect(said.stderr.replaceAll(full, "CONFIG").split("\n").slice(-3)).toMatchInlineSnapshot(`
      [
        "Error: zen can't write into its configuration folder CONFIG: no space is left on the device.",
        "Free some space there and try again: nothing was changed. zen's own files can be kept elsewhere: export ZENML_CONFIG_PATH=/another/folder",
        "",
      ]
    `);
    for (const line of CHANGES) {
      const { stderr, code } = await zen(...line.split(" "));
      expect(code, line).toBe(1);
      expect(stderr, line).toContain("no space is left on the device.\nFree some space there and try again: nothing was changed.");
    }
    expect(contentOf(path.join(full, "profiles"))).toEqual(before);
    expect(await zen("stack", "list")).toMatchObject({ code: 0 });
  });
});

describe("a broken file", () => {
  /** Breaks a file in several ways. Each of the commands is refused because of it, and changes nothing. @returns what the first one says, each time */
  async function brokenInEachWay(project: Project, file: string, commands: readonly string[]): Promise<string> {
    const whole = readFileSync(file, "utf8");
    const refused = refusalIn(project);
    const everything = (): object => ({ ...contentOf(project.configFolder), ...contentOf(path.join(project.folder, ".zen")) });
    const said: string[] = [];
    for (const broken of [
      `${whole}a: [1, 2\nb: 3\n`,
      `${whole}\tc: 1\n`,
      "- a\n- list\n",
      "just text",
      Buffer.from([0xff, 0xfe, 0x00, 0x41]),
    ]) {
      writeFileSync(file, broken);
      const before = everything();
      const texts: string[] = [];
      for (const command of commands) texts.push(await refused(...command.split(" ")));
      for (const text of texts) expect(text).toContain(`${path.basename(file)} is broken`);
      expect(everything()).toEqual(before);
      said.push(texts[0]!);
    }
    writeFileSync(file, whole);
    expect(await project.zen("pipeline", "run", "p.ts")).toMatchObject({ code: 0 });
    return said.join("");
  }
  const EVERYWHERE = [
    "stack list",
    "pipeline run p.ts",
    "artifact-store register x --flavor=local --path=/tmp/x",
    "stack set default",
    "run list",
  ];

  test("config.yaml is named with the line, and never changed", async () => {
    const project = await used();
    expect(await brokenInEachWay(project, path.join(project.configFolder, "config.yaml"), EVERYWHERE)).toMatchInlineSnapshot(`
      "Error: The file CONFIG/config.yaml is broken at line 10, column 1: deficient indentation.
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      Error: The file CONFIG/config.yaml is broken at line 9, column 1: tab characters must not be used in indentation.
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      Error: The file CONFIG/config.yaml is broken: it holds a list instead of a mapping (key: value).
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      Error: The file CONFIG/config.yaml is broken: it holds "just text" instead of a mapping (key: value).
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      Error: The file CONFIG/config.yaml is broken: it is not UTF-8 text.
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      "
    `);
  });

  test("stacks.yaml too", async () => {
    const project = await used();
    expect(await brokenInEachWay(project, path.join(project.configFolder, "profiles/default/stacks.yaml"), EVERYWHERE))
      .toMatchInlineSnapshot(`
      "Error: The file CONFIG/profiles/default/stacks.yaml is broken at line 14, column 1: deficient indentation.
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      Error: The file CONFIG/profiles/default/stacks.yaml is broken at line 13, column 1: tab characters must not be used in indentation.
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      Error: The file CONFIG/profiles/default/stacks.yaml is broken: it holds a list instead of a mapping (key: value).
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      Error: The file CONFIG/profiles/default/stacks.yaml is broken: it holds "just text" instead of a mapping (key: value).
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      Error: The file CONFIG/profiles/default/stacks.yaml is broken: it is not UTF-8 text.
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      "
    `);
  });

  test("zen.yaml too", async () => {
    const project = await used();
    const commands = ["artifact-store describe default", "pipeline run p.ts", "artifact-store register x --flavor=local --path=/tmp/x"];
    expect(await brokenInEachWay(project, path.join(project.configFolder, "profiles/default/zen.yaml"), commands)).toMatchInlineSnapshot(`
      "Running with active stack: 'default'
      Error: The file CONFIG/profiles/default/zen.yaml is broken at line 19, column 1: deficient indentation.
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      Running with active stack: 'default'
      Error: The file CONFIG/profiles/default/zen.yaml is broken at line 18, column 1: tab characters must not be used in indentation.
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      Running with active stack: 'default'
      Error: The file CONFIG/profiles/default/zen.yaml is broken: it holds a list instead of a mapping (key: value).
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      Running with active stack: 'default'
      Error: The file CONFIG/profiles/default/zen.yaml is broken: it holds "just text" instead of a mapping (key: value).
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      Error: The file CONFIG/profiles/default/zen.yaml is broken: it is not UTF-8 text.
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      "
    `);
  });

  test("a component's too", async () => {
    const project = await used();
    const [file] = globSync("profiles/default/artifact_stores/*", { cwd: project.configFolder });
    expect(
      (
        await brokenInEachWay(project, path.join(project.configFolder, file!), ["artifact-store describe default", "pipeline run p.ts"])
      ).replaceAll(path.basename(file!), "FILE.yaml"),
    ).toMatchInlineSnapshot(`
      "Running with active stack: 'default'
      Error: The file CONFIG/profiles/default/artifact_stores/FILE.yaml is broken at line 5, column 1: deficient indentation.
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      Running with active stack: 'default'
      Error: The file CONFIG/profiles/default/artifact_stores/FILE.yaml is broken at line 4, column 1: tab characters must not be used in indentation.
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      Running with active stack: 'default'
      Error: The file CONFIG/profiles/default/artifact_stores/FILE.yaml is broken: it holds a list instead of a mapping (key: value).
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      Running with active stack: 'default'
      Error: The file CONFIG/profiles/default/artifact_stores/FILE.yaml is broken: it holds "just text" instead of a mapping (key: value).
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      Running with active stack: 'default'
      Error: The file CONFIG/profiles/default/artifact_stores/FILE.yaml is broken: it is not UTF-8 text.
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      "
    `);
    // The other components are as usable as before.
    writeFileSync(path.join(project.configFolder, file!), "[");
    expect(await project.zen("orchestrator", "describe", "default")).toMatchObject({ code: 0 });
    expect(await project.zen("stack", "list")).toMatchObject({ code: 0 });
  });

  test(".zen/config.yaml too", async () => {
    const project = await used();
    expect(await brokenInEachWay(project, path.join(project.folder, ".zen/config.yaml"), EVERYWHERE)).toMatchInlineSnapshot(`
      "Error: The file PROJECT/.zen/config.yaml is broken at line 4, column 1: deficient indentation.
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      Error: The file PROJECT/.zen/config.yaml is broken at line 3, column 1: tab characters must not be used in indentation.
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      Error: The file PROJECT/.zen/config.yaml is broken: it holds a list instead of a mapping (key: value).
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      Error: The file PROJECT/.zen/config.yaml is broken: it holds "just text" instead of a mapping (key: value).
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      Error: The file PROJECT/.zen/config.yaml is broken: it is not UTF-8 text.
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      "
    `);
  });

  test("package.json is named", async () => {
    const project = await used();
    project.write({ "package.json": `{ "name": "project", "type": "module", }` });
    const refused = refusalIn(project);
    expect(await refused("artifact-store", "flavor", "list")).toMatchInlineSnapshot(`
      "Error: The file PROJECT/package.json is broken: Expected double-quoted property name in JSON at position 39 (line 1 column 40).
      Correct it in an editor, or put a backup in its place: zen has not changed it.
      exit code 1
      "
    `);
    expect(await refused("pipeline", "run", "p.ts")).toMatchInlineSnapshot(`
      "Error: The file package.json is broken: Expected double-quoted property name in JSON at position 39 (line 1 column 40).
      Correct it in an editor: zen has not changed it.
      exit code 1
      "
    `);
  });

  test("zen.db is named, and never changed", async () => {
    const project = await used();
    const file = path.join(storeOf(project), "zen.db");
    const whole = readFileSync(file);
    const refused = refusalIn(project);
    const look = async (): Promise<string> => {
      const before = contentOf(storeOf(project));
      const said = await refused("run", "list");
      await refused("pipeline", "run", "p.ts");
      await refused("artifact", "list");
      expect(contentOf(storeOf(project))).toEqual(before);
      return said;
    };
    const clean = (): void => {
      for (const suffix of ["-wal", "-shm"]) rmSync(file + suffix, { force: true });
    };
    clean();
    writeFileSync(file, "this is no database, it is a text that somebody put here\n".repeat(100));
    expect(await look()).toMatchInlineSnapshot(`
      "Error: Can't open the metadata store "default" at CONFIG/local_stores/ID/zen.db: it is not an SQLite database.
      zen leaves it as it is. Move it away, or give the metadata store another uri.
      exit code 1
      "
    `);
    writeFileSync(file, whole);
    truncateSync(file, Math.floor(whole.length / 2));
    clean();
    expect(await look()).toMatchInlineSnapshot(`
      "Error: Can't open the metadata store "default" at CONFIG/local_stores/ID/zen.db: the file is damaged.
      zen leaves it as it is. Put a backup in its place, or move it away: then a new one is made.
      exit code 1
      "
    `);
    rmSync(file);
    clean();
    mkdirSync(file);
    expect(await look()).toMatchInlineSnapshot(`
      "Error: Can't open the metadata store "default" at CONFIG/local_stores/ID/zen.db: there is a folder in its place.
      zen leaves it as it is. Move it away, or give the metadata store another uri.
      exit code 1
      "
    `);
    rmSync(file, { recursive: true });
    writeFileSync(file, whole);
    expect(await project.json("run", "list")).toMatchObject([{ name: "first", status: "completed" }]);
  });

  test("zen.db of a newer zen is refused untouched", async () => {
    const project = await used();
    const file = path.join(storeOf(project), "zen.db");
    const database = new DatabaseSync(file);
    database.exec("pragma wal_checkpoint(truncate); pragma user_version = 1000");
    database.close();
    const before = contentOf(storeOf(project));
    const refused = refusalIn(project);
    expect(await refused("run", "list")).toMatchInlineSnapshot(`
      "Error: The metadata store "default" at CONFIG/local_stores/ID/zen.db was written by a newer zen (its schema is 1000, this zen knows 1).
      Update zen: npm install @zen/integration-local@latest. The file was not changed.
      exit code 1
      "
    `);
    expect(await refused("pipeline", "run", "p.ts")).toMatchInlineSnapshot(`
      "Error: The metadata store "default" at CONFIG/local_stores/ID/zen.db was written by a newer zen (its schema is 1000, this zen knows 1).
      Update zen: npm install @zen/integration-local@latest. The file was not changed.
      exit code 1
      "
    `);
    expect(contentOf(storeOf(project))).toEqual(before);
    expect(statSync(file).size).toBeGreaterThan(0);
  });
});
