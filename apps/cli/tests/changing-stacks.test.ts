import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { TestProject } from "./zen.ts";

const DEFAULTS = ["-o", "default", "-a", "default", "-m", "default"];

function withStack(): TestProject {
  const project = new TestProject();
  project.json("artifact-store", "register", "disk", "--flavor=local", "--path=/data/disk");
  project.json("stack", "register", "custom", ...DEFAULTS);
  return project;
}

const profileFile = (project: TestProject, name: string): string =>
  readFileSync(path.join(project.config, "profiles/default", name), "utf8");

describe("a stack", () => {
  it("is given other components, and only those that were named change", () => {
    const project = withStack();
    expect(project.zen(["stack", "update", "custom", "-a", "disk"]).stdout).toBe("Stack `custom` successfully updated!\n");
    expect(project.json("stack", "describe", "custom")).toEqual({
      name: "custom",
      active: false,
      orchestrator: "default",
      metadata_store: "default",
      artifact_store: "disk",
    });
    // Without a name it is the active one.
    expect(project.json("stack", "update", "--artifact_store=disk")).toMatchObject({ name: "default", artifact_store: "disk" });
    const before = profileFile(project, "stacks.yaml");
    expect(project.error("stack", "update", "custom", "-a", "dsik")).toMatchObject({
      code: "component_not_found",
      message: 'There is no artifact store "dsik" in the profile "default". Did you mean "disk"?',
      exitCode: 2,
    });
    expect(project.error("stack", "update", "cutsom", "-a", "disk")).toMatchObject({ code: "stack_not_found", exitCode: 2 });
    expect(project.error("stack", "update", "custom")).toMatchObject({ code: "missing_option", exitCode: 2 });
    expect(profileFile(project, "stacks.yaml")).toBe(before);
  });

  it("is parted from a component that it can do without", () => {
    const project = withStack();
    const before = profileFile(project, "stacks.yaml");
    for (const flag of ["-c", "-x", "-s", "-f", "-d", "-e", "-al", "--container_registry"]) {
      expect(project.error("stack", "remove-component", "custom", flag), flag).toMatchObject({ code: "no_such_component", exitCode: 1 });
    }
    expect(project.error("stack", "remove-component", "custom")).toMatchObject({ code: "missing_option", exitCode: 2 });
    expect(project.error("stack", "remove-component", "custom", "-o")).toMatchObject({
      code: "component_required",
      message: "A stack can't be without its orchestrator.",
      exitCode: 2,
    });
    expect(profileFile(project, "stacks.yaml")).toBe(before);
  });

  it("is renamed, and stays the active one, here and everywhere", () => {
    const project = withStack();
    project.json("init");
    project.json("stack", "set", "custom");
    project.json("stack", "set", "custom", "--global");
    expect(project.zen(["stack", "rename", "custom", "team"]).stdout).toBe("Stack `custom` successfully renamed as `team`!\n");
    expect(project.zen(["stack", "get"])).toEqual({
      stdout: "The active stack is: 'team'\n",
      stderr: "Running with active profile: 'default' (local)\n",
      code: 0,
    });
    expect(project.zen(["stack", "get"], { cwd: project.root }).stdout).toBe("The active stack is: 'team'\n");
    expect(project.error("stack", "rename", "team", "default")).toMatchObject({ code: "stack_exists", exitCode: 1 });
    expect(project.error("stack", "rename", "team", "Default")).toMatchObject({
      code: "bad_name",
      message: '"Default" differs from the stack "default" only in case.',
    });
    expect(project.error("stack", "rename", "custom", "x")).toMatchObject({ code: "stack_not_found", exitCode: 2 });
    // Only in case is its own matter.
    expect(project.json("stack", "rename", "team", "Team")).toMatchObject({ name: "Team", active: true });
  });

  it("is copied", () => {
    const project = withStack();
    expect(project.zen(["stack", "copy", "custom", "copy"]).stdout).toBe("Stack `custom` successfully copied to `copy`!\n");
    expect(project.json("stack", "describe", "copy")).toMatchObject({ orchestrator: "default" });
    expect(project.error("stack", "copy", "custom", "copy")).toMatchObject({ code: "stack_exists" });
  });

  it("is deleted when a person says yes, and not while it is active", () => {
    const project = withStack();
    expect(project.error("stack", "delete", "custom")).toMatchObject({
      code: "confirmation_needed",
      message: expect.stringContaining("This will delete stack 'custom' from the profile 'default'."),
      hint: "If you are sure: zen stack delete custom --yes",
      exitCode: 2,
    });
    expect(project.json("stack", "list")).toHaveLength(2);
    expect(project.error("stack", "delete", "default", "--yes")).toMatchObject({
      code: "stack_active",
      message: "Stack 'default' cannot be deleted while it is active.",
      hint: "Choose another active stack first: zen stack set NAME",
      exitCode: 1,
    });
    expect(project.error("stack", "delete", "nope", "--yes")).toMatchObject({ code: "stack_not_found", exitCode: 2 });
    expect(project.zen(["stack", "delete", "custom", "--yes"]).stdout).toBe("Deleted stack 'custom'.\n");
    expect(project.json("stack", "list")).toHaveLength(1);
    expect(project.json("artifact-store", "list")).toHaveLength(2);
  });

  it("is deleted with those components that no other stack has", () => {
    const project = withStack();
    project.json("stack", "update", "custom", "-a", "disk");
    expect(project.zen(["stack", "delete", "custom", "--recursive", "-y"]).stdout).toBe(`\
Deleted stack 'custom'.
Deleted artifact store: disk
Kept metadata store: default (another stack has it)
Kept orchestrator: default (another stack has it)
`);
    expect(project.json("artifact-store", "list")).toHaveLength(1);
  });

  it("that the repository works on isn't deleted because a variable names another", () => {
    const project = withStack();
    project.json("init");
    project.json("stack", "set", "custom");
    const { stderr, code } = project.zen(["stack", "delete", "custom", "--yes"], { env: { ZENML_ACTIVATED_STACK: "default" } });
    expect(stderr).toContain("Error: Stack 'custom' cannot be deleted while it is active.\n");
    expect(code).toBe(1);
    expect(project.json("stack", "list")).toHaveLength(2);
  });

  it("that could not be made active here isn't registered with --set", () => {
    const project = withStack();
    project.json("profile", "create", "other");
    project.json("init");
    expect(project.error("stack", "register", "new", ...DEFAULTS, "--set", "--profile", "other")).toMatchObject({
      code: "other_profile",
      exitCode: 2,
    });
    expect(project.json("stack", "list", "--profile", "other")).toHaveLength(1);
  });

  it("of another profile is deleted with the line that was typed, and --yes", () => {
    const project = withStack();
    project.json("profile", "create", "other");
    project.json("stack", "copy", "default", "two", "--profile", "other");
    expect(project.error("stack", "delete", "two", "--recursive", "--profile", "other").hint).toBe(
      "If you are sure: zen stack delete two --recursive --profile other --yes",
    );
  });

  it("has -al in its help, in words", () => {
    expect(new TestProject().zen(["stack", "register", "--help"]).stdout).toMatch(/--alerter <name> +the alerter \(short: -al\)/);
  });
});

describe("a component", () => {
  it("is updated as it was registered: checked, and nothing else of it changes", () => {
    const project = withStack();
    project.write({ "where.txt": "/from/a=file" });
    const file = "artifact_stores/disk.yaml";
    const uuid = /uuid: (.+)/.exec(profileFile(project, file))![1]!;
    expect(project.zen(["artifact-store", "update", "disk", "--path", "/data/other"]).stdout).toBe(
      "Updated stack component with type 'artifact_store' and name 'disk'.\nSuccessfully updated artifact store `disk`.\n",
    );
    expect(profileFile(project, file)).toBe(`name: disk\npath: /data/other\nuuid: ${uuid}\n`);
    project.json("artifact-store", "update", "disk", "--path=@where.txt");
    expect(profileFile(project, file)).toBe(`name: disk\npath: /from/a=file\nuuid: ${uuid}\n`);

    const before = profileFile(project, file);
    expect(project.error("artifact-store", "update", "disk", "--path=s3://bucket")).toMatchObject({ code: "bad_config", exitCode: 2 });
    expect(project.error("artifact-store", "update", "disk", "--pth=/x")).toMatchObject({
      message: 'The artifact store "disk" (flavor local) has no option "pth". Did you mean "path"?',
      hint: "Its options are: --path",
      exitCode: 2,
    });
    expect(project.error("artifact-store", "update", "disk", "--uuid=1")).toMatchObject({
      code: "mandatory_property",
      message: "Cannot update mandatory property 'uuid' of 'disk' artifact store.",
      exitCode: 2,
    });
    expect(project.error("artifact-store", "update", "disk", "--name=x").hint).toBe(
      "To rename it: zen artifact-store rename disk NEW_NAME",
    );
    expect(project.error("artifact-store", "update", "dsik", "--path=/x")).toMatchObject({ code: "component_not_found", exitCode: 2 });
    expect(project.error("artifact-store", "update", "disk")).toMatchObject({ code: "missing_option", exitCode: 2 });
    expect(profileFile(project, file)).toBe(before);
  });

  it("without a name is that of the active stack", () => {
    const project = withStack();
    const { stderr, stdout } = project.zen(["orchestrator", "update", "--concurrency=3"]);
    expect(stderr).toContain("No component name given; using `default` from active stack.\n");
    expect(stdout).toContain("Successfully updated orchestrator `default`.\n");
    expect(project.json("orchestrator", "describe")).toMatchObject({ config: { concurrency: 3 } });
    expect(project.error("alerter", "update", "--x=1")).toMatchObject({ code: "no_active_component" });
  });

  it("loses a setting that it can do without", () => {
    const project = withStack();
    project.json("orchestrator", "register", "wide", "--flavor=local", "--concurrency=8");
    expect(project.json("orchestrator", "remove-attribute", "wide", "--concurrency")).toMatchObject({ config: {} });
    expect(project.error("artifact-store", "remove-attribute", "disk", "--path")).toMatchObject({
      code: "mandatory_property",
      message: "Cannot remove mandatory attribute 'path' of 'disk' artifact store.",
      hint: "Give it another value instead: zen artifact-store update disk --path=…",
      exitCode: 2,
    });
    expect(project.error("orchestrator", "remove-attribute", "wide", "--concurency")).toMatchObject({
      code: "bad_config",
      message: 'The orchestrator "wide" (flavor local) has no attribute "concurency". Did you mean "concurrency"?',
      hint: "These can be removed: concurrency.",
      exitCode: 2,
    });
    expect(project.error("orchestrator", "remove-attribute", "wide", "--concurrency=1")).toMatchObject({ code: "unexpected_value" });
    expect(project.error("orchestrator", "remove-attribute", "wide")).toMatchObject({ code: "missing_option" });
  });

  it("is renamed in every stack that has it, with its file as it is", () => {
    const project = withStack();
    project.json("stack", "update", "custom", "-a", "disk");
    const before = profileFile(project, "artifact_stores/disk.yaml");
    expect(project.zen(["artifact-store", "rename", "disk", "shared"]).stdout).toBe(
      "Successfully renamed artifact store `disk` to `shared`.\n",
    );
    expect(project.json("stack", "describe", "custom")).toMatchObject({ artifact_store: "shared" });
    expect(profileFile(project, "artifact_stores/shared.yaml")).toBe(before.replace("name: disk", "name: shared"));
    expect(profileFile(project, "zen.yaml")).not.toContain("disk:");
    expect(project.error("artifact-store", "rename", "shared", "default")).toMatchObject({ code: "component_exists", exitCode: 1 });
    expect(project.error("artifact-store", "rename", "disk", "x")).toMatchObject({ code: "component_not_found", exitCode: 2 });
    expect(project.error("artifact-store", "rename", "shared", "a/b")).toMatchObject({ code: "bad_name", exitCode: 2 });
  });

  it("of every type explains itself", () => {
    const project = new TestProject();
    for (const [command, type] of [
      ["orchestrator", "orchestrator"],
      ["alerter", "alerter"],
      ["container-registry", "container_registry"],
    ]) {
      const { stdout, code } = project.zen([command!, "explain"]);
      expect(code).toBe(0);
      expect(stdout).toContain(`(${type}`);
      expect(stdout).toContain(`zen ${command} flavor list`);
    }
  });
});
