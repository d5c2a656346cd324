import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { LAUNCHER, TestProject } from "./zen.ts";

function complete(project: TestProject, ...words: string[]): string[] {
  const { stdout, stderr, code } = project.zen(["__complete", "--", ...words]);
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  return stdout === ""
    ? []
    : stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split("\t")[0]!);
}

describe("what a shell is offered", () => {
  const offered = (...words: string[]): string[] => complete(new TestProject(), ...words);

  it("groups and commands", () => {
    expect(offered("sta")).toEqual(["stack", "status"]);
    expect(offered("stack", "")).toEqual([
      "list",
      "describe",
      "get",
      "set",
      "register",
      "update",
      "remove-component",
      "rename",
      "copy",
      "delete",
      "check",
      "up",
      "down",
      "export",
      "import",
      "apply",
      "diff",
    ]);
    expect(offered("artifact-store", "fl")).toEqual(["flavor"]);
    expect(offered("artifact-store", "flavor", "")).toEqual(["list", "describe", "register", "delete"]);
    expect(offered("integration", "")).toEqual([
      "list",
      "describe",
      "search",
      "doctor",
      "install",
      "uninstall",
      "build",
      "check",
      "dev",
      "create",
    ]);
    expect(offered("help", "pip")).toEqual(["pipeline"]);
    expect(offered("__")).toEqual([]);
  });

  it("options and their values", () => {
    expect(offered("run", "list", "--st")).toEqual(["--status", "--stack"]);
    expect(offered("run", "list", "--status", "c")).toEqual(["completed", "cancelled"]);
    expect(offered("run", "list", "--status=c")).toEqual(["--status=completed", "--status=cancelled"]);
    expect(offered("stack", "list", "--output", "")).toEqual(["table", "json"]);
  });

  it("names", () => {
    expect(offered("stack", "set", "")).toEqual(["default"]);
    expect(offered("stack", "register", "new", "-m", "")).toEqual(["default"]);
    expect(offered("artifact-store", "describe", "d")).toEqual(["default"]);
    expect(offered("metadata-store", "register", "x", "--flavor", "")).toEqual(["sqlite"]);
    expect(offered("metadata-store", "register", "x", "--flavor=")).toEqual(["--flavor=sqlite"]);
    expect(offered("integration", "describe", "@zen/integration-l")).toEqual(["@zen/integration-local"]);
    expect(offered("completion", "")).toEqual(["bash", "zsh", "fish"]);
  });

  it("files, by the shell itself", () => {
    expect(offered("pipeline", "run", "pi")).toEqual([":file"]);
    expect(offered("init", "--path", "")).toEqual([":folder"]);
  });

  it("nothing where nothing is known", () => {
    expect(offered("nope", "")).toEqual([]);
    expect(offered("stack", "set", "default", "")).toEqual([]);
    expect(offered("run", "list", "--limit", "")).toEqual([]);
  });
});

describe("the scripts", () => {
  it.for(["bash", "zsh", "fish"])("%s reads its own", (shell, context) => {
    const project = new TestProject();
    const { stdout, code } = project.zen(["completion", shell]);
    expect(code).toBe(0);
    expect(stdout).toContain("__complete --");
    project.write({ script: stdout });
    const check = spawnSync(shell, ["-n", "script"], { cwd: project.folder, encoding: "utf8" });
    if (check.error) context.skip(`no ${shell}`);
    expect({ stderr: check.stderr, code: check.status }).toEqual({ stderr: "", code: 0 });
  });

  it("bash completes with it, also behind =", (context) => {
    const project = new TestProject();
    const script = `
      zen() { "${process.execPath}" "${LAUNCHER}" "$@"; }
      eval "$(zen completion bash)"
      try() { COMP_LINE="$1"; COMP_POINT=\${#COMP_LINE}; _zen_complete zen "$2" ""; echo "\${COMPREPLY[*]}"; }
      try "zen sta" sta; try "zen run list --status=c" c; try "zen stack set " ""; try "zen pipeline run pack" pack`;
    const { stdout, error } = spawnSync("bash", ["--norc", "-c", script], {
      encoding: "utf8",
      cwd: project.folder,
      env: { ...process.env, ZENML_CONFIG_PATH: project.config },
    });
    if (error) context.skip("no bash");
    expect(stdout).toBe("stack status\ncompleted cancelled\ndefault\npackage.json\n");
  });

  it("refuses a shell it doesn't know", () => {
    expect(new TestProject().error("completion", "tcsh")).toMatchObject({ code: "invalid_option_value", exitCode: 2 });
  });
});
