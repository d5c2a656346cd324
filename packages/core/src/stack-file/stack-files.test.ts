import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Context } from "../repository/context.ts";
import type { ComponentRecord } from "../store/stack-store.ts";
import { applyStacks } from "./apply-stacks.ts";
import { Machine } from "./flavors.fixture.ts";
import { importStacks, type ImportOptions } from "./import-stacks.ts";
import { parseStackFiles } from "./merge-stack-files.ts";
import { planStacks, type StackPlan } from "./plan-stacks.ts";
import type { DeclaredStacks } from "./stack-file.ts";

const TEAM = `
format: 1
stacks:
  prod:
    orchestrator: default
    metadata_store: default
    artifact_store: team-s3
components:
  artifact_store:
    team-s3:
      flavor: s3
      config:
        path: s3://bucket/zen
        secret_access_key: "{{env.KEY}}"
`;

const files = (...texts: readonly string[]): Promise<DeclaredStacks> =>
  parseStackFiles(texts.map((text, index) => ({ source: `the file ${index + 1}.yaml`, text })));

async function apply(context: Context, text: string, prune = false): Promise<StackPlan> {
  return (await applyStacks(context, await files(text), { prune, onPlan: async () => true })).plan;
}

const lines = ({ changes }: StackPlan): string[] =>
  changes.map(
    ({ action, type, name, differences }) =>
      `${action} ${type} ${name}${differences.map(({ field, from, to }) => ` ${field}: ${from} → ${to}`).join("")}`,
  );

/** All files below a folder, with their bytes: to see that nothing was changed. */
function bytesBelow(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "base64")]));
}

/** The error of what must fail and change nothing. */
async function refusal(context: Context, attempt: Promise<unknown>): Promise<{ code: string; message: string; hint?: string }> {
  const before = bytesBelow(join(context.configFolder, "profiles"));
  const error: unknown = await attempt.then(
    () => new Error("It was accepted."),
    (reason: unknown) => reason,
  );
  expect(bytesBelow(join(context.configFolder, "profiles"))).toEqual(before);
  const { code, message, hint } = error as { code: string; message: string; hint?: string };
  return { code, message, ...(hint !== undefined && { hint }) };
}

describe("apply", () => {
  it("creates, then updates, then has nothing to do", async () => {
    const context = await new Machine(onTestFinished).open();
    expect(lines(await apply(context, TEAM))).toEqual(["create artifact_store team-s3", "create stack prod"]);
    const { uuid, ...stored } = await context.store.requireComponent("artifact_store", "team-s3");
    expect(stored).toEqual({
      type: "artifact_store",
      name: "team-s3",
      flavor: "s3",
      config: { path: "s3://bucket/zen", region: "eu", secret_access_key: "{{env.KEY}}" },
      package: "@zen/integration-s3",
      version: "1.0.0",
      contract: 1,
    });
    // What the class fills in, and another name of the flavor, are no differences.
    for (const same of [TEAM, TEAM.replace("flavor: s3", "flavor: bucket"), `${TEAM}        region: eu\n`])
      expect(lines(await apply(context, same))).toEqual([]);
    const moved = TEAM.replace("bucket/zen", "other")
      .replace("env.KEY", "env.NEW")
      .replace("metadata_store: default", "metadata_store: default\n    alerter: null-alert");
    expect(lines(await apply(context, `${moved}  alerter: { null-alert: { flavor: pager } }\n`))).toEqual([
      "update artifact_store team-s3 path: s3://bucket/zen → s3://other secret_access_key: {{env.KEY}} → {{env.NEW}}",
      "create alerter null-alert",
      "update stack prod alerter: null → null-alert",
    ]);
    expect((await context.store.requireComponent("artifact_store", "team-s3")).uuid).toBe(uuid);
  });

  it("keeps the folder that a component has here, and gives a new one a folder of its own", async () => {
    const machine = new Machine(onTestFinished);
    const context = await machine.open();
    const local = TEAM.replace("flavor: s3", "flavor: local").replace(/config:[^]*/, 'config: { path: "{{local_stores}}/team/art" }\n');
    await apply(context, local);
    const record = await context.store.requireComponent("artifact_store", "team-s3");
    expect(record.config).toEqual({ path: join(machine.config, "local_stores/default/team/art") });
    await context.store.commit([{ kind: "update_component", component: { ...record, config: { path: "/mnt/team" } } }]);
    expect(lines(await apply(context, local))).toEqual([]);
    expect(lines(await apply(context, local.replace("{{local_stores}}/team/art", "/srv/team")))).toEqual([
      "update artifact_store team-s3 path: /mnt/team → /srv/team",
    ]);
  });

  it("prunes what no file has, but not what is active, nor what a file's stack uses", async () => {
    const context = await new Machine(onTestFinished).open();
    await apply(context, TEAM.replaceAll("prod", "old").replaceAll("team-s3", "old-s3"));
    expect(await refusal(context, apply(context, TEAM, true))).toEqual({
      code: "stack_active",
      message: 'The stack "default", which no file has, is active: --prune can\'t delete it.',
      hint: "Nothing was changed. Choose another active stack first (zen stack set --global NAME), or put it into a file: zen stack export default",
    });
    await apply(context, TEAM);
    await context.setActiveStack("prod");
    expect(lines(await apply(context, TEAM, true))).toEqual([
      "delete stack default",
      "delete stack old",
      "delete artifact_store default",
      "delete artifact_store old-s3",
    ]);
    expect((await context.store.listStacks()).map(({ name }) => name)).toEqual(["prod"]);
    expect((await context.store.listComponents("orchestrator")).map(({ name }) => name)).toEqual(["default"]);
  });

  it("overwrites nothing that another process changed after the plan was made", async () => {
    const context = await new Machine(onTestFinished).open();
    await apply(context, TEAM);
    const onPlan = async (): Promise<boolean> => {
      const component = await context.store.requireComponent("artifact_store", "team-s3");
      await context.store.commit([{ kind: "update_component", component: { ...component, config: { path: "s3://theirs" } } }]);
      return true;
    };
    const changed = await files(TEAM.replace("bucket/zen", "ours"));
    await expect(applyStacks(context, changed, { prune: false, onPlan })).rejects.toMatchObject({
      code: "component_changed",
      message: 'The artifact store "team-s3" has been changed by another process meanwhile.',
    });
    expect((await context.store.requireComponent("artifact_store", "team-s3")).config).toEqual({ path: "s3://theirs" });
  });

  it("refuses, and changes nothing", async () => {
    const context = await new Machine(onTestFinished, ["@zen/integration-local", "@zen/integration-s3"]).open();
    expect(await refusal(context, apply(context, TEAM.replace("orchestrator: default", "orchestrator: defualt")))).toEqual({
      code: "component_not_found",
      message:
        'The stack "prod" of the file 1.yaml has the orchestrator "defualt", which neither the files nor the profile "default" has. Did you mean "default"?',
      hint: "Describe it in the file, under components: orchestrator: defualt. Those of the profile: zen orchestrator list",
    });
    expect(await refusal(context, apply(context, TEAM.replace("path:", "paht:")))).toMatchObject({
      code: "bad_config",
      message: 'The file 1.yaml: The artifact store "team-s3" (flavor s3) has no field "paht". Did you mean "path"?',
      hint: "Its fields are: path, region, secretAccessKey, endpoint. Files spell them in snake_case, such as access_key_id.",
    });
    expect(await refusal(context, apply(context, TEAM.replace("s3://bucket", "gs://bucket")))).toMatchObject({ code: "bad_config" });
    expect(await refusal(context, apply(context, TEAM.replace("{{env.KEY}}", "hunter2")))).toEqual({
      code: "literal_secret",
      message: 'The file 1.yaml: "secret_access_key" of the artifact store "team-s3" is a secret, and no file may have one in clear.',
      hint: 'Put it into the environment (export TEAM_S3_SECRET_ACCESS_KEY=…) and refer to it in the file: secret_access_key: "{{env.TEAM_S3_SECRET_ACCESS_KEY}}"',
    });
    const missing = `${TEAM}
  alerter: { a: { flavor: slack, package: "@acme/slack" }, b: { flavor: Teams } }
  step_operator: { c: { flavor: mine, custom: true } }
  orchestrator: { d: { flavor: kubeflow } }
`;
    expect(await refusal(context, apply(context, missing))).toEqual({
      code: "flavors_not_installed",
      message:
        'Flavors that the files name are not there: "slack" of @acme/slack (alerter "a"), "Teams" (alerter "b"), "kubeflow" (orchestrator "d"), "mine" (step operator "c").',
      hint:
        "Install them: npm install @acme/slack @zen/integration-kubeflow\n" +
        "Search for a package that has it: zen integration search teams. By convention it would be in @zen/integration-teams: npm install @zen/integration-teams\n" +
        '"mine" was registered from a project\'s own code: zen step-operator flavor register FILE#CLASS',
    });
  });

  it("asks the validators of stacks", async () => {
    const context = await new Machine(onTestFinished).open();
    const text = `${TEAM.replace("orchestrator:", "alerter: loud\n    orchestrator:")}  alerter: { loud: { flavor: pager, config: { needs_registry: true } } }\n`;
    expect(await refusal(context, apply(context, text))).toMatchObject({
      code: "invalid_stack",
      message: 'The alerter "loud" needs a container registry, and the stack "prod" has none.',
    });
  });
});

describe("diff", () => {
  it("works without the flavors, and masks secrets", async () => {
    const machine = new Machine(onTestFinished, ["@zen/integration-local"]);
    const context = await machine.open();
    const component: ComponentRecord = {
      type: "artifact_store",
      name: "team-s3",
      flavor: "s3",
      uuid: crypto.randomUUID(),
      config: {
        path: "s3://bucket/zen",
        secret_access_key: "hunter2",
        endpoint: null,
        options: { list: [1], url: "mysql://ada:hunter2@host" },
      },
      package: undefined,
      version: undefined,
      contract: undefined,
    };
    await context.store.commit([{ kind: "create_component", component }]);
    const text = TEAM.replace("s3://bucket/zen", '"a\\u001b[2J"')
      .trimEnd()
      .concat("\n        options: { list: [2], url: mysql://bob:hunter3@host }\n");
    const { plan } = await planStacks(context, await files(text), { prune: false, onlyCompare: true });
    expect(lines(plan)).toEqual([
      "update artifact_store team-s3 options.list: [1] → [2] options.url: mysql://ada:********@host → mysql://bob:********@host" +
        ' path: s3://bucket/zen → "a\\u001b[2J" secret_access_key: ******** → {{env.KEY}}',
      "create stack prod",
    ]);
    expect(plan.unchecked).toEqual([
      { type: "artifact_store", name: "team-s3", reason: 'There is no artifact store flavor "s3" among the installed packages.' },
    ]);
  });
});

describe("import", () => {
  const run = async (context: Context, text: string, options: ImportOptions = {}): Promise<string[]> => {
    const { parts } = await importStacks(context, await files(text), options);
    return parts.map(({ action, type, name, from }) => `${action} ${type} ${name}${name === from ? "" : ` from ${from}`}`);
  };

  it("uses what is the same, and takes only what the stacks need", async () => {
    const context = await new Machine(onTestFinished).open();
    const text = `${TEAM}  alerter: { unused: { flavor: pager } }\n`;
    expect(await run(context, text)).toEqual(["created artifact_store team-s3", "created stack prod"]);
    expect(await run(context, text, { name: "second" })).toEqual(["reused artifact_store team-s3", "created stack second"]);
    expect(await context.store.listComponents("alerter")).toEqual([]);
  });

  it("names all conflicts, and does with them what it is told", async () => {
    const context = await new Machine(onTestFinished).open();
    await run(context, TEAM);
    const other = TEAM.replace("bucket/zen", "other");
    expect(await refusal(context, run(context, other))).toEqual({
      code: "import_conflict",
      message: 'The profile "default" already has the stack "prod", the artifact store "team-s3" with another configuration.',
      hint:
        "Nothing was changed. Say what becomes of them: --on-conflict rename (import under names such as prod-2), keep (use what is there) " +
        "or replace (change what is there). Or answer questions: --interactive",
    });
    expect(await run(context, other, { onConflict: "rename" })).toEqual([
      "created artifact_store team-s3-2 from team-s3",
      "created stack prod-2 from prod",
    ]);
    expect((await context.store.requireStack("prod-2")).components.artifact_store).toBe("team-s3-2");
    expect(await run(context, other, { onConflict: "keep", name: "third" })).toEqual([
      "kept artifact_store team-s3",
      "created stack third",
    ]);
    expect(await run(context, other, { onConflict: "keep" })).toEqual(["kept stack prod"]);
    expect(await run(context, other, { onConflict: "replace" })).toEqual(["updated artifact_store team-s3", "updated stack prod"]);
    expect((await context.store.requireComponent("artifact_store", "team-s3")).config).toMatchObject({ path: "s3://other" });
  });

  it("asks for names until they can be used", async () => {
    const context = await new Machine(onTestFinished).open();
    await run(context, TEAM);
    const answers = ["a/b", "PROD", "mine", "team-s3", "s3-b"];
    const asked: unknown[] = [];
    const ask: ImportOptions["ask"] = async ({ type, name, problem }) => {
      asked.push([type, name, problem]);
      return answers.shift()!;
    };
    expect(await run(context, TEAM.replace("bucket/zen", "other"), { ask })).toEqual([
      "created artifact_store s3-b from team-s3",
      "created stack mine from prod",
    ]);
    expect(asked).toEqual([
      ["stack", "prod", null],
      ["stack", "prod", '"a/b" can\'t be the name of a new stack: it contains a path separator.'],
      ["stack", "prod", 'There is a stack "PROD" already.'],
      ["artifact_store", "team-s3", null],
      ["artifact_store", "team-s3", 'There is an artifact store "team-s3" already.'],
    ]);
  });

  it("picks one of several stacks by name", async () => {
    const context = await new Machine(onTestFinished).open();
    const two = TEAM.replace("stacks:", "stacks:\n  dev: { orchestrator: default, metadata_store: default, artifact_store: default }");
    expect(await run(context, two, { name: "dev" })).toEqual(["created stack dev"]);
    expect(await refusal(context, run(context, two, { name: "prd" }))).toEqual({
      code: "bad_stack_file",
      message: 'The file 1.yaml can\'t be used: it has no stack "prd". Did you mean "prod"?',
      hint: "Its stacks are: dev, prod.",
    });
    expect(await refusal(context, run(context, "format: 1"))).toMatchObject({ code: "no_stack_in_file" });
  });

  it("passes over what only ZenML's flavors have, in a file of ZenML's", async () => {
    const machine = new Machine(onTestFinished);
    const context = await machine.open();
    const text = `
stack_name: old
zenml_version: 0.8.1
components:
  orchestrator: { flavor: local, name: default }
  metadata_store: { flavor: sqlite, name: meta, uri: /data/meta.db, upgrade_migration_enabled: true }
  artifact_store: { flavor: s3, name: bucket, path: "s3://x", secret_access_key: null }
`;
    expect(await run(context, text)).toEqual([
      "created artifact_store bucket",
      "created metadata_store meta",
      "reused orchestrator default",
      "created stack old",
    ]);
    expect((await context.store.requireComponent("metadata_store", "meta")).config).toEqual({ uri: "/data/meta.db" });
    expect(await refusal(context, run(context, text.replace("null", "hunter2").replaceAll("bucket", "b2"), { name: "x" }))).toMatchObject({
      code: "literal_secret",
    });
  });
});
