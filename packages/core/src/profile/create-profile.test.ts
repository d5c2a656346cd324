import { execFile, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { load } from "js-yaml";
import { expect, onTestFinished, test } from "vitest";
import { boundByModes } from "../store/bound-by-modes.fixture.ts";
import { FileStackStore } from "../store/file-stack-store.ts";
import { ensureDefaultProfile } from "./create-profile.ts";

const MODULE = new URL("./create-profile.ts", import.meta.url).href;
const MESSAGES = [
  "Creating default profile...",
  "Initializing profile `default`...",
  "Initializing store...",
  "Registered stack component with type 'orchestrator' and name 'default'.",
  "Registered stack component with type 'metadata_store' and name 'default'.",
  "Registered stack component with type 'artifact_store' and name 'default'.",
  "Registered stack with name 'default'.",
  "Created and activated default profile.",
];

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "zen-profile-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function ensure(configFolder: string): Promise<string[]> {
  const lines: string[] = [];
  await ensureDefaultProfile({ configFolder, notice: (line) => lines.push(line), versionOf: () => "0.1.0" });
  return lines;
}

test("first use says what it makes, in the documentation's words, and the second says nothing", async () => {
  const folder = join(temporary(), "not", "there", "yet");
  expect(await ensure(folder)).toEqual(MESSAGES);
  expect(await ensure(folder)).toEqual([]);
  expect(readFileSync(join(folder, "config.yaml"), "utf8")).toBe(`activated_profile: default
profiles:
  default:
    active_stack: default
    active_user: default
    name: default
    store_type: local
    store_url: file://${folder}/profiles/default
`);
  const store = new FileStackStore({ profile: "default", folder: join(folder, "profiles/default"), configFolder: folder });
  const [artifacts] = await store.listComponents("artifact_store");
  const path = join(folder, "local_stores", artifacts!.uuid);
  expect(artifacts).toMatchObject({
    name: "default",
    flavor: "local",
    config: { path },
    package: "@zen/integration-local",
    version: "0.1.0",
    contract: 1,
  });
  expect((await store.listComponents("metadata_store"))[0]).toMatchObject({ flavor: "sqlite", config: { uri: join(path, "zen.db") } });
  expect((await store.listComponents("orchestrator"))[0]).toMatchObject({ flavor: "local", config: {} });
  expect(await store.listStacks()).toEqual([
    { name: "default", components: { orchestrator: "default", metadata_store: "default", artifact_store: "default" } },
  ]);
});

test("32 processes that start at once make one default profile, and one of them says so", { timeout: 120_000 }, async () => {
  const folder = join(temporary(), "config");
  const script = `
    const { ensureDefaultProfile } = await import(${JSON.stringify(MODULE)});
    const { profiles, activatedProfile } = await ensureDefaultProfile({ configFolder: ${JSON.stringify(folder)}, notice: (line) => console.error(line) });
    console.log(activatedProfile, profiles.length);`;
  const results = await Promise.all(
    Array.from({ length: 32 }, () => promisify(execFile)(process.execPath, ["--input-type=module", "-e", script])),
  );
  expect(new Set(results.map((result) => result.stdout))).toEqual(new Set(["default 1\n"]));
  expect(results.map((result) => result.stderr).filter((text) => text !== "")).toEqual([`${MESSAGES.join("\n")}\n`]);
  expect(readdirSync(join(folder, "profiles/default")).sort()).toEqual([
    "artifact_stores",
    "metadata_stores",
    "orchestrators",
    "stacks.yaml",
    "zen.yaml",
  ]);
});

test("what is in a configuration without profiles stays", async () => {
  const folder = temporary();
  writeFileSync(join(folder, "config.yaml"), "# mine\nanalytics_opt_in: true\nuser_id: c116e21a-e495-4acb-8192-3ce0a1ccfcdc\n");
  expect(await ensure(folder)).toEqual(MESSAGES);
  expect(readFileSync(join(folder, "config.yaml"), "utf8")).toMatch(
    /^activated_profile: default\n# mine\nanalytics_opt_in: true\nprofiles:\n[^]*\nuser_id: c116e21a/,
  );
});

test("the stacks of a default profile whose configuration was lost are kept", async () => {
  const folder = temporary();
  await ensure(folder);
  const before = readFileSync(join(folder, "profiles/default/stacks.yaml"), "utf8");
  rmSync(join(folder, "config.yaml"));
  expect(await ensure(folder)).toEqual(MESSAGES.filter((line) => !line.startsWith("Registered")));
  expect(readFileSync(join(folder, "profiles/default/stacks.yaml"), "utf8")).toBe(before);
});

test("a process that died half-way is made good by the next", async () => {
  const folder = temporary();
  await ensure(folder);
  for (const lost of ["config.yaml", "profiles/default/stacks.yaml"]) rmSync(join(folder, lost));
  expect(await ensure(folder)).toEqual(MESSAGES);
  const store = new FileStackStore({ profile: "default", folder: join(folder, "profiles/default"), configFolder: folder });
  const [artifacts] = await store.listComponents("artifact_store");
  expect((await store.listComponents("metadata_store"))[0]!.config["uri"]).toBe(join(artifacts!.config["path"] as string, "zen.db"));
});

test("a default profile that is there but not activated is activated without a word", async () => {
  const folder = temporary();
  await ensure(folder);
  const file = join(folder, "config.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace("activated_profile: default\n", ""));
  expect(await ensure(folder)).toEqual([]);
  expect(load(readFileSync(file, "utf8"))).toMatchObject({ activated_profile: "default" });
});

test("a broken configuration is left as it is", async () => {
  const folder = temporary();
  writeFileSync(join(folder, "config.yaml"), "profiles: {\n");
  await expect(ensure(folder)).rejects.toMatchObject({ code: "broken_file" });
  expect(readFileSync(join(folder, "config.yaml"), "utf8")).toBe("profiles: {\n");
});

test("a file where the folder should be is named", async () => {
  const file = join(temporary(), "file");
  writeFileSync(file, "");
  await expect(ensure(file)).rejects.toMatchObject({ code: "not_a_folder", message: expect.stringContaining(file) });
});

test("a folder that this user may not write to is named, and nothing is left in it", async () => {
  const folder = temporary();
  mkdirSync(join(folder, "config"), { mode: 0o555 });
  chmodSync(folder, 0o555);
  for (const configFolder of [join(folder, "config"), join(folder, "new")]) {
    const script = `import(${JSON.stringify(MODULE)}).then((m) => m.ensureDefaultProfile({ configFolder: ${JSON.stringify(configFolder)}, notice: () => {} })).catch((error) => console.log(error.code, error.message))`;
    const { stdout } = await boundByModes(["-e", script]);
    expect(stdout).toMatch(/^permission_denied zen can't .*: permission denied\.\n$/);
    expect(stdout).toContain(configFolder);
  }
  expect(readdirSync(folder)).toEqual(["config"]);
  expect(readdirSync(join(folder, "config"))).toEqual([]);
});

test.skipIf(process.getuid?.() !== 0 || process.platform !== "linux")(
  "a full disk is said in words, and what was there is whole",
  async (context) => {
    const folder = temporary();
    const disk = join(folder, "disk");
    mkdirSync(disk);
    if (spawnSync("/bin/mount", ["-t", "tmpfs", "-o", "size=128k", "tmpfs", disk]).status !== 0)
      return context.skip("this machine doesn't let tests mount a disk");
    try {
      await ensure(disk);
      const before = readFileSync(join(disk, "profiles/default/stacks.yaml"), "utf8");
      expect(() => writeFileSync(join(disk, "fill"), new Uint8Array(256 * 1024))).toThrow("ENOSPC");
      const store = new FileStackStore({ profile: "default", folder: join(disk, "profiles/default"), configFolder: disk });
      const component = {
        type: "alerter",
        name: "new",
        flavor: "x",
        uuid: "u",
        config: {},
        package: undefined,
        version: undefined,
        contract: undefined,
      } as const;
      await expect(store.commit([{ kind: "create_component", component }])).rejects.toMatchObject({
        code: "disk_full",
        message: expect.stringMatching(/^zen can't .*: no space is left on the device\.$/),
      });
      expect(readFileSync(join(disk, "profiles/default/stacks.yaml"), "utf8")).toBe(before);
      expect(await store.listStacks()).toHaveLength(1);
    } finally {
      spawnSync("/bin/umount", [disk]);
    }
  },
);
