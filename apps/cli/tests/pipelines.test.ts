import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { finished, TestProject } from "./zen.ts";

const TRAINING = `
import { map, pipeline, step } from "@zen/core";
console.log("a print of the module");
const load = step("load", ({ n }: { n: number }) => Array.from({ length: n }, (_, i) => i));
const double = step("double", ({ i }: { i: number }) => { console.log("doubling", i); return i * 2; });
const sum = step("sum", ({ all }: { all: number[] }) => all.reduce((a, b) => a + b, 0));
export const training = pipeline("training", ({ n = 3 }: { n?: number }) => {
  const numbers = load({ n });
  return { total: sum({ all: map(numbers, (i) => double({ i })) }), numbers };
});
`;
const PARTS = `
import { map, pipeline, step } from "@zen/core";
const fit = step("fit", () => ({ scores: { accuracy: 0.9692923898 }, label: "two words" }));
const double = step("double", ({ i }: { i: number }) => i);
export const parts = pipeline("parts", () => {
  const model = fit();
  return { accuracy: model.scores.accuracy, label: model.label, model, each: map(Array.from({ length: 30 }, (_, i) => i), (i) => double({ i })) };
});
`;
const BAD = `
import { pipeline, step } from "@zen/core";
const boom = step("boom", ({ n }: { n: number }) => { if (n > 0) throw new TypeError("no good"); return n; });
export const bad = pipeline("bad", ({ n = 1 }: { n?: number }) => ({ x: boom({ n }) }));
`;
const HANG = `
import { pipeline, step } from "@zen/core";
const wait = step("wait", { cache: false }, async () => { console.log("waiting"); await new Promise(() => setInterval(() => {}, 1000)); return 1; });
export const hang = pipeline("hang", () => ({ x: wait() }));
`;
const FLOATING = `
import { pipeline, step } from "@zen/core";
const f = step("f", { cache: false }, async () => { void Promise.reject(new Error("floating")); await new Promise((done) => setTimeout(done, 200)); return 1; });
export const floating = pipeline("floating", () => ({ x: f() }));
`;

interface Line {
  type: string;
  time: string;
  run_id: string;
  node?: string;
}

const lines = (stdout: string): Line[] =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

describe("pipeline run", () => {
  it("shows lines where there is no terminal: progress on standard error, the result on standard output", () => {
    const project = new TestProject({ "training.ts": TRAINING });
    const { stdout, stderr, code } = project.zen(["pipeline", "run", "training.ts", "--param", "n=2", "--run-name", "first"]);
    expect(code).toBe(0);
    expect(stderr).toContain("Run first of pipeline training started on stack default: 2 steps.\n");
    expect(stderr).toContain("a print of the module\n");
    expect(stderr).toContain("[map/double[0]] doubling 0\n");
    expect(stderr).toMatch(/✔ load \d+ ms\n/);
    const ids: string[] = [];
    const withoutIds = stdout.replaceAll(/[0-9a-f-]{36}/g, (id) => `ID${ids.push(id)}`);
    expect(withoutIds.replace(/in \d+ ms/, "in N ms")).toMatchInlineSnapshot(`
      "
      Run first completed in N ms.

      Outputs
        total    2  (sum.output, ID1)
        numbers  (load.output, ID2)

      Read one: zen artifact read ID3
      "
    `);
    expect(ids[2]).toBe(ids[1]);
    expect(project.zen(["artifact", "read", ids[2]!]).stdout).toBe("[0, 1]\n");

    const again = project.zen(["pipeline", "run", "training.ts#training", "--param=n=2"]);
    expect(again.stderr).toMatch(/✔ load cached: \S/);
    expect(again.stdout).toContain(", 4 of 4 steps from the cache.");
    expect(project.zen(["pipeline", "run", "training.ts", "--param", "n=2", "--no-cache"]).stdout).not.toContain("from the cache");
  });

  it("shows outputs with their values and where they come from, not all of hundreds", () => {
    const project = new TestProject({ "parts.ts": PARTS });
    const { stdout } = project.zen(["pipeline", "run", "parts.ts"]);
    const outputs = stdout.slice(stdout.indexOf("Outputs"), stdout.indexOf("\n\nRead"));
    expect(outputs.replaceAll(/[0-9a-f-]{36}/g, "ID").split("\n")).toEqual([
      "Outputs",
      "  accuracy  0.969292  (fit.output → .scores.accuracy, ID)",
      "  label     two words  (fit.output → .label, ID)",
      "  model     (fit.output, ID)",
      ...Array.from({ length: 17 }, (_, i) => `  ${`each[${i}]`.padEnd(8)}  ${i}  (map/double[${i}].output, ID)`),
      expect.stringMatching(/^ {2}… 13 more: zen run describe /),
    ]);
    const described = project.json("run", "describe") as { outputs: object[] };
    expect(described.outputs.slice(0, 4)).toMatchObject([
      { name: "accuracy", path: ["scores", "accuracy"], value: 0.9692923898 },
      { name: "label", value: "two words" },
      { name: "model" },
      { name: "each[0]", value: 0 },
    ]);
    expect(described.outputs[2]).not.toHaveProperty("value");
  });

  it("says once where it runs", () => {
    const project = new TestProject({ "training.ts": TRAINING });
    project.json("init");
    const { stderr } = project.zen(["pipeline", "run", "training.ts"]);
    expect(stderr.match(/^Running .*$/gm)).toEqual(["Running with active profile: 'default' (local)"]);
    const outside = project.zen(["run", "list"], { cwd: project.root });
    expect(outside.stderr).toBe("Running without an active repository root.\nRunning with active profile: 'default' (global)\n");
  });

  it("prints one event per line with --output json, and nothing else", () => {
    const project = new TestProject({ "training.ts": TRAINING });
    const { stdout, stderr, code } = project.zen(["pipeline", "run", "training.ts", "--output", "json"]);
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    const events = lines(stdout);
    for (const event of events)
      expect(event).toMatchObject({
        type: expect.any(String),
        time: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
        run_id: events[0]!.run_id,
      });
    expect(events[0]).toMatchObject({ type: "run.started", pipeline: "training", stack: "default" });
    expect(events).toContainEqual(expect.objectContaining({ type: "step.log", node: "map/double[1]", message: "doubling 1" }));
    const last = events.at(-1)!;
    expect(last).toMatchObject({
      type: "run.finished",
      status: "completed",
      outputs: [
        { name: "total", value: 6 },
        { name: "numbers", id: expect.any(String) },
      ],
      steps: expect.any(Array),
    });
    expect({ type: last.type, time: last.time, run_id: last.run_id, ...(project.json("run", "describe") as object) }).toEqual(last);
  });

  it("fails with the user's frames, exit code 1", () => {
    const project = new TestProject({ "bad.ts": BAD });
    const { stdout, stderr, code } = project.zen(["pipeline", "run", "bad.ts"]);
    expect({ stdout, code }).toEqual({ stdout: "", code: 1 });
    expect(stderr).toContain("✖ boom failed: no good\n");
    expect(stderr).toMatch(/Error: Step "boom" failed: no good\n {4}at .*bad\.ts:3:\d+\)?\n/);
    expect(stderr.match(/ {4}at /g)).toHaveLength(1);

    const json = project.zen(["pipeline", "run", "bad.ts", "--output", "json"]);
    expect(lines(json.stdout).at(-1)).toMatchObject({ type: "run.finished", status: "failed" });
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: "run_failed", message: 'Step "boom" failed: no good' } });
    expect(json.code).toBe(1);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("is cancelled by %s, exit code 130", async (signal) => {
    const project = new TestProject({ "hang.ts": HANG });
    const child = project.start(["pipeline", "run", "hang.ts", "--output", "json"]);
    const end = finished(child);
    child.stdout!.on("data", (text: string) => text.includes("step.log") && child.kill(signal));
    const { stdout, stderr, code } = await end;
    expect(code).toBe(130);
    expect(lines(stdout).at(-1)).toMatchObject({ type: "run.finished", status: "cancelled" });
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "run_cancelled" } });
    expect(project.json("run", "list", "--status", "cancelled")).toHaveLength(1);
  });

  it("ends at once at the second signal", async () => {
    const project = new TestProject({ "hang.ts": HANG });
    const child = project.start(["pipeline", "run", "hang.ts"]);
    const end = finished(child);
    let killed = 0;
    child.stderr!.on("data", (text: string) => {
      if (text.includes("[wait] waiting") || text.includes("Stopping:")) child.kill("SIGINT");
      if (text.includes("Stopping:")) killed = Date.now();
    });
    expect((await end).code).toBe(130);
    expect(Date.now() - killed).toBeLessThan(1000);
  });

  it("ends the run at an error that nothing catches, and names it", () => {
    const project = new TestProject({ "floating.ts": FLOATING });
    const { stderr, code } = project.zen(["pipeline", "run", "floating.ts", "--output", "json"]);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: "uncaught_error", message: "An error that no step caught ended the run: floating" },
    });
    expect(code).toBe(1);
  });

  it("says what is wrong with the file", () => {
    const project = new TestProject({ "training.ts": TRAINING, "two.ts": `${TRAINING}export const other = pipeline("other", () => {});` });
    expect(project.error("pipeline", "run", "trainin.ts")).toMatchObject({
      message: 'There is no file trainin.ts. Did you mean "training.ts"?',
      exitCode: 2,
    });
    expect(project.error("pipeline", "run", "two.ts")).toMatchObject({
      code: "several_pipelines",
      hint: "Say which: zen pipeline run two.ts#other",
      exitCode: 2,
    });
    expect(project.error("pipeline", "run", "training.ts#trainin")).toMatchObject({
      message: 'training.ts exports no "trainin". Did you mean "training"?',
      exitCode: 2,
    });
    expect(project.error("pipeline", "run", "training.ts", "--stack", "defalt")).toMatchObject({ code: "stack_not_found", exitCode: 2 });
  });

  it("lets no warning of Node through", () => {
    const project = new TestProject({
      "training.ts": TRAINING,
      "package.json": JSON.stringify({ name: "no-type", dependencies: { "@zen/core": "*" } }),
    });
    expect(project.zen(["pipeline", "run", "training.ts", "--output", "json"])).toMatchObject({ stderr: "", code: 0 });
    expect(project.zen(["pipeline", "run", "training.ts"]).stderr).not.toContain("Warning");
    project.write({ "package.json": JSON.stringify({ name: "as npm init -y", type: "commonjs", dependencies: { "@zen/core": "*" } }) });
    const { stderr, code } = project.zen(["pipeline", "run", "training.ts"]);
    expect(stderr).not.toContain("Warning");
    expect(stderr).toContain('In package.json write: "type": "module"');
    expect(code).not.toBe(0);
  });

  it("takes core from the file's folder, not from the working directory", () => {
    const project = new TestProject({ "training.ts": TRAINING });
    expect(project.zen(["pipeline", "run", "project/training.ts", "--output", "json"], { cwd: project.root })).toMatchObject({
      stderr: "",
      code: 0,
    });
  });
});

describe("pipeline run FILE --help", () => {
  /** What follows the help that every file has. */
  function more(project: TestProject, ...args: string[]): { stdout: string; stderr: string; code: number | null } {
    const general = project.zen(["pipeline", "run", "--help"]).stdout;
    const { stdout, stderr, code } = project.zen(args);
    expect(stdout.slice(0, general.length)).toBe(general);
    return { stdout: stdout.slice(general.length), stderr, code };
  }

  it("lists the parameters of its schema", () => {
    const project = new TestProject({
      "src/described.ts": `
        import { pipeline, step } from "@zen/core";
        console.log("a print of the module");
        const load = step("load", ({ path }: { path: string }) => path);
        // What a schema library gives, as far as help reads it.
        const schema = { type: "object", required: ["path"], properties: {
          path: { type: "string", description: "Where the rows are" },
          rates: { type: "array", items: { type: "number" }, default: [0.1, 1] },
          mode: { enum: ["fast", "thorough"], default: "fast", description: "How thorough to be, with a description that is so long that it needs a second line" },
          anything: {},
        } };
        const params = { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }), jsonSchema: { input: () => schema } } };
        export const training = pipeline("train-it", { params, description: "Learns from rows." }, ({ path }: { path: string }) => load({ path }));
        export const other = pipeline("other", () => {});
        setInterval(() => {}, 1000);`,
    });
    const { stdout, stderr, code } = more(project, "pipeline", "run", "src/described.ts#training", "--help");
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(stdout).toMatchInlineSnapshot(`
      "
      Pipeline train-it of src/described.ts#training:
        Learns from rows.

      Parameters (--param name=value):
        path=<string>         Where the rows are (required)
        rates=<number[]>      (default: [0.1,1])
        mode=<fast|thorough>  How thorough to be, with a description that is so long
                              that it needs a second line (default: "fast")
        anything
      "
    `);
    // However it is asked for.
    for (const args of [
      ["help", "pipeline", "run", "src/described.ts#training"],
      ["pipeline", "run", "-h", "--param", "mode=fast", "src/described.ts#training"],
      ["pipeline", "run", "src/described.ts#training", "--param", "mode=fast", "--help", "--output", "json"],
    ])
      expect(more(project, ...args)).toEqual({ stdout, stderr: "", code: 0 });
  });

  it("lists the names that a function reads, where there is no schema", () => {
    const project = new TestProject({
      "names.ts": `
        import { pipeline, step } from "@zen/core";
        const load = step("load", ({ all }: { all: object }) => all);
        export const read = pipeline("read", ({ n = 3, path }: { n?: number; path: string }) => load({ all: { n, path: path.trim() } }));
        export const none = pipeline("none", () => load({ all: {} }));
        export const whole = pipeline("whole", (params: object) => load({ all: { ...params } }));`,
    });
    const end = (name: string): string => more(project, "pipeline", "run", `names.ts#${name}`, "--help").stdout;
    expect(end("read")).toMatchInlineSnapshot(`
      "
      Pipeline read of names.ts#read:

      Parameters (--param name=value):
        n
        path

      These are the names that its function reads. A schema would describe them: params: z.object({ … }).
      "
    `);
    expect(end("none")).toBe("\nPipeline none of names.ts#none:\n\nIt has no parameters.\n");
    expect(end("whole")).toBe("\nPipeline whole of names.ts#whole:\n\nWhich parameters it takes can't be told.\n");
  });

  it("says in one line why a file can't be imported", () => {
    const project = new TestProject({
      "training.ts": TRAINING,
      "throws.ts": 'throw new Error("no\\nfile");',
      "two.ts": `${TRAINING}export const other = pipeline("other", () => {});`,
    });
    const problem = (file: string): string => {
      const { stdout, stderr, code } = more(project, "pipeline", "run", file, "--help");
      expect({ stdout, code }).toEqual({ stdout: "", code: 0 });
      return stderr;
    };
    expect(problem("trainin.ts")).toBe(
      '\nThe parameters of trainin.ts can\'t be listed: There is no file trainin.ts. Did you mean "training.ts"? ' +
        "Name a file that exports a pipeline: zen pipeline run src/pipeline.ts\n",
    );
    expect(problem("throws.ts")).toMatch(
      /^\nThe parameters of throws\.ts can't be listed: throws\.ts threw while it was imported: no file .*\n$/,
    );
    expect(problem("two.ts")).toContain("Say which: zen pipeline run two.ts#other");
  });
});

describe("what runs have made", () => {
  let project: TestProject;
  let folder: string;
  // One project for all: reading changes nothing.
  beforeAll(() => {
    project = new TestProject({ "training.ts": TRAINING }, afterAll);
    folder = project.folder;
    for (const name of ["one", "two"]) project.zen(["pipeline", "run", "training.ts", "--run-name", name]);
  });

  it("is listed", () => {
    expect(project.json("run", "list")).toMatchObject([
      {
        name: "two",
        pipeline: "training",
        status: "completed",
        stack: "default",
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        created_at: expect.stringMatching(/Z$/),
      },
      { name: "one" },
    ]);
    expect(project.json("run", "list", "--limit", "1")).toHaveLength(1);
    expect(project.json("run", "list", "--status", "failed")).toEqual([]);
    expect(project.json("run", "list", "--pipeline", "training", "--status", "failed")).toEqual([]);
    expect(project.json("pipeline", "list")).toMatchObject([{ name: "training", runs: 2, last_run: "two", last_status: "completed" }]);
    expect(project.json("artifact", "list", "--run", "one")).toHaveLength(5);
    expect(project.json("artifact", "list", "--limit", "1")).toMatchObject([
      { name: expect.any(String), id: expect.any(String), run: "one", size: expect.any(Number) },
    ]);
    expect(project.zen(["run", "list"]).stdout).toMatch(/┃ NAME │ STATUS +│ STARTED +│ DURATION +│ PIPELINE +│ STACK +│ ID +┃/);
  });

  it("is described", () => {
    expect(project.json("run", "describe", "one")).toMatchObject({
      name: "one",
      steps: expect.arrayContaining([expect.objectContaining({ name: "map/double[0]", step: "double", cached: false, attempts: 1 })]),
    });
    const { stdout } = project.zen(["run", "describe"]);
    expect(stdout).toContain("'two' Run");
    expect(stdout).toMatch(/┃ sum +│ cached +│/);
    expect(project.json("artifact", "describe", "sum.output")).toMatchObject({
      name: "sum.output",
      digest: expect.stringMatching(/^sha256:/),
      metadata: {},
      consumers: [],
    });
    expect(project.zen(["artifact", "describe", "load.output"]).stdout).toContain("┃ CONSUMERS");
  });

  it("is read: as a person would, as JSON, and as bytes", () => {
    expect(project.zen(["artifact", "read", "sum.output"]).stdout).toBe("6\n");
    expect(project.json("artifact", "read", "load.output")).toEqual([0, 1, 2]);
    expect(project.zen(["artifact", "read", "load.output", "--to", "-"]).stdout).toBe("[0,1,2]");
    expect(project.json("artifact", "read", "load.output", "--to", "out.json")).toMatchObject({
      file: path.join(folder, "out.json"),
      size: 7,
    });
    expect(readFileSync(path.join(folder, "out.json"), "utf8")).toBe("[0,1,2]");
    expect(project.error("artifact", "read", "load.output", "--to", ".")).toMatchObject({ code: "not_a_file", exitCode: 2 });
    expect(project.error("artifact", "read", "lod.output")).toMatchObject({
      message: expect.stringContaining('Did you mean "load.output"?'),
      exitCode: 2,
    });
  });

  it("has logs", () => {
    const { stdout } = project.zen(["run", "logs", "one"]);
    expect(stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \[map\/double\[0\]\] doubling 0\n/);
    expect(project.json("run", "logs", "one", "--step", "map/double[1]")).toMatchObject([
      { node: "map/double[1]", message: "doubling 1", attempt: 1 },
    ]);
    expect(project.json("run", "logs", "two")).toEqual([]);
    expect(project.error("run", "logs", "one", "--step", "nope")).toMatchObject({ code: "step_not_found", exitCode: 2 });
  });
});
