import { existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GO_MISSING, S3_KEYS, startVersitygw } from "@zen-tests/servers";
import { S3ArtifactStore } from "@zen/integration-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectCheckToGiveUp } from "../src/frozen-check.ts";
import { ended, events, Project, workspace, type Ended } from "../src/project.ts";
import { copyQuickstart, RUN_QUICKSTART } from "../src/quickstart.ts";
import { WAITING } from "../src/waiting-pipeline.ts";

const server = GO_MISSING === undefined ? await startVersitygw() : undefined;
/** All that any command has printed. */
let printed = "";

describe.skipIf(!server)("artifacts on S3", () => {
  let project: Project;
  let store: S3ArtifactStore;

  beforeAll(async () => {
    mkdirSync(path.join(server!.folder, "models"));
    project = new Project({}, { remove: afterAll });
    store = new S3ArtifactStore({ name: "test", path: "s3://models/zen", endpoint: server!.url, ...S3_KEYS });
    // The quickstart, unchanged, in a project that has the integration.
    copyQuickstart(project);
    const dependencies = { "@zen/cli": "*", "@zen/core": "*", "@zen/integration-s3": "*", zod: "*" };
    project.write({ "package.json": JSON.stringify({ name: "project", private: true, type: "module", dependencies }) });
    symlinkSync(path.join(workspace, "integrations/s3"), path.join(project.folder, "node_modules/@zen/integration-s3"), "dir");
    await zen("init");
  });
  afterAll(() => server![Symbol.asyncDispose]());

  /** A command whose environment has the keys, with one configuration folder or another. */
  async function zenWith(env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Ended> {
    const done = await ended(
      project.start([project.zenBin, ...args], {
        env: { ...project.env, STORE_KEY_ID: S3_KEYS.accessKeyId, STORE_SECRET: S3_KEYS.secretAccessKey, ...env },
      }),
    );
    printed += done.stdout + done.stderr;
    return done;
  }
  const zen = (...args: readonly string[]): Promise<Ended> => zenWith({}, ...args);

  async function registerStack(env: NodeJS.ProcessEnv, metadata: string): Promise<void> {
    for (const command of [
      [
        "artifact-store",
        "register",
        "cloud",
        "--flavor=s3",
        "--path=s3://models/zen",
        `--endpoint=${server!.url}`,
        "--access-key-id={{env.STORE_KEY_ID}}",
        "--secret-access-key={{env.STORE_SECRET}}",
      ],
      ["metadata-store", "register", "shared", "--flavor=sqlite", `--uri=${metadata}`],
      ["stack", "register", "cloud", "-o", "default", "-m", "shared", "-a", "cloud"],
      ["stack", "set", "cloud"],
    ]) {
      const { code, stderr } = await zenWith(env, ...command);
      expect(code, stderr).toBe(0);
    }
  }

  const run = (env: NodeJS.ProcessEnv = {}, ...flags: readonly string[]): Promise<Ended> =>
    zenWith(env, ...RUN_QUICKSTART, "--output", "json", ...flags);
  const metadata = (): string => path.join(project.root, "shared.db");

  test("a key in clear is refused, with the line to type instead", async () => {
    const { code, stderr } = await zen(
      "artifact-store",
      "register",
      "clear",
      "--flavor=s3",
      "--path=s3://models/zen",
      `--access-key-id=${S3_KEYS.accessKeyId}`,
      `--secret-access-key=${S3_KEYS.secretAccessKey}`,
    );
    expect(code).toBe(2);
    expect(stderr).toContain(
      "Put it into the environment (export ACCESS_KEY_ID=…) and refer to it: --access_key_id='{{env.ACCESS_KEY_ID}}'",
    );
  });

  test("the quickstart runs on it, unchanged, and its artifacts are read back", async () => {
    await registerStack({}, metadata());
    const { stdout, stderr } = await run();
    expect(events(stdout).at(-1), stderr).toMatchObject({ pipeline: "which-language", status: "completed" });
    const described = JSON.parse((await zen("artifact", "describe", "evaluate.scores", "--output", "json")).stdout) as {
      uri: string;
      size: number;
    };
    expect(described.uri).toMatch(/^s3:\/\/models\/zen\//);
    const read = await zen("artifact", "read", "evaluate.scores", "--output", "json");
    expect(JSON.parse(read.stdout)).toMatchObject({ accuracy: expect.any(Number) });
    const stat = await store.stat(described.uri.replace("s3://models/zen/", ""));
    expect(stat?.size).toBe(described.size);
  });

  test("what one machine has made is a hit on another that shares the stores", async () => {
    const other = { ZENML_CONFIG_PATH: path.join(project.root, "other-machine") };
    await registerStack(other, metadata());
    const { stdout } = await run(other);
    const { steps } = events(stdout).at(-1) as { steps: { name: string; cached: boolean; reason: string }[] };
    for (const name of ["split", "train", "evaluate"]) {
      expect(steps.find((step) => step.name === name)).toMatchObject({
        cached: true,
        reason: expect.stringMatching(/^same code and inputs/),
      });
    }
  });

  test("a wrong secret, and a server that is gone, are said with what to do, also with --debug", async () => {
    for (const flags of [[], ["--debug"]]) {
      const wrong = await zenWith({ STORE_SECRET: `${S3_KEYS.secretAccessKey}x` }, "artifact", "read", "evaluate.scores", ...flags);
      expect(wrong.code).toBe(1);
      expect(wrong.stderr).toMatch(
        /Can't read ".+" in the artifact store "cloud" \(bucket "models"\): the credentials aren't accepted \(SignatureDoesNotMatch/,
      );
      const unset = await zenWith({ STORE_SECRET: "" }, "artifact", "read", "evaluate.scores", ...flags);
      expect(unset.stderr).toContain("The environment variable STORE_SECRET, which {{env.STORE_SECRET}} refers to, is not set.");
    }
    await server!.kill();
    const gone = await zen("artifact", "read", "evaluate.scores");
    await server!.start();
    expect(gone.stderr).toMatch(/the connection failed \(ECONNREFUSED\)/);
  });

  test("a check of a server that hangs ends soon after Ctrl-C", async () => {
    await expectCheckToGiveUp(server!, zen, [
      "--flavor=s3",
      "--path=s3://models/zen",
      `--endpoint=${server!.url}`,
      "--access-key-id={{env.STORE_KEY_ID}}",
      "--secret-access-key={{env.STORE_SECRET}}",
    ]);
  });

  test("a store with the same path on another server is another one: nothing is taken for a hit, and copies go there", async () => {
    await using other = await startVersitygw();
    mkdirSync(path.join(other.folder, "models"));
    for (const command of [
      `artifact-store register twin --flavor=s3 --path=s3://models/zen --endpoint=${other.url} --access-key-id={{env.STORE_KEY_ID}} --secret-access-key={{env.STORE_SECRET}}`,
      "stack register twin -o default -m shared -a twin",
    ])
      expect(await zen(...command.split(" "))).toMatchObject({ code: 0 });
    // Read from where it is, though the active stack's store has the path that the record names.
    const read = await zen("artifact", "read", "evaluate.scores", "--stack", "twin", "--output", "json");
    expect(JSON.parse(read.stdout), read.stderr).toMatchObject({ accuracy: expect.any(Number) });
    const stepsOn = async (stack: string): Promise<Map<string, boolean>> => {
      const { stdout } = await run({}, "--stack", stack);
      const { steps } = events(stdout).at(-1) as { steps: { name: string; cached: boolean }[] };
      return new Map(steps.map(({ name, cached }) => [name, cached]));
    };
    const copied = await zen("artifact", "copy", "split.train", "--to-stack", "twin", "--output", "json");
    expect(JSON.parse(copied.stdout), copied.stderr).toMatchObject({ artifacts: [{ name: "split.train", status: "copied" }] });
    expect((await stepsOn("cloud")).get("train")).toBe(true);
    expect((await stepsOn("twin")).get("train")).toBe(false);
    expect((await stepsOn("twin")).get("train")).toBe(true);
    for (const command of ["stack delete twin --yes", "artifact-store delete twin"])
      expect(await zen(...command.split(" "))).toMatchObject({ code: 0 });
  });

  test("no key and no secret is in any output or file", async () => {
    const wrong = { STORE_SECRET: `${S3_KEYS.secretAccessKey}x` };
    const COMMANDS = [
      "artifact-store describe cloud",
      "artifact-store list",
      "artifact-store check cloud",
      "artifact-store register again --flavor=s3 --path=s3://models/again --access-key-id={{env.STORE_KEY_ID}} --secret-access-key={{env.STORE_SECRET}} --endpoint=http://127.0.0.1:9 --max-attempts=2 --check",
      "stack describe cloud",
      "stack check cloud",
      "stack export cloud",
      "stack diff cloud.yaml",
      "artifact copy evaluate.scores --to-stack default",
      "artifact copy evaluate.scores --to-stack cloud --stack default",
      "run describe",
      "run logs",
    ];
    for (const command of COMMANDS) {
      for (const flags of [["--debug"], ["--output", "json", "--debug"]]) {
        await zen(...command.split(" "), ...flags);
        await zenWith(wrong, ...command.split(" "), ...flags);
      }
    }
    expect(printed).toContain("{{env.STORE_SECRET}}");
    expect(printed).toContain("    at ");
    const files = globSync(["**/*", "**/.*/**/*"], { cwd: project.root, exclude: (name) => name.includes("node_modules") })
      .map((name) => path.join(project.root, name))
      .filter((file) => statSync(file).isFile());
    for (const file of ["cloud.yaml", "shared.db"]) expect(files.map((one) => path.basename(one))).toContain(file);
    expect(files.some((file) => file.includes("/.zen/"))).toBe(true);
    expect(files.some((file) => readFileSync(file, "utf8").includes("{{env.STORE_SECRET}}"))).toBe(true);
    const objects = globSync("models/**/*", { cwd: server!.folder })
      .map((name) => path.join(server!.folder, name))
      .filter((file) => statSync(file).isFile());
    expect(objects.length).toBeGreaterThan(5);
    const leaks = [...files, ...objects].filter((file) => Object.values(S3_KEYS).some((key) => readFileSync(file, "latin1").includes(key)));
    expect(leaks).toEqual([]);
    for (const key of Object.values(S3_KEYS)) expect(printed).not.toContain(key);
  });

  test.for([
    {
      what: "whose server is killed",
      harm: () => server!.kill(),
      mend: () => server!.start(),
      said: "the connection failed (ECONNREFUSED)",
      ran: "load grow grow ",
    },
    {
      what: "whose bucket is deleted",
      harm: async () => rmSync(path.join(server!.folder, "models"), { recursive: true }),
      mend: async () => mkdirSync(path.join(server!.folder, "models")),
      said: "there is no such bucket",
      ran: "load grow load grow ",
    },
  ])("a run $what in its middle fails and says so; started again, it completes", async ({ what, harm, mend, said, ran }) => {
    // Steps of its own, or the second case would be a hit.
    project.write({ "src/waiting.ts": WAITING.replaceAll("appendFileSync(", `void "${what}"; appendFileSync(`) });
    const [file, go] = ["ran.txt", "go"].map((name) => path.join(project.folder, name)) as [string, string];
    for (const one of [file, go]) rmSync(one, { force: true });
    const command = ["pipeline", "run", "src/waiting.ts"];
    const running = zen(...command);
    while (!(existsSync(file) && readFileSync(file, "utf8") === "load grow ")) await sleep(20);
    await harm();
    project.write({ go: "" });
    const failed = await running;
    await mend();
    expect(failed.code).toBe(1);
    expect(failed.stdout + failed.stderr).toContain(said);
    const again = await zen(...command);
    expect(again.code, again.stderr).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(ran);
    expect((await zen("artifact", "read", "total.output")).stdout).toBe("140000000\n");
  });
});
