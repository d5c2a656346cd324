import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { TestProject } from "./zen.ts";

const read = (...parts: string[]): string => readFileSync(path.join(...parts), "utf8");

describe("profile", () => {
  it("create, list, describe, set, get, rename, delete", () => {
    const project = new TestProject();
    const created = project.zen(["profile", "create", "team"]);
    expect(created.stderr.split("\n").slice(-7)).toEqual([
      "Initializing profile `team`...",
      "Initializing store...",
      "Registered stack component with type 'orchestrator' and name 'default'.",
      "Registered stack component with type 'metadata_store' and name 'default'.",
      "Registered stack component with type 'artifact_store' and name 'default'.",
      "Registered stack with name 'default'.",
      "",
    ]);
    expect(created.stdout).toBe("Profile 'team' successfully created.\n");
    expect(project.json("profile", "list")).toEqual([
      {
        name: "default",
        active: true,
        store_type: "local",
        store_url: `file://${project.config}/profiles/default`,
        active_stack: "default",
        active_user: "default",
        gone: false,
        problem: null,
      },
      expect.objectContaining({ name: "team", active: false, active_stack: "default", problem: null }),
    ]);

    expect(project.zen(["profile", "set", "team"]).stdout).toBe("Active profile changed to: 'team'\n");
    expect(project.zen(["profile", "set", "team"]).stdout).toBe("Profile 'team' is already active.\n");
    expect(project.zen(["profile", "get"]).stdout).toBe("Active profile is: 'team'\n");
    project.json("stack", "register", "custom", "-o", "default", "-a", "default", "-m", "default", "--set");
    expect(project.zen(["profile", "describe"]).stdout).toContain("'team' Profile Configuration (ACTIVE)\n");
    expect(project.json("profile", "describe")).toMatchObject({ name: "team", active_stack: "custom", active_user: "default" });

    const artifacts = (project.json("artifact-store", "describe", "default") as { config: { path: string } }).config.path;
    expect(project.zen(["profile", "rename", "team", "research"]).stdout).toBe("Profile 'team' successfully renamed as 'research'.\n");
    expect(project.zen(["stack", "get"]).stdout).toBe("The active stack is: 'custom'\n");
    expect(readdirSync(path.join(project.config, "profiles"))).toEqual(["default", "research"]);
    expect((project.json("artifact-store", "describe", "default") as { config: { path: string } }).config.path).toBe(artifacts);

    expect(project.error("profile", "delete", "research", "--yes")).toMatchObject({
      code: "profile_active",
      message: "Profile 'research' cannot be deleted because it is globally active.",
      hint: "Choose another active profile first: zen profile set PROFILE",
      exitCode: 1,
    });
    project.json("profile", "set", "default");
    expect(project.error("profile", "delete", "research")).toMatchObject({
      code: "confirmation_needed",
      hint: "If you are sure: zen profile delete research --yes",
      exitCode: 2,
    });
    expect(project.zen(["profile", "delete", "research", "--yes"]).stdout).toBe("Deleted profile 'research'.\n");
    expect(readdirSync(path.join(project.config, "profiles"))).toEqual(["default"]);
    expect(project.error("profile", "describe", "resaerch")).toMatchObject({
      code: "profile_not_found",
      message: "Profile 'resaerch' does not exist.",
      hint: "The profiles are: default.",
      exitCode: 2,
    });
  });

  it("in a repository, set is the repository's, with the profile's own stack; --global is everybody's", () => {
    const project = new TestProject();
    project.json("profile", "create", "team");
    project.json("stack", "register", "custom", "-o", "default", "-a", "default", "-m", "default", "--set", "--profile", "team");
    project.json("init");
    expect(project.json("profile", "set", "team")).toEqual({ name: "team", scope: "repository", changed: true });
    expect(read(project.folder, ".zen/config.yaml")).toBe("active_profile_name: team\nactive_stack_name: custom\n");
    expect(project.zen(["profile", "get"], { cwd: project.root }).stdout).toBe("Active profile is: 'default'\n");
    expect(project.error("profile", "delete", "team", "--yes").message).toBe(
      "Profile 'team' cannot be deleted because it is locally active.",
    );
    expect(project.zen(["profile", "set", "team", "--global"]).stdout).toBe("Active global profile changed to: 'team'\n");
    expect(project.zen(["profile", "get"], { cwd: project.root }).stdout).toBe("Active profile is: 'team'\n");
    project.json("profile", "rename", "team", "research");
    expect(read(project.folder, ".zen/config.yaml")).toBe("active_profile_name: research\nactive_stack_name: custom\n");
    expect(project.zen(["stack", "get"]).stdout).toBe("The active stack is: 'custom'\n");
  });

  it("says when a variable of the session wins over what was set", () => {
    const project = new TestProject();
    project.json("profile", "create", "team");
    const env = { ZENML_ACTIVATED_PROFILE: "default" };
    expect(project.zen(["profile", "set", "team"], { env }).stderr).toContain(
      "ZENML_ACTIVATED_PROFILE is set to 'default' and wins in this session. To forget it: unset ZENML_ACTIVATED_PROFILE\n",
    );
    expect(project.zen(["profile", "get"], { env }).stdout).toBe("Active profile is: 'default'\n");
  });

  it("keeps its files where --url says, and leaves them there", () => {
    const project = new TestProject();
    const folder = path.join(project.root, "disk");
    project.json("profile", "create", "disk", "--url", "../disk", "--user", "ada");
    expect(project.json("profile", "describe", "disk")).toMatchObject({ store_url: `file://${folder}`, active_user: "ada" });
    expect(existsSync(path.join(folder, "stacks.yaml"))).toBe(true);
    project.json("profile", "rename", "disk", "drive");
    expect(project.json("stack", "list", "--profile", "drive")).toHaveLength(1);
    const deleted = project.zen(["profile", "delete", "drive", "-y"]);
    expect(deleted.stdout).toBe("Deleted profile 'drive'.\n");
    expect(deleted.stderr).toContain(`Its store stays where it is: file://${folder}\n`);
    expect(existsSync(path.join(folder, "stacks.yaml"))).toBe(true);
    // And can be taken up again.
    project.json("profile", "create", "again", "--url", `file://${folder}`);
    expect(project.json("stack", "list", "--profile", "again")).toHaveLength(1);
  });

  it("refuses what it can't make, and makes nothing of it", () => {
    const project = new TestProject();
    project.json("profile", "create", "team");
    const before = read(project.config, "config.yaml");
    expect(project.error("profile", "create", "team")).toMatchObject({ code: "profile_exists", message: "Profile 'team' already exists." });
    expect(project.error("profile", "create", "Team")).toMatchObject({
      code: "bad_name",
      message: '"Team" differs from the profile "team" only in case.',
    });
    expect(project.error("profile", "create", "a/b")).toMatchObject({ code: "bad_name", exitCode: 2 });
    expect(project.error("profile", "create", "x", "--store-type", "sql")).toMatchObject({
      code: "store_type_unknown",
      message: "Profiles with a store of type sql come with shared stores, which this version of zen doesn't have yet.",
      exitCode: 1,
    });
    expect(project.error("profile", "create", "x", "--store-type", "etcd")).toMatchObject({ code: "invalid_option_value", exitCode: 2 });
    expect(project.error("profile", "create", "x", "--url", "mysql://ada:pw@db/zen")).toMatchObject({ code: "bad_store_url", exitCode: 2 });
    const { stderr, code } = project.zen(["profile", "create", "x"], { env: { ZENML_DEFAULT_STORE_TYPE: "slq" } });
    expect(stderr).toContain(`Error: ZENML_DEFAULT_STORE_TYPE is "slq", and a store is of type local, sql or rest. Did you mean "sql"?\n`);
    expect(code).toBe(2);
    expect(project.error("profile", "rename", "team", "default")).toMatchObject({ code: "profile_exists" });
    mkdirSync(path.join(project.config, "profiles/taken"));
    expect(project.error("profile", "rename", "team", "taken")).toMatchObject({ code: "folder_in_the_way", exitCode: 1 });
    expect(read(project.config, "config.yaml")).toBe(before);
    expect(readdirSync(path.join(project.config, "profiles"))).toEqual(["default", "taken", "team"]);
  });

  it("lists one whose folder has gone as gone, works with the others, and forgets it", () => {
    const project = new TestProject();
    project.json("profile", "create", "disk", "--url", "../disk");
    rmSync(path.join(project.root, "disk"), { recursive: true });
    const list = project.zen(["profile", "list"]);
    expect(list.stdout).toMatch(/┃ +│ disk +│ local +│ .* │ \(gone\) +┃/);
    expect(list.stderr).toContain(
      `The folder of the profile "disk", ${project.root}/disk, does not exist. If you don't need it any more: zen profile delete disk\n`,
    );
    expect(list.code).toBe(0);
    expect(project.json("stack", "list")).toHaveLength(1);
    expect(project.error("stack", "list", "--profile", "disk")).toMatchObject({
      code: "profile_folder_missing",
      hint: "Put it back, work with another profile (zen profile set NAME), or forget it: zen profile delete disk",
    });
    expect(project.error("profile", "set", "disk").code).toBe("profile_folder_missing");
    project.json("profile", "delete", "disk", "--yes");
    expect(project.json("profile", "list")).toHaveLength(1);
  });

  it("a repository whose .zen was moved away is none, and nothing else is lost", () => {
    const project = new TestProject();
    project.json("init");
    project.json("profile", "create", "team");
    project.json("profile", "set", "team");
    renameSync(path.join(project.folder, ".zen"), path.join(project.root, "elsewhere"));
    expect(project.zen(["profile", "get"]).stdout).toBe("Active profile is: 'default'\n");
  });

  it("explains itself", () => {
    expect(new TestProject().zen(["profile", "explain"]).stdout).toMatch(/^A profile is a set of stacks and components/);
  });

  it("lists one that can't be read with what is wrong, and never as gone", () => {
    const project = new TestProject();
    project.json("profile", "create", "team");
    project.json("profile", "create", "new");
    project.write({ "../config/profiles/team/stacks.yaml": "stacks: [", "../config/profiles/new/zen.yaml": "format: 7\n" });
    const before = read(project.config, "config.yaml");
    const list = project.zen(["profile", "list"]);
    expect(list.stdout).not.toContain("(gone)");
    expect(list.stderr).not.toContain("zen profile delete");
    // What a newer zen wrote is nobody's to delete or rename here.
    for (const args of [
      ["delete", "new", "--yes"],
      ["rename", "new", "old"],
    ])
      expect(project.error("profile", ...args)).toMatchObject({ code: "profile_too_new", exitCode: 1 });
    expect(read(project.config, "config.yaml")).toBe(before);
    expect(existsSync(path.join(project.config, "profiles/new/zen.yaml"))).toBe(true);
  });

  it("has a folder that no other profile has", () => {
    const project = new TestProject();
    project.json("profile", "create", "a", "--url", "../disk");
    symlinkSync(path.join(project.root, "disk"), path.join(project.root, "link"));
    for (const url of ["../disk", "../link"]) {
      expect(project.error("profile", "create", "b", "--url", url)).toMatchObject({ code: "store_taken", exitCode: 2 });
    }
    for (const url of [project.config, path.join(project.config, "profiles/default"), path.join(project.config, "profiles/default/sub")])
      expect(project.error("profile", "create", "b", "--url", url)).toMatchObject({ code: "bad_store_url", exitCode: 2 });
    expect(project.error("profile", "create", "b", "--user", "")).toMatchObject({ code: "bad_name", exitCode: 2 });
    expect(project.json("profile", "list")).toHaveLength(2);
  });

  it("is renamed as it is, with links that lead somewhere within it", () => {
    const project = new TestProject();
    project.json("profile", "create", "team");
    const folder = path.join(project.config, "profiles/team");
    mkdirSync(path.join(folder, "shared"));
    renameSync(path.join(folder, "stacks.yaml"), path.join(folder, "shared/stacks.yaml"));
    symlinkSync("shared/stacks.yaml", path.join(folder, "stacks.yaml"));
    project.json("profile", "rename", "team", "research");
    expect(project.json("stack", "list", "--profile", "research")).toHaveLength(1);
    expect(readdirSync(path.join(project.config, "profiles"))).toEqual(["default", "research"]);
  });

  it("can be looked at and chosen while a variable names none; everything else says which variable", () => {
    const project = new TestProject();
    project.json("profile", "create", "team");
    const env = { ZENML_ACTIVATED_PROFILE: "nope" };
    const said = 'ZENML_ACTIVATED_PROFILE names the profile "nope", which does not exist.';
    for (const args of [["status"], ["profile", "list"], ["profile", "set", "team"]]) {
      const { stderr, code } = project.zen(args, { env });
      expect(code, args.join(" ")).toBe(0);
      expect(stderr).toContain(said);
    }
    expect(project.zen(["profile", "get"]).stdout).toBe("Active profile is: 'team'\n");
    expect(project.zen(["stack", "list"], { env })).toMatchObject({ code: 2, stderr: expect.stringContaining(said) });
  });
});
