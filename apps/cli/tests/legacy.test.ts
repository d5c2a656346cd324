import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { finished, TestProject } from "./zen.ts";

const FIXTURES = path.resolve(import.meta.dirname, "../../../packages/core/src/repository/fixtures/legacy-repository");

/** A project in which ZenML 0.6.3 was used, on a machine whose zen has a default profile. */
function legacyProject(): TestProject {
  const project = new TestProject();
  project.zen(["stack", "list"], { cwd: project.root });
  cpSync(path.join(FIXTURES, "written-by-0.6.3"), path.join(project.folder, ".zen"), { recursive: true });
  return project;
}

function explanation({ folder }: TestProject, profile: string): string {
  return `\
A legacy ZenML repository with locally configured stacks was found at '${folder}/.zen'. Beginning with ZenML 0.7.0, stacks are no longer stored inside the ZenML repository root, they are stored globally using the newly introduced concept of Profiles.
The stacks configured in this repository will be automatically migrated to a newly created profile: '${profile}'.
If you no longer need to use the stacks configured in this repository, please delete the profile using the following command:
'zenml profile delete ${profile}'
More information about Profiles can be found at https://docs.zenml.io. This warning will not be shown again for this Repository.
Initializing profile \`${profile}\`...
`;
}

function profileOf(project: TestProject): string {
  return /legacy-repository-[0-9a-f]{8}/.exec(readFileSync(path.join(project.folder, ".zen/config.yaml"), "utf8"))![0];
}

describe("a repository that ZenML 0.6 left", () => {
  it("is migrated by the first command, which explains it once, and lists its stacks as the documentation shows", () => {
    const project = legacyProject();
    const { stdout, stderr, code } = project.zen(["stack", "list"]);
    const profile = profileOf(project);
    expect(stderr).toBe(`${explanation(project, profile)}Running with active profile: '${profile}' (local)\n`);
    expect(stdout).toBe(`\
┏━━━━━━━━┯━━━━━━━━━━━━━━━━━━━━━━┯━━━━━━━━━━━━━━━━━━━━━━┯━━━━━━━━━━━━━━━━━━━━┯━━━━━━━━━━━━━━━━━━━━━━┯━━━━━━━━━━━━━━━━━━━━━━━┓
┃ ACTIVE │ STACK NAME           │ ARTIFACT_STORE       │ CONTAINER_REGISTRY │ METADATA_STORE       │ ORCHESTRATOR          ┃
┠────────┼──────────────────────┼──────────────────────┼────────────────────┼──────────────────────┼───────────────────────┨
┃        │ local_kubeflow_stack │ local_artifact_store │ local_registry     │ local_metadata_store │ kubeflow_orchestrator ┃
┃   👉   │ local_stack          │ local_artifact_store │                    │ local_metadata_store │ local_orchestrator    ┃
┗━━━━━━━━┷━━━━━━━━━━━━━━━━━━━━━━┷━━━━━━━━━━━━━━━━━━━━━━┷━━━━━━━━━━━━━━━━━━━━┷━━━━━━━━━━━━━━━━━━━━━━┷━━━━━━━━━━━━━━━━━━━━━━━┛
`);
    expect(code).toBe(0);
    expect(project.zen(["stack", "get"])).toEqual({
      stdout: "The active stack is: 'local_stack'\n",
      stderr: `Running with active profile: '${profile}' (local)\n`,
      code: 0,
    });
  });

  it("is in the status like any other, and its components are listed though their flavors aren't installed", () => {
    const project = legacyProject();
    const local = path.join(project.folder, ".zen/config.yaml");
    // What a program reads has the answer only.
    const status = project.json("status");
    const profile = profileOf(project);
    expect(status).toMatchObject({
      active_profile: profile,
      active_stack: "local_stack",
      repository: project.folder,
      sources: { active_profile: `repository: ${local}`, active_stack: `repository: ${local}` },
    });
    expect(project.zen(["orchestrator", "list"]).stdout).toMatch(/│ kubeflow_orchestrator +│ kubeflow /);
    expect(project.json("metadata-store", "list")).toMatchObject([
      { name: "local_metadata_store", flavor: "sqlite" },
      { name: "prod_mysql", flavor: "mysql" },
    ]);
    expect(project.zen(["stack", "set", "local_kubeflow_stack"]).stdout).toBe("Active stack set to: 'local_kubeflow_stack'\n");
    expect(readFileSync(local, "utf8")).toBe(`active_profile_name: ${profile}\nactive_stack_name: local_kubeflow_stack\n`);
    // Outside, the default profile goes on.
    expect(project.zen(["stack", "get"], { cwd: project.root }).stdout).toBe("The active stack is: 'default'\n");
  });

  it("is migrated once by commands that start at once", async () => {
    const project = legacyProject();
    const results = await Promise.all([1, 2, 3, 4].map(() => finished(project.start(["stack", "get"]))));
    const profile = profileOf(project);
    expect(results.map(({ stdout, code }) => [stdout, code])).toEqual(results.map(() => ["The active stack is: 'local_stack'\n", 0]));
    expect(results.map(({ stderr }) => stderr.replace(`Running with active profile: '${profile}' (local)\n`, "")).join("")).toBe(
      explanation(project, profile),
    );
  });
});
