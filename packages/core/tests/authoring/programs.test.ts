import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { data } from "./programs/data.ts";

// Programs as a user writes them, each in a process and on a configuration of its own: the default stack, the built package.
const folder = mkdtempSync(join(tmpdir(), "zen-programs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(program: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, "programs", `${program}.ts`)], {
    encoding: "utf8",
    env: { ...process.env, ZENML_CONFIG_PATH: join(folder, program), NO_COLOR: "1" },
  });
  return stdout;
}

// Skipped without the data, except where everything has to be there.
describe.skipIf(!existsSync(data("penguins.csv")) && process.env["CI"] !== "true")("on real data", () => {
  it("a-etl: named outputs and metadata", async () => {
    expect(await run("a-etl")).toBe("a Adelie 151 3701; Chinstrap 68 3733; Gentoo 123 5076 2\n");
  });

  it("b-train: a schema, a sweep, a branch, options of the run", async () => {
    expect(await run("b-train")).toMatchInlineSnapshot(`
      "b http://models/0.01 1.00 | http://models/0.01 | 1
      b not deployed 1.00 | undefined | 1
        nodes: read clean split fit-0_01 fit-0_1 fit-0_5 best sweep best-2 at-least when report
      "
    `);
  });

  it("c-llm: a map that settles, with retries and bounded concurrency", async () => {
    expect(await run("c-llm")).toMatchInlineSnapshot(`
      "c {
        right: 180,
        errors: [
          'model refused 7',
          'model refused 57',
          'model refused 107',
          'model refused 157'
        ]
      } { peak: 8, calls: 228 }
      "
    `);
  });

  it("d-compose: pipelines within pipelines, and an artifact as an input", async () => {
    expect(await run("d-compose")).toMatchInlineSnapshot(`
      "d REPORT: Adelie/Chinstrap/Gentoo report: Adelie/Chinstrap/Gentoo read clean describe/stats describe/summarise quiet/stats quiet/summarise
      d Report: X
      "
    `);
  });
});

describe("on data of their own", () => {
  it("e-files: a large file in constant memory, and context() in deeper code", async () => {
    const [, printed, mebibytes] = /^(.*) (\d+) MiB rss\n$/.exec(await run("e-files"))!;
    expect(printed).toBe("e 268435456 { at: 'http://x', size: 64, keys: [ 'batchSize' ] }");
    expect(Number(mebibytes)).toBeLessThan(256);
  });

  it("f-odds: what types and wires can do, and each mistake", async () => {
    expect(await run("f-odds")).toMatchInlineSnapshot(`
      "f 0.9 [[0],[0,1]] deep [
        0, 1, 2, 0, 1,
        0, 1, 2, 9
      ] { x: 0, y: 0 } 0.9 1.8 deep
        ! rows.output was used as text or in arithmetic, but it has no value while the pipeline is recorded.
        ! rows.output was used as text or in arithmetic, but it has no value while the pipeline is recorded.
        ! rows.output was spread, or its properties were listed, but it has no value while the pipeline is recorded.
        ! rows.output was iterated, but it has no value while the pipeline is recorded.
        ! rows.output was used as text or in arithmetic, but it has no value while the pipeline is recorded.
        ! Step "rows" was called outside a pipeline.
        ! Pipeline "odds" has no parameter "fats". It reads fast, name. Did you mean "fast"?
        ! Pipeline "p" is async. It is recorded, not run: drop async and await.
        ! either.a is wired to map/either.output, which was made inside another map(), when() or pipeline.
        ! show.v is a function; a step's input must be a value or a handle. (A step passed without calling it?)
        ! Two nodes of pipeline "p" are called "a".
        ! "a b" can't name a node: letters, digits, - and _ only.
        ! always
        ! Step "split" did not return "a" (it returned nothing).
      "
    `);
  });

  it("h-parts: what maps and branches give, as outputs and as inputs of the next run", async () => {
    expect(await run("h-parts")).toMatchInlineSnapshot(`
      "true [ 11, 12 ] [ 'x', 'x' ] 1 1 { a: 1, rows: [ { x: 1 }, { x: 2 } ] }
      1 1 1 y
      [ 11, 12 ] [ 21, 22 ] {"sums":[11,12],"again":[[11,12]]} [ [ 11, 12 ], [ 11, 12 ] ]
      false [ 11, 12 ] [ 'x', 'x' ] 2 undefined undefined
      5 5 1 y
      [ 11, 12 ] [ 21, 22 ] {"sums":[11,12],"again":[[11,12]]} [ [ 11, 12 ], [ 11, 12 ] ]
      "
    `);
  });

  it("g-docs: runtime configuration", async () => {
    expect(await run("g-docs")).toMatchInlineSnapshot(`
      "g {
        sum: 6,
        runtime: { runtime_param_1: 3, another_param: 'luna' },
        name: 'mine'
      }
      "
    `);
  });
});
