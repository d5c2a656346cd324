// A configuration folder that ZenML 0.8.1 wrote works as it is, and ZenML finds in it what it left there.
import { globSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { oneStep } from "../src/one-step.ts";
import { Project, type Ended } from "../src/project.ts";
import { refusalIn, tidy } from "../src/refusal.ts";

const STORE = "3c1ac72b-6a3a-4e2c-9d35-7d6d3b1b2f10";

/** The files of the folder. CONFIG is where it is. `team` has Python flavors, one of which has a name that zen has as well. */
const FILES: Readonly<Record<string, string>> = {
  "config.yaml": `\
activated_profile: default
analytics_opt_in: false
profiles:
  default:
    active_stack: default
    active_user: default
    name: default
    store_type: local
    store_url: file://CONFIG/profiles/default
  team:
    active_stack: team
    active_user: ada
    name: team
    store_type: local
    store_url: file://CONFIG/profiles/team
user_id: 8d1cf6d0-3f0c-4a7e-a6c5-d2f1b8a4e9aa
user_metadata: null
version: 0.8.1
`,
  "profiles/default/stacks.yaml": `\
projects: []
role_assignments: []
roles: []
stack_component_flavors: []
stack_components:
  artifact_store:
    default: local
    second: local
  metadata_store:
    default: sqlite
    prod: mysql
  orchestrator:
    default: local
    kubeflow: kubeflow
stacks:
  default:
    artifact_store: default
    metadata_store: default
    orchestrator: default
  prod:
    artifact_store: second
    metadata_store: prod
    orchestrator: kubeflow
team_assignments: {}
teams: []
users:
- creation_date: '2022-06-01T10:00:00.123456'
  id: 6f0a5b52-74b0-4d2c-8b3a-0f9e4fd1c0de
  name: default
`,
  "profiles/default/pipeline_runs.yaml": `\
pipeline_runs:
  training:
  - git_sha: null
    name: training-01_Jun_22-10_00_00_000000
    pipeline:
      docstring: null
      name: training
      steps: []
    project_name: null
    runtime_configuration: {}
    stack:
      components: []
      name: default
    user_id: 8d1cf6d0-3f0c-4a7e-a6c5-d2f1b8a4e9aa
    zenml_version: 0.8.1
`,
  "profiles/default/artifact_stores/default.yaml": `name: default\npath: CONFIG/local_stores/${STORE}\nuuid: ${STORE}\n`,
  "profiles/default/artifact_stores/second.yaml": `\
# where the team keeps its artifacts
future: null
mode: 0o17
name: second
number: 123456789012345678901234567890
path: /data/second
quoted: "yes"
ratio: 1.0
uuid: 0a1b2c3d-0000-4000-8000-000000000001
`,
  "profiles/default/metadata_stores/default.yaml": `\
name: default
upgrade_migration_enabled: true
uri: CONFIG/local_stores/${STORE}/metadata.db
uuid: 0a1b2c3d-0000-4000-8000-000000000002
`,
  "profiles/default/metadata_stores/prod.yaml": `\
database: zenml
host: db.example.com
name: prod
password: s3cr3t-of-prod
port: 3306
secret: null
ssl_ca: null
upgrade_migration_enabled: true
username: zen
uuid: 0a1b2c3d-0000-4000-8000-000000000003
`,
  "profiles/default/orchestrators/default.yaml": "name: default\nuuid: 0a1b2c3d-0000-4000-8000-000000000004\n",
  "profiles/default/orchestrators/kubeflow.yaml": `\
custom_docker_base_image_name: null
kubeflow_pipelines_ui_port: 8080
kubernetes_context: null
name: kubeflow
synchronous: false
uuid: 0a1b2c3d-0000-4000-8000-000000000005
`,
  "profiles/team/stacks.yaml": `\
projects:
- creation_date: '2022-06-01T10:00:00.123456'
  description: null
  id: 5b0d7fb0-3c55-4f26-93ce-6d3a5a7ad001
  name: churn
role_assignments:
- id: 5b0d7fb0-3c55-4f26-93ce-6d3a5a7ad002
  project_id: null
  role_id: 5b0d7fb0-3c55-4f26-93ce-6d3a5a7ad003
  team_id: null
  user_id: 5b0d7fb0-3c55-4f26-93ce-6d3a5a7ad004
roles:
- creation_date: '2022-06-01T10:00:00.123456'
  id: 5b0d7fb0-3c55-4f26-93ce-6d3a5a7ad003
  name: admin
stack_component_flavors:
- integration: ''
  name: local
  source: stores.shadow.LocalStore
  type: artifact_store
- integration: ''
  name: custom
  source: stores.custom.CustomStore
  type: artifact_store
stack_components:
  artifact_store:
    mine: custom
    shadowed: local
  metadata_store:
    default: sqlite
  orchestrator:
    default: local
stacks:
  team:
    artifact_store: mine
    metadata_store: default
    orchestrator: default
team_assignments:
  research:
  - ada
teams:
- creation_date: '2022-06-01T10:00:00.123456'
  id: 5b0d7fb0-3c55-4f26-93ce-6d3a5a7ad005
  name: research
users:
- creation_date: '2022-06-01T10:00:00.123456'
  id: 5b0d7fb0-3c55-4f26-93ce-6d3a5a7ad004
  name: ada
`,
  "profiles/team/artifact_stores/mine.yaml": "bucket: null\nname: mine\npath: custom://data\nuuid: 0a1b2c3d-0000-4000-8000-000000000006\n",
  "profiles/team/artifact_stores/shadowed.yaml": "name: shadowed\npath: /data/shadowed\nuuid: 0a1b2c3d-0000-4000-8000-000000000007\n",
  "profiles/team/metadata_stores/default.yaml": `\
name: default
upgrade_migration_enabled: true
uri: CONFIG/local_stores/${STORE}/metadata.db
uuid: 0a1b2c3d-0000-4000-8000-000000000008
`,
  "profiles/team/orchestrators/default.yaml": "name: default\nuuid: 0a1b2c3d-0000-4000-8000-000000000009\n",
};

/** As ML Metadata 1.5 makes them, with a run in them. */
const ML_METADATA = `
CREATE TABLE \`Type\` (\`id\` INTEGER PRIMARY KEY AUTOINCREMENT, \`name\` VARCHAR(255) NOT NULL, \`version\` VARCHAR(255), \`type_kind\` TINYINT(1) NOT NULL, \`description\` TEXT, \`input_type\` TEXT, \`output_type\` TEXT);
CREATE TABLE \`Artifact\` (\`id\` INTEGER PRIMARY KEY AUTOINCREMENT, \`type_id\` INT NOT NULL, \`uri\` TEXT, \`state\` INT, \`name\` VARCHAR(255), \`create_time_since_epoch\` INT NOT NULL DEFAULT 0, \`last_update_time_since_epoch\` INT NOT NULL DEFAULT 0, UNIQUE(\`type_id\`, \`name\`));
CREATE TABLE \`Execution\` (\`id\` INTEGER PRIMARY KEY AUTOINCREMENT, \`type_id\` INT NOT NULL, \`last_known_state\` INT, \`name\` VARCHAR(255), \`create_time_since_epoch\` INT NOT NULL DEFAULT 0, \`last_update_time_since_epoch\` INT NOT NULL DEFAULT 0, UNIQUE(\`type_id\`, \`name\`));
CREATE TABLE \`Event\` (\`id\` INTEGER PRIMARY KEY AUTOINCREMENT, \`artifact_id\` INT NOT NULL, \`execution_id\` INT NOT NULL, \`type\` INT NOT NULL, \`milliseconds_since_epoch\` INT);
CREATE TABLE \`MLMDEnv\` (\`schema_version\` INTEGER PRIMARY KEY);
INSERT INTO MLMDEnv VALUES (7);
INSERT INTO Type (name, type_kind) VALUES ('DataArtifact', 1);
INSERT INTO Artifact (type_id, uri) VALUES (1, '/data/importer/output/1');
`;

/** A project whose configuration folder is the one that ZenML wrote. */
function project({ version = "0.8.1" }: { readonly version?: string } = {}): Project {
  const made = new Project({ "p.ts": oneStep(`"made"`) });
  for (const [name, text] of Object.entries(FILES)) {
    const file = path.join(made.configFolder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text.replaceAll("CONFIG", made.configFolder).replace("version: 0.8.1\n", `version: ${version}\n`));
  }
  mkdirSync(path.join(made.configFolder, "local_stores", STORE), { recursive: true });
  const database = new DatabaseSync(path.join(made.configFolder, "local_stores", STORE, "metadata.db"));
  database.exec(ML_METADATA);
  database.close();
  return made;
}

/** The bytes of every file in the configuration folder, by path. */
function bytes({ configFolder }: Project): Record<string, string> {
  const files = globSync("**/*", { cwd: configFolder }).filter((file) => statSync(path.join(configFolder, file)).isFile());
  return Object.fromEntries(files.toSorted().map((file) => [file, readFileSync(path.join(configFolder, file), "latin1")]));
}

/** What was written since: each file that is new (`+`) or has changed (`~`); zen's lock is left out. */
function written(before: Record<string, string>, now: Record<string, string>): string[] {
  expect(Object.keys(before).filter((file) => !(file in now))).toEqual([]);
  return Object.keys(now).flatMap((file) => {
    if (file.startsWith("lock.db")) return [];
    return !(file in before) ? [`+ ${file}`] : now[file] === before[file] ? [] : [`~ ${file}`];
  });
}

async function done(zen: Project, ...args: readonly string[]): Promise<Ended> {
  const ended = await zen.zen(...args);
  expect(ended.code, `zen ${args.join(" ")}\n${ended.stderr}`).toBe(0);
  return ended;
}

test("what reads works, and writes nothing", async () => {
  const zen = project();
  const before = bytes(zen);
  expect(await zen.json("profile", "list")).toMatchObject([
    { name: "default", active: true, active_stack: "default", problem: null },
    { name: "team", active: false, active_stack: "team", active_user: "ada", problem: null },
  ]);
  expect(await zen.json("stack", "list")).toEqual([
    { name: "default", active: true, orchestrator: "default", metadata_store: "default", artifact_store: "default" },
    { name: "prod", active: false, orchestrator: "kubeflow", metadata_store: "prod", artifact_store: "second" },
  ]);
  expect(await zen.json("stack", "describe", "prod")).toMatchObject({ orchestrator: "kubeflow" });
  expect(await zen.json("orchestrator", "describe", "kubeflow")).toMatchObject({
    flavor: "kubeflow",
    config: { kubernetes_context: null, kubeflow_pipelines_ui_port: 8080, synchronous: false },
  });
  expect(await zen.json("artifact-store", "list")).toHaveLength(2);
  expect((await done(zen, "metadata-store", "list")).stdout).toContain("db.example.com");
  await done(zen, "status");
  await done(zen, "stack", "list", "--profile", "team");
  expect(written(before, bytes(zen))).toEqual([]);
});

test("choosing a stack and a profile changes their lines of config.yaml only", async () => {
  const zen = project();
  // A newer 0.8 may have more in it, and a person may have written beside it.
  const more = `# ours\nbig: 123456789012345678901234567890\nmode: 0o17\nquoted: "yes"\nratio: 1.0\n`;
  const file = path.join(zen.configFolder, "config.yaml");
  writeFileSync(file, readFileSync(file, "utf8") + more);
  const before = bytes(zen);

  await done(zen, "stack", "set", "prod");
  expect(written(before, bytes(zen))).toEqual(["~ config.yaml"]);
  const afterStack = before["config.yaml"]!.replace("active_stack: default", "active_stack: prod");
  expect(readFileSync(file, "utf8")).toBe(afterStack);

  await done(zen, "profile", "set", "team");
  expect(written(before, bytes(zen))).toEqual(["~ config.yaml"]);
  expect(readFileSync(file, "utf8")).toBe(afterStack.replace("activated_profile: default", "activated_profile: team"));
});

test("a pipeline runs on the stack that ZenML left, and writes nothing of ZenML's", async () => {
  const zen = project();
  const before = bytes(zen);
  await done(zen, "pipeline", "run", "p.ts");
  expect((await done(zen, "artifact", "read", "make.output")).stdout).toBe("made\n");
  const [run] = await zen.json<[{ id: string }]>("run", "list");
  const changes = written(before, bytes(zen)).filter((line) => !line.startsWith("+ index/") && !line.includes(run.id));
  expect(changes.map((line) => line.replace(/-(wal|shm)$/, ""))).toEqual([`+ local_stores/${STORE}/zen.db`]);
  // ML Metadata's file has no log beside it either.
  expect(globSync("metadata.db?*", { cwd: path.join(zen.configFolder, "local_stores", STORE) })).toEqual([]);
});

test("in a file that is rewritten whatever isn't concerned keeps its place, value and type", async () => {
  const zen = project();
  const before = bytes(zen);
  const component = "profiles/default/artifact_stores/second.yaml";
  await done(zen, "artifact-store", "update", "second", "--path=/data/third");
  expect(bytes(zen)[component]).toBe(before[component]!.replace("/data/second", "/data/third"));

  await done(zen, "stack", "register", "third", "-o", "default", "-a", "second", "-m", "default");
  await done(zen, "stack", "rename", "prod", "production");
  const stacks = "profiles/default/stacks.yaml";
  expect(bytes(zen)[stacks]).toBe(
    before[stacks]!.replace("  prod:\n", "  production:\n").replace(
      "team_assignments:",
      "  third:\n    artifact_store: second\n    metadata_store: default\n    orchestrator: default\nteam_assignments:",
    ),
  );

  await done(zen, "artifact-store", "rename", "second", "renamed");
  const renamed = "profiles/default/artifact_stores/renamed.yaml";
  expect(bytes(zen)[renamed]).toBe(before[component]!.replace("/data/second", "/data/third").replace("name: second", "name: renamed"));
  const others = Object.keys(before).filter((file) => file !== component && file !== stacks);
  const after = bytes(zen);
  expect(others.filter((file) => after[file] !== before[file])).toEqual([]);
});

test("Python flavors are listed as not usable, a component of one says so, and zen's own of the same name works", async () => {
  const zen = project();
  const before = bytes(zen);
  expect(await zen.json("artifact-store", "flavor", "list", "--profile", "team")).toMatchObject([
    { name: "custom", origin: "python", ready: false, source: "stores.custom.CustomStore (Python)" },
    { name: "local", origin: "package", ready: true, package: "@zen/integration-local" },
    { name: "local", origin: "python", ready: false, source: "stores.shadow.LocalStore (Python)" },
  ]);
  const list = await done(zen, "artifact-store", "list", "--profile", "team");
  expect(list.stdout).toMatch(/^┃ +👉 +│ mine +│ custom /m);
  expect(list.stderr).toContain("mine has a flavor of ZenML's, a class in Python: zen keeps it, and can't use it.\n");
  expect(list.stderr).toContain("shadowed has a flavor of ZenML's, a class in Python: zen keeps it, and can't use it.\n");

  const refusal = refusalIn(zen);
  expect(await refusal("pipeline", "run", "p.ts", "--profile", "team")).toMatchInlineSnapshot(`
    "Running without an active repository root.
    Running with active profile: 'team' (global)
    Error: The artifact store flavor "custom" (stores.custom.CustomStore) can't be used: it is a class in Python, and zen runs TypeScript.
    Register one with a flavor of zen's: zen artifact-store flavor list
    exit code 1
    "
  `);
  expect(written(before, bytes(zen)).filter((line) => line.startsWith("~"))).toEqual([]);

  await done(zen, "profile", "set", "team");
  expect(await refusal("artifact-store", "update", "shadowed", "--path=/data/other")).toMatchInlineSnapshot(`
    "Running without an active repository root.
    Running with active profile: 'team' (global)
    Error: The artifact store flavor "local" (stores.shadow.LocalStore) can't be used: it is a class in Python, and zen runs TypeScript.
    Register one with a flavor of zen's: zen artifact-store flavor list
    exit code 1
    "
  `);
  await done(zen, "artifact-store", "register", "ours", "--flavor=local", `--path=${zen.root}/data`);
  await done(zen, "stack", "register", "ours", "-o", "default", "-a", "ours", "-m", "default", "--set");
  await done(zen, "pipeline", "run", "p.ts");
  expect((await done(zen, "artifact", "read", "make.output")).stdout).toBe("made\n");

  // What ZenML wrote is still there, letter by letter.
  const stacks = bytes(zen)["profiles/team/stacks.yaml"]!;
  expect(stacks).toBe(
    before["profiles/team/stacks.yaml"]!.replace("    mine: custom\n", "    mine: custom\n    ours: local\n").replace(
      "stacks:\n",
      "stacks:\n  ours:\n    artifact_store: ours\n    metadata_store: default\n    orchestrator: default\n",
    ),
  );
  expect(bytes(zen)[`local_stores/${STORE}/metadata.db`]).toBe(before[`local_stores/${STORE}/metadata.db`]);
});

test("secrets that ZenML wrote are never shown, and status says where they are", async () => {
  const zen = project();
  const printed: string[] = [];
  for (const command of ["metadata-store list", "metadata-store describe prod", "stack describe prod", "stack export prod -", "status"]) {
    for (const output of ["table", "json"]) {
      const { stdout, stderr } = await done(zen, ...command.split(" "), "--output", output);
      printed.push(stdout, stderr);
    }
  }
  expect(printed.join("")).not.toContain("s3cr3t");
  expect(await zen.json("metadata-store", "describe", "prod")).toMatchObject({ config: { host: "db.example.com", password: "********" } });
  expect((await done(zen, "status")).stderr).toContain(
    'The metadata store "prod" holds a secret in clear: password. Put it into the environment and ' +
      `write "{{env.PASSWORD}}" in its place, in metadata_stores/prod.yaml of the profile's folder.\n`,
  );
});

test.each(["0.9.0", "0.13.2"])("a folder that ZenML %s wrote is refused, and left as it is", async (version) => {
  const zen = project({ version });
  const before = bytes(zen);
  for (const command of ["stack list", "status", "stack set prod", "profile create other", "init", "pipeline run p.ts"]) {
    const { stdout, stderr, code } = await zen.zen(...command.split(" "));
    expect([stdout, tidy(zen, stderr), code]).toEqual([
      "",
      `Error: CONFIG/config.yaml was written by ZenML ${version}, and zen works with the folders of ZenML 0.8 and older only.\n` +
        "Nothing was changed. Let zen have a folder of its own: unset ZENML_CONFIG_PATH, or export ZENML_CONFIG_PATH=/another/folder\n",
      1,
    ]);
  }
  expect(written(before, bytes(zen))).toEqual([]);
});
