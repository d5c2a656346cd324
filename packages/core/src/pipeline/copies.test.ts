import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

// Two installed copies of this package in one process: a step package brings its own.
const folder = realpathSync(mkdtempSync(join(tmpdir(), "zen-copies-")));
const own = join(import.meta.dirname, "../..");

beforeAll(() => {
  for (const copy of ["one", "two"]) {
    cpSync(join(own, "src"), join(folder, copy, "src"), { recursive: true, filter: (file) => !/\.test\.ts$|__snapshots__/.test(file) });
    cpSync(join(own, "package.json"), join(folder, copy, "package.json"));
    symlinkSync(join(own, "node_modules"), join(folder, copy, "node_modules"));
    // What a pipeline file imports, without the rest of the package.
    const names = ["compare", "definition", "handle", "map", "pipeline", "running-step", "secret", "step", "when"];
    writeFileSync(
      join(folder, copy, "src/authoring.ts"),
      [
        'export { file, json } from "./artifact/materializer.ts";',
        'export { recordPipeline } from "./pipeline/record.ts";',
        ...names.map((name) => `export * from "./pipeline/${name}.ts";`),
      ].join("\n"),
    );
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(program: string): unknown {
  const file = join(folder, "program.mts");
  writeFileSync(file, `import * as one from "./one/src/authoring.ts";\nimport * as two from "./two/src/authoring.ts";\n${program}`);
  return JSON.parse(execFileSync(process.execPath, ["--disable-warning=ExperimentalWarning", file], { encoding: "utf8" }));
}

it("record into the one pipeline that is open", () => {
  const told = run(`
    if (one.step === two.step) throw new Error("these are no copies");
    const load = one.step("load", () => [{ x: 1 }]);
    const fit = two.step("fit", { outputs: { model: two.json(), report: one.file() }, retries: 1 }, ({ x }) => ({ model: x, report: "r" }));
    const inner = two.pipeline("inner", ({ rows }) => ({ swept: two.map(rows, (row) => fit({ x: row.x }).model), rows }));
    const outer = one.pipeline("outer", () => {
      const rows = load();
      const { swept } = inner({ rows });
      const url = two.when(two.atLeast(rows.length, 1), () => fit.with({ as: "last", after: [inner({ rows })] })({ x: swept }));
      return { swept, model: url.model, handles: [one.isHandle(url.report), two.isHandle(rows)].join() };
    });
    const again = two.pipeline("again", ({ swept }) => load.with({ after: [swept] })());
    const artifact = { "~zen": { kind: "artifact", contract: 1, binding: { kind: "artifact", id: "a" } }, id: "a", uri: "", read: async () => 1 };
    const recorded = outer["~zen"].record();
    console.log(JSON.stringify({
      nodes: outer().spec.nodes,
      outputs: outer().spec.outputs,
      steps: [...recorded.steps.keys()],
      again: again({ swept: artifact }).spec.parameters,
      pipelines: [one.isPipeline(again), two.isPipeline(outer)],
    }));
  `);
  expect(told).toMatchObject({
    nodes: [
      { id: "load", outputs: { output: "auto" } },
      {
        id: "inner/map",
        items: { node: "load" },
        body: [{ id: "inner/map/fit", outputs: { model: "auto", report: "file" }, options: { retries: 1 } }],
      },
      {
        id: "when",
        condition: { kind: "compare", left: { node: "load", path: ["length"] } },
        then: [{ id: "when/inner/map" }, { id: "when/last", after: ["when/inner/map"], inputs: { fields: { x: { node: "inner/map" } } } }],
      },
    ],
    outputs: { fields: { handles: { json: "true,true" } } },
    steps: ["load", "inner/map/fit", "when/inner/map/fit", "when/last"],
    again: { swept: { kind: "artifact", id: "a" } },
    pipelines: [true, true],
  });
});

it("share the running step, and refuse each other's mistakes", () => {
  const told = run(`
    const said = async (call) => { try { await call(); return "accepted"; } catch (error) { return error.message; } };
    const inner = two.step("inner", () => 1);
    const outer = one.step("outer", () => inner());
    const deep = one.step("deep", () => two.context().step.name);
    const other = two.pipeline("other", () => ({ n: inner() }))();
    const show = one.step("show", () => {});
    console.log(JSON.stringify([
      await said(() => outer.fn({})),
      await deep.fn({}),
      await said(() => one.pipeline("p", () => { show({ v: other.n }); })()),
      await said(() => one.pipeline("p", () => { \`\${two.map([1], () => inner())}\`; })()),
      await said(() => one.step("bad", () => other.n + 1).fn({})),
      await said(() => one.pipeline("p", () => { two.pipeline("q", () => {})().run(); })()),
    ]));
  `);
  expect(told).toEqual([
    `Step "inner" was called inside the running step "outer".`,
    "deep",
    "show.v is wired to inner.output of another pipeline's recording.",
    "map.output was used as text or in arithmetic, but it has no value while the pipeline is recorded.",
    `Step "bad" uses inner.output, a handle from the pipeline around it.`,
    `Pipeline "q" was called inside pipeline "p" and is a part of it: it has no run() of its own.`,
  ]);
});
