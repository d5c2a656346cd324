import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { finished, LAUNCHER, TestProject } from "./zen.ts";

describe("help", () => {
  it.each([[[]], [["--help"]], [["-h"]], [["help"]], [["--output", "table", "--help"]]])("zen %j shows all commands", (args) => {
    const { stdout, stderr, code } = new TestProject().zen(args);
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(stdout).toContain("Stack Components:\n  orchestrator        Orchestrating the runs of your pipeline\n");
    expect(stdout).not.toContain("__complete");
  });

  it("is the same by every way", () => {
    const project = new TestProject();
    const help = project.zen(["stack", "--help"]);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain("Usage: zen stack [options] [command]");
    expect(project.zen(["help", "stack"])).toEqual(help);
    expect(project.zen(["--help", "stack"])).toEqual(help);
    // Without a command it is a mistake, which is answered with the help.
    expect(project.zen(["stack"])).toEqual({
      stdout: "",
      stderr: help.stdout.trimEnd().slice(0, help.stdout.indexOf("\nExamples:")),
      code: 2,
    });
  });

  it("describes every command, with its options and an example", () => {
    const project = new TestProject();
    for (const command of [
      "pipeline run",
      "pipeline list",
      "run list",
      "run describe",
      "run logs",
      "artifact read",
      "stack register",
      "stack set",
      "alerter register",
      "alerter flavor list",
      "init",
      "status",
      "version",
      "completion",
    ]) {
      const { stdout, code } = project.zen([...command.split(" "), "--help"]);
      expect(code, command).toBe(0);
      expect(stdout, command).toContain(`Usage: zen ${command}`);
      expect(stdout, command).toContain("--output <format>");
      expect(stdout, command).toMatch(/\nExamples:\n {2}\$ /);
    }
  });
});

describe("wrong usage", () => {
  it.each([
    [["stak"], 'There is no command "zen stak". Did you mean "stack"?', "See: zen --help"],
    [["stack", "lst"], 'There is no command "zen stack lst". Did you mean "list"?', "See: zen stack --help"],
    [
      ["artifact-store", "flavor", "lst"],
      'There is no command "zen artifact-store flavor lst". Did you mean "list"?',
      "See: zen artifact-store flavor --help",
    ],
    [["--hlep"], 'zen has no option --hlep. Did you mean "--help"?', "See: zen --help"],
    [["run", "list", "--limt", "3"], 'zen run list has no option --limt. Did you mean "--limit"?', "See: zen run list --help"],
    [["run", "list", "--limit", "0"], '"0" is no value for --limit. It must be a whole number from 1.', "See: zen run list --help"],
    [["run", "list", "--limit", "1e3"], '"1e3" is no value for --limit. It must be a whole number from 1.', "See: zen run list --help"],
    [["run", "list", "--limit"], "The option --limit needs a value.", "See: zen run list --help"],
    [
      ["run", "list", "--status", "done"],
      '"done" is no value for --status. Allowed choices are running, completed, failed, cancelled, interrupted.',
      "See: zen run list --help",
    ],
    [["stack", "set"], "zen stack set needs an argument: NAME.", "See: zen stack set --help"],
    [["stack", "list", "extra"], "zen stack list takes no argument, and there is more: extra.", "See: zen stack list --help"],
    [["stack", "list", "--output", "xml"], '"xml" is no value for --output. Allowed choices are table, json.', "See: zen --help"],
    [
      ["pipeline", "run", "p.ts", "--param", "x"],
      '"x" is no value for --param. It has the form name=value.',
      "See: zen pipeline run --help",
    ],
  ])("zen %j", (args, message, hint) => {
    const project = new TestProject();
    expect(project.zen(args)).toEqual({ stdout: "", stderr: `Error: ${message}\n${hint}\n`, code: 2 });
  });

  it("is one object with --output json, wherever that stands", () => {
    const project = new TestProject();
    expect(project.error("stack", "lst")).toEqual({
      code: "unknown_command",
      message: 'There is no command "zen stack lst". Did you mean "list"?',
      hint: "See: zen stack --help",
      exitCode: 2,
    });
    expect(project.error("stack")).toMatchObject({ code: "missing_command", exitCode: 2 });
    expect(JSON.parse(project.zen(["--output=json", "stak"]).stderr)).toMatchObject({ error: { code: "unknown_command" } });
    expect(JSON.parse(project.zen(["stack", "--output", "json", "list"]).stdout)).toHaveLength(1);
    expect(project.zen(["artifact-store", "--help", "flavor"]).stdout).toBe(project.zen(["artifact-store", "--help"]).stdout);
    // The commands of a component type are made when they are used: also where an option stands before their names.
    expect(JSON.parse(project.zen(["artifact-store", "--output", "json", "flavor", "list"]).stdout)).not.toHaveLength(0);
    expect(JSON.parse(project.zen(["artifact-store", "flavor", "--output", "json", "list"]).stdout)).not.toHaveLength(0);
  });
});

describe("--debug", () => {
  it("shows the stack, which nothing else does", () => {
    const project = new TestProject();
    expect(project.zen(["stack", "describe", "nope"]).stderr).not.toContain("    at ");
    expect(project.zen(["stack", "describe", "nope", "--debug"]).stderr).toContain("    at ");
    expect(project.zen(["stack", "describe", "nope"], { env: { ZENML_DEBUG: "1" } }).stderr).toContain("    at ");
  });
});

describe("output", () => {
  it("survives a reader that has gone", async () => {
    const child = new TestProject().start(["--help"]);
    child.stdout!.destroy();
    expect(await finished(child)).toMatchObject({ stderr: "", code: 0 });
  });

  it("that can't be written is an error", (context) => {
    if (!existsSync("/dev/full")) return context.skip("no /dev/full");
    const project = new TestProject();
    const full = openSync("/dev/full", "w");
    const { stderr, status } = spawnSync(process.execPath, [LAUNCHER, "--help"], {
      cwd: project.folder,
      encoding: "utf8",
      stdio: ["ignore", full, "pipe"],
    });
    closeSync(full);
    expect({ stderr, status }).toEqual({ stderr: "Error: Standard output can't be written: no space left on device.\n", status: 1 });
  });

  it("has colours only where they are wanted", () => {
    const project = new TestProject();
    const coloured = (env: Record<string, string>): boolean => project.zen(["stak"], { env }).stderr.includes("\u001b[");
    expect(coloured({})).toBe(false);
    expect(coloured({ FORCE_COLOR: "1" })).toBe(true);
    expect(coloured({ NO_COLOR: "1" })).toBe(false);
  });
});

describe("version", () => {
  it("is short for people, and an object for programs", () => {
    const project = new TestProject();
    expect(project.zen(["version"]).stdout).toMatch(/^zen \d+\.\d+\.\d+\n$/);
    expect(project.zen(["--version"]).stdout).toBe(project.zen(["version"]).stdout);
    expect(project.json("version")).toEqual({ version: expect.stringMatching(/^\d/), node: process.versions.node });
  });
});

describe("a command that can never finish", () => {
  it.each([
    ["a file that waits for nothing", ["pipeline", "run", "hangs.ts"]],
    ["a component that waits for nothing", ["pipeline", "run", "p.ts", "--stack", "hung"]],
  ])("has failed, and says so: %s", (_, args) => {
    const project = new TestProject({
      "hangs.ts": "await new Promise(() => {});\nexport {};\n",
      "p.ts": `import { pipeline, step } from "@zen/core";\nexport const p = pipeline("p", () => step("a", () => 1)());\n`,
      "hung.ts": `import { BaseAlerter } from "@zen/core";
export class Hung extends BaseAlerter {
  static override readonly FLAVOR = "hung";
  override isRunning() { return new Promise<boolean>(() => {}); }
}
`,
    });
    project.json("alerter", "flavor", "register", "./hung.ts#Hung");
    project.json("alerter", "register", "hung", "--flavor=hung");
    project.json("stack", "register", "hung", "-o", "default", "-a", "default", "-m", "default", "-al", "hung");
    expect(project.zen(args)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("Error: zen ended before the command did: something that it waited for can't happen any more.\n"),
    });
    expect(project.error(...args)).toMatchObject({ code: "never_finished", exitCode: 1 });
  });
});
