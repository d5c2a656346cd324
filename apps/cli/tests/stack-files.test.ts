import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import { LAUNCHER, TestProject, type Result } from "./zen.ts";

const ON_DISK = `\
format: 1
stacks:
  on-disk:
    orchestrator: default
    metadata_store: default
    artifact_store: disk
components:
  artifact_store:
    disk:
      flavor: local
      package: "@zen/integration-local"
      config:
        path: "{{local_stores}}/disk/artifacts"
`;

function project(files: Record<string, string> = {}): TestProject {
  const made = new TestProject({ "on-disk.yaml": ON_DISK, ...files });
  made.json("init");
  return made;
}

/** All of a folder, with its bytes. */
function bytesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => statSync(path.join(folder, name)).isFile());
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(folder, name), "base64")]));
}

/** A command that must leave the configuration folder and the project as they are. */
function unchanged<Value>(of: TestProject, run: () => Value): Value {
  const before = [bytesOf(of.config), bytesOf(of.folder)];
  const result = run();
  expect([bytesOf(of.config), bytesOf(of.folder)]).toEqual(before);
  return result;
}

const HEAD = "Running with active profile: 'default' (local)\n";

describe("export", () => {
  it("writes a file once, another one over it only when told to, and to standard output", () => {
    const here = project();
    here.json("artifact-store", "register", "disk", "--flavor=local", "--path=/data/art");
    here.json("stack", "register", "team", "-o", "default", "-m", "default", "-a", "disk");
    const exported = here.zen(["stack", "export", "team"]);
    expect(exported).toEqual({
      stdout: "Exported stack 'team' to file 'team.yaml'.\n",
      stderr: `${HEAD}"path" of the artifact_store "disk", /data/art, is a path of this machine: the file has {{local_stores}}/disk/art (--keep-paths leaves paths as they are).\n`,
      code: 0,
    });
    const text = readFileSync(path.join(here.folder, "team.yaml"), "utf8");
    expect(unchanged(here, () => here.zen(["stack", "export", "team"])).code).toBe(0);
    expect(here.zen(["stack", "export", "team", "-"]).stdout).toBe(text);
    here.write({ "team.yaml": "mine" });
    expect(unchanged(here, () => here.error("stack", "export", "team"))).toEqual({
      code: "file_exists",
      message: "The file team.yaml is there already, and has another content.",
      hint: "Nothing was changed. Name another file, or replace it: --overwrite",
      exitCode: 2,
    });
    expect(here.json("stack", "export", "team", "--overwrite", "--keep-paths")).toEqual({ name: "team", file: "team.yaml", notes: [] });
    expect(readFileSync(path.join(here.folder, "team.yaml"), "utf8")).toBe(text.replace('"{{local_stores}}/disk/art"', "/data/art"));
    expect(here.zen(["stack", "export"]).stdout).toBe("Exported stack 'default' to file 'default.yaml'.\n");
    expect(here.error("stack", "export", "taem")).toMatchObject({ code: "stack_not_found", exitCode: 2 });
  });

  it("leaves out the secrets that ZenML wrote, and says what to set", () => {
    const here = project();
    const profile = path.join(here.config, "profiles/default");
    const index = readFileSync(path.join(profile, "stacks.yaml"), "utf8");
    const withChat = index
      .replace("stack_components:\n", "stack_components:\n  alerter:\n    chat: slack\n")
      .replace("  default:\n", "  default:\n    alerter: chat\n");
    writeFileSync(path.join(profile, "stacks.yaml"), withChat);
    mkdirSync(path.join(profile, "alerters"));
    writeFileSync(
      path.join(profile, "alerters/chat.yaml"),
      "name: chat\nslack_token: hunter2\nurl: https://ada:hunter2@host\nuuid: 8d0a1c55-7a2e-4a36-9f65-0d6b0f6a2c11\n",
    );
    const { stdout, stderr } = here.zen(["stack", "export", "default", "-"]);
    expect(stdout).toContain(`slack_token: "{{env.CHAT_SLACK_TOKEN}}"\n        url: https://ada@host`);
    expect(stderr).toBe(
      `${HEAD}"slack_token" of the alerter "chat" is a secret, and was left out. Whoever imports the stack sets it: export CHAT_SLACK_TOKEN=…\n` +
        'The password in "url" of the alerter "chat" was left out.\n',
    );
  });
});

describe("import", () => {
  it("registers what is new, under another name if told so, from a pipe as well", () => {
    const here = project();
    expect(here.zen(["stack", "import", "on-disk.yaml"])).toEqual({
      stdout: `\
Registered stack component with type 'artifact_store' and name 'disk'.
Registered stack with name 'on-disk'.
Stack 'on-disk' successfully imported!
`,
      stderr: HEAD,
      code: 0,
    });
    expect(here.json("artifact-store", "describe", "disk")).toMatchObject({
      config: { path: path.join(here.config, "local_stores/default/disk/artifacts") },
    });
    expect(unchanged(here, () => here.error("stack", "import", "on-disk"))).toMatchObject({ code: "import_conflict", exitCode: 1 });
    expect(here.zen(["stack", "import", "second", "on-disk.yaml"]).stdout).toBe(`\
Using the stack component with type 'artifact_store' and name 'disk', which is the same.
Registered stack with name 'second'.
Stack 'second' successfully imported!
`);
    here.write({ "moved.yaml": ON_DISK.replace("{{local_stores}}/disk", "/mnt") });
    expect(here.json("stack", "import", "moved.yaml", "--on-conflict", "rename")).toEqual({
      profile: "default",
      parts: [
        { type: "artifact_store", name: "disk-2", from: "disk", action: "created" },
        { type: "stack", name: "on-disk-2", from: "on-disk", action: "created" },
      ],
    });
  });

  it("refuses without a trace", () => {
    const here = project({ "broken.yaml": "format: 1\nstacks: {", "newer.yaml": "format: 2" });
    expect(unchanged(here, () => here.error("stack", "import", "gone"))).toEqual({
      code: "file_not_found",
      message: "The file gone.yaml does not exist.",
      hint: "Check the path. A stack is written to a file by: zen stack export NAME",
      exitCode: 2,
    });
    expect(unchanged(here, () => here.error("stack", "import", "broken.yaml"))).toMatchObject({ code: "bad_stack_file", exitCode: 2 });
    expect(unchanged(here, () => here.error("stack", "import", "newer.yaml"))).toMatchObject({
      hint: "Install a newer zen: npm install @zen/cli@latest",
    });
    expect(unchanged(here, () => here.error("stack", "import"))).toMatchObject({ code: "missing_argument", exitCode: 2 });
    expect(unchanged(here, () => here.zen(["stack", "import", "on-disk.yaml", "-i"]))).toMatchObject({
      stderr:
        "Error: --interactive asks questions, and there is no terminal to ask on.\n" +
        "Say what becomes of names that are taken: --on-conflict rename, keep or replace\n",
      code: 2,
    });
  });

  it("creates nothing where a file can't be read, not even the default profile", () => {
    const here = new TestProject();
    expect(here.error("stack", "apply", "gone.yaml").code).toBe("file_not_found");
    expect(existsSync(here.config)).toBe(false);
  });
});

describe("apply and diff", () => {
  it("show the plan, do it once, and say what differs with exit code 3", () => {
    const here = project();
    const plan = "+ artifact_store disk (local)\n+ stack on-disk\n2 to create, 0 to update, 0 to delete\n";
    expect(unchanged(here, () => here.zen(["stack", "diff", "on-disk.yaml"]))).toEqual({ stdout: plan, stderr: HEAD, code: 3 });
    expect(unchanged(here, () => here.zen(["stack", "apply", "on-disk.yaml", "--dry-run"]))).toEqual({
      stdout: plan,
      stderr: HEAD,
      code: 0,
    });
    expect(here.zen(["stack", "apply", "on-disk.yaml"])).toEqual({
      stdout: `${plan}Applied to the profile 'default'.\n`,
      stderr: HEAD,
      code: 0,
    });
    const nothing = { stdout: "Nothing differs: the profile 'default' is as the files say.\n", stderr: HEAD, code: 0 };
    expect(unchanged(here, () => here.zen(["stack", "apply", "."]))).toEqual(nothing);
    expect(unchanged(here, () => here.zen(["stack", "diff", "on-disk.yaml", "."]))).toEqual(nothing);
    here.write({ "on-disk.yaml": ON_DISK.replace("{{local_stores}}/disk", "/mnt") });
    expect(here.zen(["stack", "diff", "on-disk.yaml"]).stdout).toBe(
      `~ artifact_store disk: path ${here.config}/local_stores/default/disk/artifacts → /mnt/artifacts\n0 to create, 1 to update, 0 to delete\n`,
    );
    const { stdout, stderr, code } = unchanged(here, () => here.zen(["stack", "diff", "on-disk.yaml", "--output", "json"]));
    expect([stderr, code]).toEqual(["", 3]);
    expect(JSON.parse(stdout)).toEqual({
      profile: "default",
      create: 0,
      update: 1,
      delete: 0,
      changes: [
        {
          action: "update",
          type: "artifact_store",
          name: "disk",
          flavor: "local",
          differences: [{ field: "path", from: `${here.config}/local_stores/default/disk/artifacts`, to: "/mnt/artifacts" }],
        },
      ],
      unchecked: [],
    });
    expect(here.json("stack", "apply", "on-disk.yaml")).toMatchObject({ update: 1, applied: true });
  });

  it("prune only with --yes where nobody can be asked, and never what is active", () => {
    const here = project();
    here.json("stack", "apply", "on-disk.yaml");
    expect(unchanged(here, () => here.error("stack", "apply", "on-disk.yaml", "--prune"))).toMatchObject({
      code: "stack_active",
      exitCode: 1,
    });
    here.json("stack", "set", "on-disk");
    here.json("stack", "set", "on-disk", "--global");
    const plan = "- stack default\n- artifact_store default (local)\n0 to create, 0 to update, 2 to delete\n";
    expect(unchanged(here, () => here.zen(["stack", "apply", "on-disk.yaml", "--prune"]))).toEqual({
      stdout: plan,
      stderr:
        `${HEAD}Error: This will delete 1 stack and 1 component from the profile 'default'. That has to be confirmed, and there is no terminal to ask on.\n` +
        "If you are sure: zen stack apply on-disk.yaml --prune --yes\n",
      code: 2,
    });
    expect(unchanged(here, () => here.zen(["stack", "diff", "on-disk.yaml", "--prune"]))).toMatchObject({ stdout: plan, code: 3 });
    expect(here.zen(["stack", "apply", "on-disk.yaml", "--prune", "--yes"]).code).toBe(0);
    expect((here.json("stack", "list") as { name: string }[]).map(({ name }) => name)).toEqual(["on-disk"]);
  });

  it("work with another profile", () => {
    const here = project();
    here.json("profile", "create", "team");
    here.json("stack", "apply", "on-disk.yaml", "--profile", "team");
    expect(here.zen(["stack", "diff", "on-disk.yaml", "--profile", "team"]).code).toBe(0);
    expect(here.zen(["stack", "diff", "on-disk.yaml"]).code).toBe(3);
  });

  it("complete files, also after the first", () => {
    const here = project();
    expect(here.zen(["__complete", "--", "stack", "apply", "a.yaml", ""]).stdout).toBe(":file\n");
  });
});

it("two profiles that import one file have a folder each", () => {
  const here = project();
  here.json("profile", "create", "team");
  here.json("stack", "import", "on-disk.yaml");
  here.json("stack", "import", "on-disk.yaml", "--profile", "team");
  const folders = ["default", "team"].map(
    (profile) => (here.json("artifact-store", "describe", "disk", "--profile", profile) as { config: { path: string } }).config.path,
  );
  expect(folders).toEqual(["default", "team"].map((profile) => path.join(here.config, "local_stores", profile, "disk/artifacts")));
});

it("an export doesn't mind another component's broken file", () => {
  const here = project();
  here.json("artifact-store", "register", "broken", "--flavor=local", "--path=/data");
  writeFileSync(path.join(here.config, "profiles/default/artifact_stores/broken.yaml"), "path: [");
  expect(here.zen(["stack", "export", "default", "-"])).toMatchObject({ code: 0, stdout: expect.stringContaining("stacks:\n  default:") });
  // Status goes on to the others, too, and says which it could not read.
  expect(here.zen(["status"]).stderr).toContain("broken.yaml is broken at line 1");
});

describe("on a terminal", () => {
  /** Runs the command on a terminal, and types. */
  function typing(context: TestContext, here: TestProject, input: string, ...args: readonly string[]): Result {
    const command = `stty cols 200 rows 24; '${process.execPath}' '${LAUNCHER}' ${args.join(" ")}`;
    const { stdout, stderr, status, error } = spawnSync(
      "/bin/sh",
      ["-c", `(sleep 3; printf '${input}'; sleep 1) | script -qec "${command}" /dev/null`],
      {
        cwd: here.folder,
        encoding: "utf8",
        timeout: 25_000,
        env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, ZENML_CONFIG_PATH: here.config, TERM: "xterm" },
      },
    );
    if (error || status === 127) context.skip("no `script` to make a terminal with");
    return { stdout, stderr, code: status };
  }

  it("an answer of no deletes nothing", (context) => {
    const here = project();
    here.json("stack", "apply", "on-disk.yaml");
    here.json("stack", "set", "on-disk");
    here.json("stack", "set", "on-disk", "--global");
    const answered = unchanged(here, () => typing(context, here, "n\\r", "stack", "apply", "on-disk.yaml", "--prune"));
    expect(answered.stdout).toContain("This will delete 1 stack and 1 component from the profile 'default'.");
    expect(answered.stdout).toContain("Nothing was changed.");
    expect(answered.code).toBe(0);
  });

  it("an import asks for another name", (context) => {
    const here = project();
    here.json("stack", "import", "on-disk.yaml");
    const answered = typing(context, here, "mine\\r", "stack", "import", "on-disk.yaml", "-i");
    expect(answered.stdout).toContain("Stack `on-disk` already exists. Please choose a different name.");
    expect(answered.stdout).toContain("Registered stack with name 'mine' ('on-disk' in the file).");
    expect(answered.code).toBe(0);
  });
});
