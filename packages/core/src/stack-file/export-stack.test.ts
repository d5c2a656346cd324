import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ComponentRecord } from "../store/stack-store.ts";
import { exportStack } from "./export-stack.ts";
import { Machine } from "./flavors.fixture.ts";
import { parseStackFile } from "./parse-stack-file.ts";

const S3: ComponentRecord = {
  type: "artifact_store",
  name: "team-s3",
  flavor: "s3",
  uuid: "8d0a1c55-7a2e-4a36-9f65-0d6b0f6a2c11",
  config: { path: "s3://bucket/zen", region: "eu", secret_access_key: "{{env.AWS_SECRET_ACCESS_KEY}}" },
  package: "@zen/integration-s3",
  version: "1.0.0",
  contract: 1,
};

async function exported(components: readonly ComponentRecord[], options: { keepPaths?: boolean; machine?: Machine } = {}) {
  const { machine = new Machine(onTestFinished), keepPaths = false } = options;
  const context = await machine.open();
  const parts = { orchestrator: "default", metadata_store: "default", artifact_store: "default" };
  const own = Object.fromEntries(components.map(({ type, name }) => [type, name]));
  await context.store.commit([
    ...components.map((component) => ({ kind: "create_component", component }) as const),
    { kind: "create_stack", stack: { name: "prod", components: { ...parts, ...own } } },
  ]);
  const { text, notes } = await exportStack(context, "prod", { keepPaths });
  const { components: declared } = await parseStackFile({ source: "the export", text });
  const configs = Object.fromEntries(declared.filter(({ name }) => name !== "default").map(({ name, config }) => [name, config]));
  return { text, notes, configs, machine };
}

describe("an export", () => {
  it("has everything that another machine needs, and no uuid", async () => {
    const { text, notes } = await exported([S3]);
    expect(text).toBe(`\
format: 1
stacks:
  prod:
    orchestrator: default
    metadata_store: default
    artifact_store: team-s3
components:
  orchestrator:
    default:
      flavor: local
      package: "@zen/integration-local"
      version: 1.0.0
  metadata_store:
    default:
      flavor: sqlite
      package: "@zen/integration-local"
      version: 1.0.0
      config:
        uri: "{{local_stores}}/default/zen.db"
  artifact_store:
    team-s3:
      flavor: s3
      package: "@zen/integration-s3"
      version: 1.0.0
      config:
        path: s3://bucket/zen
        region: eu
        secret_access_key: "{{env.AWS_SECRET_ACCESS_KEY}}"
`);
    expect(notes).toEqual([]);
  });

  it("refers to the environment in place of a secret, and takes passwords out of addresses", async () => {
    const { text, notes, configs } = await exported([
      {
        ...S3,
        package: undefined,
        config: {
          path: "s3://b",
          secret_access_key: "hunter2",
          endpoint: "https://ada:hunter2@host:9000/x",
          uuid_of_zenml: "x",
          region: null,
        },
      },
      {
        ...S3,
        type: "alerter",
        name: "7-slack",
        flavor: "slack",
        config: { slack_token: "hunter2", nested: { apiKey: "hunter2", rows: [{ password: 7 }] }, keep: 1 },
      },
    ]);
    expect(text).not.toContain("hunter2");
    expect(configs).toEqual({
      "team-s3": { path: "s3://b", secret_access_key: "{{env.TEAM_S3_SECRET_ACCESS_KEY}}", endpoint: "https://ada@host:9000/x" },
      "7-slack": {
        slack_token: "{{env._7_SLACK_SLACK_TOKEN}}",
        nested: { apiKey: "{{env._7_SLACK_NESTED_APIKEY}}", rows: [{ password: "{{env._7_SLACK_NESTED_ROWS_0_PASSWORD}}" }] },
        keep: 1,
      },
    });
    expect(notes.map(({ kind, component, field, instead }) => [kind, component, field, instead])).toEqual([
      ["secret", "team-s3", "secret_access_key", "TEAM_S3_SECRET_ACCESS_KEY"],
      ["password", "team-s3", "endpoint", null],
      ["secret", "7-slack", "nested.apiKey", "_7_SLACK_NESTED_APIKEY"],
      ["secret", "7-slack", "nested.rows.0.password", "_7_SLACK_NESTED_ROWS_0_PASSWORD"],
      ["secret", "7-slack", "slack_token", "_7_SLACK_SLACK_TOKEN"],
    ]);
  });

  it("puts placeholders where absolute paths are, and keeps how they lie to one another", async () => {
    const machine = new Machine(onTestFinished);
    const { configs, notes } = await exported(
      [
        { ...S3, name: "disk", flavor: "local", package: "@zen/integration-local", config: { path: "/data/art/" } },
        {
          ...S3,
          type: "metadata_store",
          name: "db",
          flavor: "sqlite",
          package: "@zen/integration-local",
          config: { uri: "file:///data/art/x/../zen.db" },
        },
        {
          ...S3,
          type: "alerter",
          name: "odd",
          flavor: "odd",
          package: "odd",
          config: {
            own: join(machine.config, "local_stores/default/a/b"),
            windows: ["C:\\Users\\ada\\w", "D:/w"],
            sibling: "/data/artful",
            relative: "x/y",
            url: "s3://x/data/art",
            root: "/other/w",
          },
        },
      ],
      { machine },
    );
    expect(configs).toEqual({
      disk: { path: "{{local_stores}}/disk/art" },
      db: { uri: "file://{{local_stores}}/disk/art/zen.db" },
      odd: {
        own: "{{local_stores}}/a/b",
        relative: "x/y",
        root: "{{local_stores}}/odd/w",
        sibling: "{{local_stores}}/odd/artful",
        url: "s3://x/data/art",
        windows: ["{{local_stores}}/odd-2/w", "{{local_stores}}/odd-3/w"],
      },
    });
    expect(notes.map(({ kind, path }) => [kind, path])).toContainEqual(["path", "/data/art/"]);
  });

  it("keeps paths when told to", async () => {
    const { configs, text } = await exported([{ ...S3, name: "nfs", flavor: "local", config: { path: "/mnt/team" } }], { keepPaths: true });
    expect(configs).toEqual({ nfs: { path: "/mnt/team" } });
    expect(text).toContain('uri: "{{local_stores}}/default/zen.db"');
  });
});
