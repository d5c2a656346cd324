import { describe, expect, it } from "vitest";
import { TestProject } from "./zen.ts";

describe("a component group", () => {
  it("registers, lists, describes, gets and deletes", () => {
    const project = new TestProject({ "path.txt": "from-a-file" });
    const registered = project.zen(["artifact-store", "register", "mine", "--flavor=local", `--path=${project.root}/a=b`]);
    expect(registered).toMatchObject({
      stdout: "Registered stack component with type 'artifact_store' and name 'mine'.\nSuccessfully registered artifact store `mine`.\n",
      code: 0,
    });
    expect(project.json("artifact-store", "register", "--path", `${project.root}/two`, "other", "-f", "local")).toMatchObject({
      name: "other",
      config: { path: `${project.root}/two` },
    });

    const list = project.json("artifact-store", "list") as { name: string; active: boolean; flavor: string; config: { path: string } }[];
    expect(list.map(({ name, active }) => [name, active])).toEqual([
      ["default", true],
      ["mine", false],
      ["other", false],
    ]);
    expect(list[1]).toMatchObject({
      type: "artifact_store",
      flavor: "local",
      uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      config: { path: `${project.root}/a=b` },
    });
    expect(project.zen(["artifact-store", "list"]).stdout).toMatch(/┃ ACTIVE │ NAME +│ FLAVOR │ UUID +│ PATH +┃/);
    expect(project.zen(["artifact-store", "get"]).stdout).toBe("Active artifact store: 'default'\n");

    const described = project.zen(["artifact-store", "describe"]);
    expect(described.stderr).toContain(
      "Running with active stack: 'default'\nNo component name given; using `default` from active stack.\n",
    );
    expect(described.stdout).toContain("ARTIFACT_STORE Component Configuration (ACTIVE)");

    expect(project.zen(["artifact-store", "delete", "mine"]).stdout).toBe("Deleted artifact store: mine\n");
    expect(project.error("artifact-store", "delete", "mine")).toMatchObject({ code: "component_not_found", exitCode: 2 });
    expect(project.error("artifact-store", "delete", "default")).toMatchObject({ code: "component_in_use", exitCode: 1 });
  });

  it("reads @file, and @@ as @", () => {
    const project = new TestProject({ "path.txt": "/from/a/file" });
    expect(project.json("artifact-store", "register", "mine", "--flavor=local", "--path=@path.txt")).toMatchObject({
      config: { path: "/from/a/file" },
    });
    expect(project.error("artifact-store", "register", "two", "--flavor=local", "--path=@nothing.txt")).toMatchObject({
      code: "file_not_read",
      message: "The file nothing.txt, which --path names, can't be read: no such file or directory.",
      exitCode: 2,
    });
    expect(project.error("artifact-store", "register", "two", "--flavor=local", "--path=@@x").message).not.toContain("can't be read");
  });

  it("refuses what the flavor doesn't know, and says what it knows", () => {
    const project = new TestProject();
    expect(project.error("artifact-store", "register", "x", "--flavor=local", "--pth=/x")).toMatchObject({
      message: 'The artifact store flavor "local" has no option "pth". Did you mean "path"?',
      hint: "Its options are: --path",
      exitCode: 2,
    });
    expect(project.error("artifact-store", "register", "x", "--flavor=s3", "--path=s3://b")).toMatchObject({
      code: "flavor_not_found",
      hint: "Install the package that has it: npm install @zen/integration-s3. Or search for another: zen integration search s3",
    });
    expect(project.error("artifact-store", "register", "x")).toMatchObject({
      code: "missing_option",
      message: "Please use the option to specify '--flavor'/'-f' of the artifact store you want to register.",
    });
    expect(project.error("artifact-store", "register", "--flavor=local")).toMatchObject({ code: "missing_argument", exitCode: 2 });
  });

  it("shows a flavor's settings in its help", () => {
    const project = new TestProject();
    const { stdout, code } = project.zen(["artifact-store", "register", "--flavor", "local", "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Settings of the flavor local \(@zen\/integration-local \d+\.\d+\.\d+\):\n {2}--path=…/);
  });

  it("says what an optional type lacks", () => {
    const project = new TestProject();
    expect(project.zen(["alerter", "list"])).toMatchObject({
      stdout: "",
      stderr: expect.stringContaining("No alerters registered.\n"),
      code: 0,
    });
    expect(project.json("alerter", "list")).toEqual([]);
    expect(project.zen(["alerter", "get"])).toMatchObject({
      stdout: "",
      stderr: expect.stringContaining("No alerter set for active stack ('default').\n"),
      code: 0,
    });
    expect(project.json("alerter", "get")).toEqual({ name: null });
    expect(project.error("alerter", "describe")).toMatchObject({
      code: "no_active_component",
      message: "No alerter in active stack ('default').",
      exitCode: 1,
    });
  });

  it("lists flavors from manifests", () => {
    const project = new TestProject();
    const flavors = project.json("metadata-store", "flavor", "list");
    expect(flavors).toEqual([
      expect.objectContaining({
        name: "sqlite",
        flavor: "sqlite",
        package: "@zen/integration-local",
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
        ready: true,
        problem: null,
      }),
    ]);
    expect(project.zen(["metadata-store", "flavor", "list"]).stdout).toMatch(
      /┃ sqlite │ @zen\/integration-local │ [\d.]+ +│ ✅ +│ @zen\/integration-local#SQLiteMetadataStore ┃/,
    );
  });

  it("never shows a secret that ZenML wrote", () => {
    const project = new TestProject();
    project.json("stack", "list");
    const profile = "../config/profiles/default";
    project.write({
      [`${profile}/stacks.yaml`]: "stack_components:\n  metadata_store:\n    prod: mysql\nstacks: {}\n",
      [`${profile}/metadata_stores/prod.yaml`]:
        "name: prod\nuuid: 11111111-1111-4111-8111-111111111111\npassword: hunter2\nusername: ada\nssl_key: '{{env.KEY}}'\nuri: mysql://ada:hunter2@db/zen\n",
    });
    const { stdout } = project.zen(["metadata-store", "describe", "prod", "--output", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      config: { password: "********", username: "ada", ssl_key: "{{env.KEY}}", uri: "mysql://ada:********@db/zen" },
    });
    expect(project.zen(["metadata-store", "list"]).stdout).not.toContain("hunter2");
  });
});
