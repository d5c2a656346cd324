import { describe, expect, it } from "vitest";
import { TestProject } from "./zen.ts";

const OUTSIDE = (folder: string): string =>
  `Unable to find ZenML repository in your current working directory (${folder}) or any parent directories. If you want to use an existing repository which is in a ` +
  "different location, set the environment variable 'ZENML_REPOSITORY_PATH'. If you want to create a new repository, run zenml init.\n" +
  "Running without an active repository root.\n";

describe("the documentation's session", () => {
  it("creates the default profile on first use, and says so on standard error", () => {
    const project = new TestProject();
    const first = project.zen(["stack", "list"]);
    expect(first.stderr).toBe(`\
Creating default profile...
Initializing profile \`default\`...
Initializing store...
Registered stack component with type 'orchestrator' and name 'default'.
Registered stack component with type 'metadata_store' and name 'default'.
Registered stack component with type 'artifact_store' and name 'default'.
Registered stack with name 'default'.
Created and activated default profile.
${OUTSIDE(project.folder)}Running with active profile: 'default' (global)
`);
    expect(first.stdout).toBe(`\
┏━━━━━━━━┯━━━━━━━━━━━━┯━━━━━━━━━━━━━━━━┯━━━━━━━━━━━━━━━━┯━━━━━━━━━━━━━━┓
┃ ACTIVE │ STACK NAME │ ARTIFACT_STORE │ METADATA_STORE │ ORCHESTRATOR ┃
┠────────┼────────────┼────────────────┼────────────────┼──────────────┨
┃   👉   │ default    │ default        │ default        │ default      ┃
┗━━━━━━━━┷━━━━━━━━━━━━┷━━━━━━━━━━━━━━━━┷━━━━━━━━━━━━━━━━┷━━━━━━━━━━━━━━┛
`);
    expect(project.zen(["stack", "list"]).stderr).toBe(`${OUTSIDE(project.folder)}Running with active profile: 'default' (global)\n`);
  });

  it("says outside a repository how to come to one where that decides, and elsewhere in a line that there is none", () => {
    const project = new TestProject();
    project.json("stack", "list");
    const profile = "Running with active profile: 'default' (global)\n";
    for (const words of [
      ["stack", "get"],
      ["stack", "register", "s", "-o", "default", "-a", "default", "-m", "default"],
      ["profile", "list"],
    ])
      expect(project.zen(words).stderr, words.join(" ")).toBe(`${OUTSIDE(project.folder)}${profile}`);
    for (const [words, more] of [
      [["artifact-store", "list"], "Running with active stack: 'default'\n"],
      [["run", "list"], "There is no run yet. Start one: zen pipeline run FILE\n"],
    ] as const)
      expect(project.zen(words).stderr, words.join(" ")).toBe(`Running without an active repository root.\n${profile}${more}`);
    expect(project.zen(["stack", "get", "--output", "json"]).stderr).toBe("");
    // What is installed doesn't depend on it.
    expect(project.zen(["integration", "list"]).stderr).toBe("More: zen integration search WORD\n");
    expect(project.zen(["integration", "describe", "local"]).stderr).toBe("");
  });

  it("registers a stack, sets it, lists it, locally and globally", () => {
    const project = new TestProject();
    expect(project.zen(["init"]).stdout).toBe(
      `ZenML repository initialized at ${project.folder}.\n` +
        "The local active profile was initialized to 'default' and the local active stack to 'default'. This local configuration will only take effect when " +
        "you're running ZenML from the initialized repository root, or from a subdirectory. For more information on profile and stack configuration, please " +
        "visit https://docs.zenml.io.\n",
    );
    const registered = project.zen(["stack", "register", "custom", "-m", "default", "-a", "default", "-o", "default"]);
    expect(registered).toEqual({
      stdout: "Registered stack with name 'custom'.\nStack 'custom' successfully registered!\n",
      stderr: "Running with active profile: 'default' (local)\n",
      code: 0,
    });
    expect(project.zen(["stack", "set", "custom"]).stdout).toBe("Active stack set to: 'custom'\n");
    expect(project.zen(["stack", "get"]).stdout).toBe("The active stack is: 'custom'\n");
    expect(project.zen(["stack", "list"]).stdout).toContain(`\
┃   👉   │ custom     │ default        │ default        │ default      ┃
┃        │ default    │ default        │ default        │ default      ┃
`);
    // The repository's choice is its own.
    expect(project.zen(["stack", "get"], { cwd: project.root }).stdout).toBe("The active stack is: 'default'\n");
    expect(project.zen(["stack", "set", "custom", "--global"]).stdout).toBe("Active global stack set to: 'custom'\n");
    expect(project.zen(["stack", "get"], { cwd: project.root }).stdout).toBe("The active stack is: 'custom'\n");
    expect(project.zen(["stack", "describe"]).stdout).toBe(`\
        Stack Configuration
┏━━━━━━━━━━━━━━━━┯━━━━━━━━━━━━━━━━┓
┃ COMPONENT_TYPE │ COMPONENT_NAME ┃
┠────────────────┼────────────────┨
┃ ARTIFACT_STORE │ default        ┃
┠────────────────┼────────────────┨
┃ METADATA_STORE │ default        ┃
┠────────────────┼────────────────┨
┃ ORCHESTRATOR   │ default        ┃
┗━━━━━━━━━━━━━━━━┷━━━━━━━━━━━━━━━━┛
      'custom' stack (ACTIVE)
`);
  });

  it("takes the long options, also with underscores, and -al", () => {
    const project = new TestProject();
    const required = ["--metadata_store=default", "--artifact-store", "default", "--orchestrator=default"];
    expect(project.json("stack", "register", "one", ...required, "--set")).toEqual({
      name: "one",
      active: true,
      orchestrator: "default",
      metadata_store: "default",
      artifact_store: "default",
    });
    expect(project.error("stack", "register", "two", ...required, "-al", "slack")).toMatchObject({
      message: 'There is no alerter "slack" in the profile "default".',
      exitCode: 2,
    });
    expect(project.error("stack", "register", "three", "-m", "default")).toMatchObject({
      code: "missing_option",
      message: "zen stack register needs the options --orchestrator and --artifact-store.",
      exitCode: 2,
    });
    expect(project.json("stack", "list")).toHaveLength(2);
  });
});

describe("init", () => {
  it("refuses a repository that is there, unless told to be content", () => {
    const project = new TestProject();
    project.json("init");
    expect(project.zen(["init"])).toMatchObject({
      stderr: `Error: Found existing ZenML repository at path '${project.folder}'.\nIt is ready to use. To start anew, remove its .zen folder first.\n`,
      code: 1,
    });
    expect(project.zen(["init", "--if-missing"])).toEqual({ stdout: "", stderr: "", code: 0 });
    expect(project.json("init", "--if-missing")).toEqual({
      root: project.folder,
      active_profile: "default",
      active_stack: "default",
      created: false,
    });
  });

  it("takes another folder", () => {
    const project = new TestProject({ "other/file": "" });
    expect(project.json("init", "--path", "other")).toMatchObject({ root: `${project.folder}/other`, created: true });
    expect(project.error("init", "--path", "nowhere")).toMatchObject({ code: "folder_not_found", exitCode: 2 });
  });
});

describe("status", () => {
  it("says where each value came from", () => {
    const project = new TestProject();
    project.json("init");
    project.json("stack", "register", "custom", "-m", "default", "-a", "default", "-o", "default");
    const { stdout } = project.zen(["status", "--output", "json"], { env: { ZENML_ACTIVATED_STACK: "custom" } });
    expect(JSON.parse(stdout)).toMatchObject({
      active_profile: "default",
      active_stack: "custom",
      repository: project.folder,
      config_folder: project.config,
      sources: {
        active_profile: `repository: ${project.folder}/.zen/config.yaml`,
        active_stack: "environment: ZENML_ACTIVATED_STACK",
        repository: "working directory",
        config_folder: "environment: ZENML_CONFIG_PATH",
      },
    });
    expect(project.zen(["status"]).stdout).toMatch(/┃ VERSION +│ \d+\.\d+\.\d+/);
  });

  it("shows an active stack that isn't there rather than failing with it, and so do lists", () => {
    const project = new TestProject();
    const env = { ZENML_ACTIVATED_STACK: "gone" };
    expect(project.zen(["status"], { env })).toMatchObject({ code: 0 });
    expect(project.zen(["status"], { env }).stdout).toContain('names the stack "gone", which does not exist');
    const list = project.zen(["stack", "list"], { env });
    expect(list.code).toBe(0);
    expect(list.stderr).toContain('ZENML_ACTIVATED_STACK names the stack "gone", which does not exist in the profile "default".');
    expect(project.zen(["stack", "get"], { env }).code).toBe(2);
  });
});
