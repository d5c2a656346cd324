import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { DatabaseSync } from "node:sqlite";
import path from "node:path";
import { metadataStoreConformance } from "@zen/conformance";
import type { Change, Lease, RunRecord, StepRecord } from "@zen/core";
import { expect, test } from "vitest";
import { AS_NOBODY, killAfterOutput, outputOf } from "./child-process.fixture.ts";
import { SQLiteMetadataStore } from "./metadata-store.ts";
import { smallDisk } from "./small-disk.fixture.ts";
import { tempFolder } from "./temp-folder.fixture.ts";

const root = tempFolder();
const disk = smallDisk(root);
const storeAt = (uri: string): SQLiteMetadataStore => new SQLiteMetadataStore({ name: "test", uri });
/** A file in a folder of its own. */
const fileIn = (folder: string): string => {
  mkdirSync(path.join(root, folder));
  return path.join(root, folder, "zen.db");
};

metadataStoreConformance({
  name: "SQLiteMetadataStore",
  create: (place) => storeAt(path.join(root, place, "zen.db")),
  dispose: (place) => rmSync(path.join(root, place), { recursive: true, force: true }),
  makeNewer: (place) => makeNewer(path.join(root, place, "zen.db")),
  // A disk that has gone while the file was open: nothing is where its folder was, and nothing can be made there.
  break: (place) => {
    const folder = path.join(root, place);
    renameSync(folder, `${folder}.away`);
    symlinkSync(folder, folder);
    return () => {
      rmSync(folder);
      renameSync(`${folder}.away`, folder);
    };
  },
  failing: {
    ...(disk !== undefined && { store_full: () => storeAt(path.join(disk, "full", "zen.db")) }),
    // The kernel's own files: not even root makes folders there.
    ...(process.platform === "linux" && { store_forbidden: () => storeAt("/sys/zen-metadata/zen.db") }),
    store_unavailable: () => {
      writeFileSync(path.join(root, "a-file"), "");
      return storeAt(path.join(root, "a-file", "zen.db"));
    },
  },
});

const AT = "2026-01-01T00:00:00.000Z";
const leaseOf = (runId: string): Lease => ({ runId, owner: { host: "h", bootId: "b", pid: 1, processStart: "1" }, epoch: 1 });

function runRecord(id: string, spec: object = {}): RunRecord {
  return {
    id,
    name: id,
    pipeline: "p",
    status: "running",
    stack: "default",
    lease: leaseOf(id),
    heartbeatAt: AT,
    createdAt: AT,
    finishedAt: null,
    failure: null,
    spec: spec as RunRecord["spec"],
    root: null,
    components: {},
    runtimeConfiguration: {},
    outputs: null,
    zenVersion: "0",
  };
}

function stepRecord(runId: string, node: string, rest: Partial<StepRecord> = {}): StepRecord {
  return {
    runId,
    node,
    step: node,
    status: "completed",
    cached: false,
    reason: "",
    cacheKey: node,
    cachedFrom: null,
    inputs: { kind: "artifact", id: `${node}-in` },
    outputs: {},
    attempts: 1,
    metadata: {},
    startedAt: AT,
    finishedAt: AT,
    failure: null,
    ...rest,
  };
}

const create = (id: string, spec?: object): Change[] => [{ kind: "run", record: runRecord(id, spec) }];
const steps = (runId: string, ...nodes: string[]): Change[] => nodes.map((node) => ({ kind: "step", record: stepRecord(runId, node) }));

function makeNewer(file: string): void {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA user_version = 999");
  database.close();
}

function madeBy(file: string, sql: string): Buffer {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
  return readFileSync(file);
}

/** How something was refused: code, message and hint, with the test's folder left out. */
async function refusal(work: Promise<unknown>): Promise<string> {
  const { code, message, hint } = (await work.catch((error: unknown) => error)) as { code: string; message: string; hint: string };
  return `${code}: ${message} ${hint}`.replaceAll(root, "ROOT");
}

test("nothing is made until there is something to keep", async () => {
  const file = path.join(root, "absent", "deep", "zen.db");
  const store = storeAt(file);
  expect(await store.listRuns({})).toEqual({ entries: [], cursor: undefined });
  expect(existsSync(path.join(root, "absent"))).toBe(false);
  await store.commit([]);
  expect(existsSync(path.join(root, "absent"))).toBe(false);
  await store.commit(create("run-1"));
  await store.close();
  expect(readdirSync(path.dirname(file))).toEqual(["zen.db"]);
});

test("a file that ML Metadata made is left as it is, byte for byte, and zen.db beside it used", async () => {
  const beside = fileIn("ml-metadata");
  const uri = path.join(path.dirname(beside), "metadata.db");
  const before = madeBy(
    uri,
    "CREATE TABLE Artifact (id INTEGER PRIMARY KEY); CREATE TABLE Execution (id INTEGER PRIMARY KEY); CREATE TABLE MLMDEnv (schema_version INTEGER); INSERT INTO MLMDEnv VALUES (10)",
  );
  const { mtimeMs } = statSync(uri);
  const store = storeAt(uri);
  expect(await store.listRuns({})).toEqual({ entries: [], cursor: undefined });
  await store.commit(create("run-1"));
  expect((await storeAt(uri).getRun("run-1"))?.name).toBe("run-1");
  await store.close();
  expect(readFileSync(uri).equals(before)).toBe(true);
  expect(statSync(uri).mtimeMs).toBe(mtimeMs);
  expect(readdirSync(path.dirname(uri)).filter((name) => name.startsWith("metadata.db"))).toEqual(["metadata.db"]);
  expect((await storeAt(beside).getRun("run-1"))?.name).toBe("run-1");
});

test("tables of ML Metadata are seen also when they are only in the file's log", async () => {
  const uri = path.join(path.dirname(fileIn("ml-metadata-log")), "metadata.db");
  const database = new DatabaseSync(uri);
  database.exec("PRAGMA journal_mode = WAL; CREATE TABLE MLMDEnv (schema_version INTEGER)");
  const before = readFileSync(uri);
  await storeAt(uri).commit(create("run-1"));
  expect(readFileSync(uri).equals(before)).toBe(true);
  database.close();
});

test("what isn't zen's, or is damaged, is refused and left as it is", async () => {
  const mlmd = fileIn("refused-ml-metadata");
  const other = fileIn("refused-other");
  const text = fileIn("refused-text");
  const short = fileIn("refused-short");
  const damaged = fileIn("refused-damaged");
  const folder = fileIn("refused-folder");
  madeBy(mlmd, "CREATE TABLE MLMDEnv (schema_version INTEGER)");
  madeBy(other, "CREATE TABLE bookmarks (url TEXT)");
  writeFileSync(text, "runs:\n  - one\n");
  writeFileSync(short, "SQLite format 3\0 and no more");
  mkdirSync(folder);
  const store = storeAt(damaged);
  await store.commit([...create("run-1"), ...steps("run-1", ...Array.from({ length: 200 }, (_, n) => `step-${n}`))], leaseOf("run-1"));
  await store.close();
  writeFileSync(damaged, readFileSync(damaged).fill(0xff, 4096));
  const refusals = [];
  const contentOf = (file: string): Buffer | string[] => (file === folder ? readdirSync(file) : readFileSync(file));
  for (const file of [mlmd, other, text, short, damaged, folder]) {
    const before = contentOf(file);
    refusals.push(await refusal(storeAt(file).commit(create("run-2"))));
    await expect(storeAt(file).listSteps("run-1")).rejects.toMatchObject({ code: "store_unavailable" });
    expect(contentOf(file)).toEqual(before);
  }
  expect(refusals).toMatchInlineSnapshot(`
    [
      "store_unavailable: Can't open the metadata store "test" at ROOT/refused-ml-metadata/zen.db: ML Metadata's tables are in it, and zen never writes into those. Give the metadata store a uri in another folder.",
      "store_unavailable: Can't open the metadata store "test" at ROOT/refused-other/zen.db: it is another program's database (with tables such as bookmarks). zen leaves it as it is. Give the metadata store another uri.",
      "store_unavailable: Can't open the metadata store "test" at ROOT/refused-text/zen.db: it is not an SQLite database. zen leaves it as it is. Move it away, or give the metadata store another uri.",
      "store_unavailable: Can't open the metadata store "test" at ROOT/refused-short/zen.db: it is not an SQLite database. zen leaves it as it is. Move it away, or give the metadata store another uri.",
      "store_unavailable: Can't read the metadata store "test" at ROOT/refused-damaged/zen.db: the file is damaged. zen leaves it as it is. Put a backup in its place, or move it away: then a new one is made.",
      "store_unavailable: Can't open the metadata store "test" at ROOT/refused-folder/zen.db: there is a folder in its place. zen leaves it as it is. Move it away, or give the metadata store another uri.",
    ]
  `);
});

test("an empty file is taken", async () => {
  const file = fileIn("empty");
  writeFileSync(file, "");
  await storeAt(file).commit(create("run-1"));
  expect((await storeAt(file).listRuns({})).entries).toHaveLength(1);
});

test("a store of a newer zen is left as it is, byte for byte", async () => {
  const file = fileIn("newer");
  const store = storeAt(file);
  await store.commit(create("run-1"));
  await store.close();
  makeNewer(file);
  const before = readFileSync(file);
  expect(await refusal(storeAt(file).commit(create("run-2")))).toMatchInlineSnapshot(
    `"store_too_new: The metadata store "test" at ROOT/newer/zen.db was written by a newer zen (its schema is 999, this zen knows 1). Update zen: npm install @zen/integration-local@latest. The file was not changed."`,
  );
  expect(readFileSync(file).equals(before)).toBe(true);
  expect(readdirSync(path.dirname(file))).toEqual(["zen.db"]);
});

test("a store that becomes newer while it is open is written no more", async () => {
  const file = fileIn("becomes-newer");
  const store = storeAt(file);
  await store.commit(create("run-1"));
  makeNewer(file);
  await expect(store.commit(create("run-2"))).rejects.toMatchObject({ code: "store_too_new" });
  await store.close();
});

test("a store that is deleted while it is open is begun anew, and what belonged to the old one is refused", async () => {
  const file = fileIn("deleted");
  const store = storeAt(file);
  await store.commit(create("run-1"));
  rmSync(path.dirname(file), { recursive: true });
  expect(await store.listRuns({})).toEqual({ entries: [], cursor: undefined });
  expect(await refusal(store.commit(steps("run-1", "load"), leaseOf("run-1")))).toMatchInlineSnapshot(
    `"lease_lost: The run run-1 is not in the metadata store any more: it was deleted while it ran. Run the pipeline again."`,
  );
  await store.commit(create("run-2"));
  expect((await storeAt(file).listRuns({})).entries.map(({ id }) => id)).toEqual(["run-2"]);
  await store.close();
});

test("a backup that is put in the place of an open store is used from then on", async () => {
  const [file, backup] = [fileIn("replaced"), fileIn("replacing")];
  const [store, other] = [storeAt(file), storeAt(backup)];
  await store.commit(create("run-1"));
  await other.commit(create("run-2"));
  await other.close();
  // With its log, which SQLite would take for the backup's.
  for (const end of ["", "-wal", "-shm"]) rmSync(`${file}${end}`);
  renameSync(backup, file);
  expect((await store.listRuns({})).entries.map(({ id }) => id)).toEqual(["run-2"]);
  await store.commit(create("run-3"));
  expect((await storeAt(file).listRuns({})).entries.map(({ id }) => id)).toEqual(["run-3", "run-2"]);
  await store.close();
});

test("a uri that depends on where one stands is refused", () => {
  expect(() => storeAt("zen.db")).toThrow(`"uri": "zen.db" is not an absolute path, write ${path.resolve("zen.db")}`);
});

test("32 processes that commit at once, to a store that isn't there yet, lose nothing", { timeout: 120_000 }, async () => {
  const file = path.join(root, "many", "zen.db");
  const script = (n: number): string => `
    const owner = { host: "h", bootId: "b", pid: 1, processStart: "1" };
    const lease = { runId: "run-${n}", owner, epoch: 1 };
    const store = new SQLiteMetadataStore({ name: "test", uri: ${JSON.stringify(file)} });
    await store.commit([{ kind: "run", record: { ...${JSON.stringify(runRecord(""))}, id: "run-${n}", lease } }]);
    let worst = 0;
    for (let i = 0; i < 20; i++) {
      const start = performance.now();
      await store.commit([{ kind: "step", record: { ...${JSON.stringify(stepRecord("", ""))}, runId: "run-${n}", node: "step-" + i } }], lease);
      worst = Math.max(worst, performance.now() - start);
    }
    await store.close();
    console.log(worst);`;
  const worst = await Promise.all(Array.from({ length: 32 }, (_, n) => outputOf(script(n))));
  const store = storeAt(file);
  expect((await store.listRuns({})).entries).toHaveLength(32);
  for (let n = 0; n < 32; n++) expect((await store.listSteps(`run-${n}`)).entries).toHaveLength(20);
  await store.close();
  expect(Math.max(...worst.map(Number))).toBeLessThan(10_000);
});

test("a process that is killed amid its commits leaves a store in which every commit is whole", { timeout: 60_000 }, async () => {
  const file = path.join(root, "killed", "zen.db");
  const script = `
    const store = new SQLiteMetadataStore({ name: "test", uri: ${JSON.stringify(file)} });
    const run = ${JSON.stringify(runRecord("run-1"))};
    const step = ${JSON.stringify(stepRecord("run-1", ""))};
    await store.commit([{ kind: "run", record: run }]);
    const from = (await store.listSteps("run-1")).entries.length;
    console.log("ready");
    for (let n = from; ; n++) {
      await store.commit(["a", "b", "c"].map((half) => ({ kind: "step", record: { ...step, node: n + half } })), run.lease);
      if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }`;
  let before = 0;
  for (let round = 0; round < 8; round++) {
    await killAfterOutput(script, Math.random() * 40);
    const store = storeAt(file);
    const nodes = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await store.listSteps("run-1", { cursor });
      for (const { node } of page.entries) nodes.add(node);
      cursor = page.cursor;
    } while (cursor !== undefined);
    await store.close();
    for (const node of nodes) for (const part of ["a", "b", "c"]) expect(nodes).toContain(node.slice(0, -1) + part);
    expect(nodes.size).toBeGreaterThanOrEqual(before);
    before = nodes.size;
    const database = new DatabaseSync(file);
    expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    database.close();
  }
});

test.skipIf(disk === undefined)("a full disk is named, and what was committed is kept", async () => {
  const file = path.join(disk!, "zen.db");
  const store = storeAt(file);
  await store.commit(create("run-1"));
  let committed = 0;
  const fill = async (): Promise<void> => {
    for (; committed < 1000; committed++) await store.commit(steps("run-1", `step-${committed}`), leaseOf("run-1"));
  };
  expect(await refusal(fill())).toBe(
    'store_full: Can\'t write to the metadata store "test": there is no space left where ROOT/small-disk/zen.db is. Free some space there, then run again: what was committed is kept.',
  );
  expect(committed).toBeGreaterThan(10);
  expect((await store.listSteps("run-1")).entries).toHaveLength(committed);
  await store.close();
  const again = storeAt(file);
  expect((await again.listSteps("run-1")).entries).toHaveLength(committed);
  await again.close();
});

test("a folder that this user may not write to is named", async () => {
  const file = fileIn("forbidden");
  const store = storeAt(file);
  await store.commit(create("run-1"));
  await store.close();
  const none = path.join(root, "forbidden-none");
  mkdirSync(none);
  chmodSync(root, 0o755);
  chmodSync(path.dirname(file), 0o555);
  chmodSync(file, 0o444);
  chmodSync(none, 0o555);
  const before = readFileSync(file);
  const output = await outputOf(`
    ${AS_NOBODY}
    for (const uri of ${JSON.stringify([file, path.join(none, "zen.db"), path.join(none, "deep", "zen.db")])}) {
      const store = new SQLiteMetadataStore({ name: "test", uri });
      await store.commit([{ kind: "run", record: ${JSON.stringify(runRecord("run-2"))} }]).then(() => console.log("no error"), ({ code, message, hint }) => console.log(code + ": " + message + "\\n  " + hint));
    }`);
  for (const folder of [none, path.dirname(file)]) chmodSync(folder, 0o755);
  expect(output.replaceAll(root, "ROOT")).toMatchInlineSnapshot(`
    "store_forbidden: Can't open the metadata store "test": this user has no right to do that at ROOT/forbidden/zen.db.
      Give the user that runs zen the right to write the file and its folder, ROOT/forbidden: SQLite needs that even to read.
    store_forbidden: Can't open the metadata store "test": this user has no right to do that at ROOT/forbidden-none/zen.db.
      Give the user that runs zen the right to write the file and its folder, ROOT/forbidden-none: SQLite needs that even to read.
    store_forbidden: Can't open the metadata store "test": this user has no right to do that at ROOT/forbidden-none/deep/zen.db.
      Give the user that runs zen the right to write the file and its folder, ROOT/forbidden-none/deep: SQLite needs that even to read.
    "
  `);
  expect(readFileSync(file).equals(before)).toBe(true);
});

test("another process's long transaction is waited for", async () => {
  const file = fileIn("locked");
  const store = storeAt(file);
  await store.commit(create("run-1"));
  const done = outputOf(`
    const { DatabaseSync } = await import("node:sqlite");
    const database = new DatabaseSync(${JSON.stringify(file)});
    database.exec("BEGIN IMMEDIATE");
    await new Promise((resolve) => setTimeout(resolve, 700));
    database.exec("COMMIT");`);
  await new Promise((resolve) => setTimeout(resolve, 400));
  await store.commit(create("run-2"));
  await done;
  expect((await store.listRuns({})).entries).toHaveLength(2);
  await store.close();
});

test("ending a run of 10,000 steps doesn't write its spec again", async () => {
  const file = fileIn("large");
  const store = storeAt(file);
  const spec = { nodes: Array.from({ length: 10_000 }, (_, n) => ({ kind: "step", id: `step-${n}`, text: "x".repeat(300) })) };
  const nodes = Array.from({ length: 10_000 }, (_, n) => `step-${n}`);
  await store.commit([...create("run-1", spec), ...steps("run-1", ...nodes)], leaseOf("run-1"));
  await store.close();
  const log = (): number => statSync(`${file}-wal`).size;
  await store.commit([{ kind: "heartbeat", runId: "run-1", at: AT }], leaseOf("run-1"));
  await store.commit(
    [{ kind: "run_finished", runId: "run-1", status: "completed", outputs: null, failure: null, finishedAt: AT }],
    leaseOf("run-1"),
  );
  expect(log()).toBeLessThan(100_000);
  // Whole records of the same run, as a resume puts them, don't either.
  await store.commit(create("run-1", spec), leaseOf("run-1"));
  expect(log()).toBeLessThan(100_000);
  expect((await store.getRun("run-1"))?.spec).toEqual(spec);
  await store.close();
});

test("every query is answered by an index, a page of it without sorting", async () => {
  const file = fileIn("indexes");
  const store = storeAt(file);
  await store.commit([...create("run-1"), ...steps("run-1", "a")], leaseOf("run-1"));
  const database = new DatabaseSync(file);
  const { prepare } = DatabaseSync.prototype;
  /** How SQLite answers the statements that some work needs for the first time. */
  const plans = async (work: () => Promise<unknown>): Promise<string[]> => {
    const asked: string[] = [];
    DatabaseSync.prototype.prepare = function (sql: string) {
      if (/^\s*(SELECT|UPDATE|DELETE)/.test(sql)) asked.push(sql);
      return prepare.call(this, sql);
    };
    try {
      await work();
    } finally {
      DatabaseSync.prototype.prepare = prepare;
    }
    expect(asked).not.toEqual([]);
    return asked.flatMap((sql) =>
      prepare
        .call(database, `EXPLAIN QUERY PLAN ${sql}`)
        .all(...sql.split("?").slice(1).fill(""))
        .map(({ detail }) => String(detail)),
    );
  };
  const found = {
    runs: await plans(() => store.listRuns({})),
    "the next page of runs": await plans(() => store.listRuns({}, { cursor: "x" })),
    "runs of a pipeline": await plans(() => store.listRuns({ pipeline: "p" })),
    "runs by status": await plans(() => store.listRuns({ status: "failed" })),
    "runs of a pipeline by status": await plans(() => store.listRuns({ pipeline: "p", status: "failed" })),
    "runs by name": await plans(() => store.listRuns({ name: "n" })),
    "runs by the beginning of their id": await plans(() => store.listRuns({ idPrefix: "0" })),
    "a run": await plans(() => store.getRun("run-1")),
    pipelines: await plans(() => store.listPipelines()),
    steps: await plans(() => store.listSteps("run-1")),
    attempts: await plans(() => store.listAttempts("run-1")),
    artifacts: await plans(() => store.listArtifacts({})),
    "artifacts of a run": await plans(() => store.listArtifacts({ runId: "run-1" })),
    "artifacts by name": await plans(() => store.listArtifacts({ name: "n" })),
    "artifacts by id": await plans(() => store.listArtifacts({ ids: ["x"] })),
    "artifacts by the beginning of their id": await plans(() => store.listArtifacts({ idPrefix: "0" })),
    // Sorted, because a pipeline's artifacts are those of its runs.
    "artifacts of a pipeline": await plans(() => store.listArtifacts({ pipeline: "p" })),
    consumers: await plans(() => store.listConsumers("x")),
    // Sorted: at most a hundred.
    "steps by cache key": await plans(() => store.findCached("key")),
    "a step that is there": await plans(() =>
      store.commit([{ kind: "step", record: stepRecord("run-1", "a", { startedAt: "2026-01-02T00:00:00.000Z" }) }], leaseOf("run-1")),
    ),
    "the deletion of a run": await plans(() => store.deleteRun("run-1")),
  };
  database.close();
  await store.close();
  expect(found).toMatchInlineSnapshot(`
    {
      "a run": [
        "SEARCH run USING INDEX sqlite_autoindex_run_1 (id=?)",
        "SEARCH run_document USING INDEX sqlite_autoindex_run_document_1 (run_id=?)",
      ],
      "a step that is there": [
        "SEARCH step USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH step USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH step_input USING PRIMARY KEY (artifact_id=? AND started_at=? AND step=?)",
      ],
      "artifacts": [
        "SCAN artifact",
      ],
      "artifacts by id": [
        "SEARCH artifact USING PRIMARY KEY (id=?)",
        "LIST SUBQUERY 1",
        "SCAN json_each VIRTUAL TABLE INDEX 1:",
      ],
      "artifacts by name": [
        "SEARCH artifact USING INDEX artifact_name (name=?)",
      ],
      "artifacts by the beginning of their id": [
        "SEARCH artifact USING PRIMARY KEY (id>? AND id<?)",
      ],
      "artifacts of a pipeline": [
        "SEARCH artifact USING INDEX artifact_run (run_id=?)",
        "LIST SUBQUERY 1",
        "SEARCH run USING COVERING INDEX run_pipeline_status (pipeline=?)",
        "USE TEMP B-TREE FOR ORDER BY",
      ],
      "artifacts of a run": [
        "SEARCH artifact USING INDEX artifact_run (run_id=?)",
      ],
      "attempts": [
        "SEARCH attempt USING PRIMARY KEY (run_id=? AND id>?)",
      ],
      "consumers": [
        "SEARCH step_input USING PRIMARY KEY (artifact_id=? AND (started_at,step)<(?,?))",
        "SEARCH step USING INTEGER PRIMARY KEY (rowid=?)",
      ],
      "pipelines": [
        "CO-ROUTINE newest",
        "SEARCH run USING COVERING INDEX run_pipeline (pipeline>?)",
        "SCAN newest",
        "SEARCH run USING INDEX sqlite_autoindex_run_1 (id=?)",
        "USE TEMP B-TREE FOR ORDER BY",
      ],
      "runs": [
        "SCAN run USING INDEX sqlite_autoindex_run_1",
      ],
      "runs by name": [
        "SEARCH run USING INDEX run_name (name=?)",
      ],
      "runs by status": [
        "SEARCH run USING INDEX run_status (status=?)",
      ],
      "runs by the beginning of their id": [
        "SEARCH run USING INDEX sqlite_autoindex_run_1 (id>? AND id<?)",
      ],
      "runs of a pipeline": [
        "SEARCH run USING INDEX run_pipeline (pipeline=?)",
      ],
      "runs of a pipeline by status": [
        "SEARCH run USING INDEX run_pipeline_status (pipeline=? AND status=?)",
      ],
      "steps": [
        "SEARCH step USING INDEX step_started (run_id=? AND started_at>?)",
      ],
      "steps by cache key": [
        "SEARCH step USING INDEX step_cache_key (cache_key=?)",
      ],
      "the deletion of a run": [
        "SEARCH step USING INDEX step_started (run_id=?)",
        "SEARCH step USING INDEX step_started (run_id=?)",
        "SEARCH attempt USING PRIMARY KEY (run_id=?)",
        "SEARCH artifact USING INDEX artifact_run (run_id=?)",
        "SEARCH run_document USING INDEX sqlite_autoindex_run_document_1 (run_id=?)",
        "SEARCH run USING INDEX sqlite_autoindex_run_1 (id=?)",
      ],
      "the next page of runs": [
        "SEARCH run USING INDEX sqlite_autoindex_run_1 (id<?)",
      ],
    }
  `);
});
