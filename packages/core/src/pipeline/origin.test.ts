import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";

// In child processes, on real files: a test runner that transforms TypeScript changes call sites.
const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "zen-origin-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const core = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);
const IMPORTS = `import { step } from ${core("./step.ts")}; import { pipeline } from ${core("./pipeline.ts")}; import { map } from ${core("./map.ts")}; import { when } from ${core("./when.ts")};`;

/**
 * Runs a program that says `tell(label, stepOrPipeline)`, and gives what it told of each: the calls as `file:line`,
 * innermost first; `?` in front if it isn't known what began them; `×n` if n are alike; what it is within.
 */
function origins(text: string, others: Readonly<Record<string, string>> = {}): Record<string, string> {
  const tell = `globalThis.told ??= {}; const shown = ({ sites, traced, alike, within }) => (traced ? "" : "? ") + sites.map(({ file, line }) => file.split("/").at(-1) + ":" + line).join(" < ") + (alike.count > 1 ? " ×" + alike.count : "") + within.map(({ pipeline, parameters, origin }) => " in " + pipeline + "(" + parameters + ") at " + shown(origin)).join("");
export const tell = (label, { "~zen": { origin } }) => { globalThis.told[label] = () => shown(origin); };`;
  for (const [name, content] of Object.entries({ "tell.mjs": tell, ...others }))
    writeFileSync(path.join(folder, name), content.replace("IMPORTS", `${IMPORTS} import { tell } from "./tell.mjs";`));
  const file = path.join(folder, "main.mjs");
  writeFileSync(
    file,
    `${IMPORTS} import { tell } from "./tell.mjs";\n${text}\nprocess.on("exit", () => console.log(JSON.stringify(Object.fromEntries(Object.entries(told).map(([label, show]) => [label, show()])))));`,
  );
  return JSON.parse(execFileSync(process.execPath, ["--disable-warning=ExperimentalWarning", file], { encoding: "utf8" })) as Record<
    string,
    string
  >;
}

test("the calls that led to a definition tell two steps of one factory apart, and lead to the files whose text says what they close over", () => {
  expect(
    origins(
      `import { wrapped } from "./factory.mjs";
const scale = (k) => step("scale", ({ x }) => x * k);
tell("two", scale(2));
tell("three", scale(3));
tell("elsewhere", wrapped("load", () => 1));
const configured = await Promise.resolve(4);
tell("after an await at the top", scale(configured));`,
      { "factory.mjs": `IMPORTS\nexport const wrapped = (name, fn) =>\n  step(name, fn);` },
    ),
  ).toEqual({
    two: "main.mjs:3 < main.mjs:4",
    three: "main.mjs:3 < main.mjs:5",
    elsewhere: "factory.mjs:3 < main.mjs:6",
    "after an await at the top": "main.mjs:3 < main.mjs:8",
  });
});

test("a module is where the calls began, whoever imports or requires it", () => {
  expect(
    origins(
      `import "./imported.mjs"; import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);\nrequire("./required.cjs");\nawait import("./late.mjs");`,
      {
        "imported.mjs": `IMPORTS\ntell("imported", step("a", () => 1));`,
        "late.mjs": `IMPORTS\ntell("late", step("a", () => 1));`,
        "required.cjs": `const { step } = require(${JSON.stringify(path.join(import.meta.dirname, "step.ts"))}); const { tell } = require("./tell.mjs");\ntell("required", step("a", () => 1));`,
      },
    ),
  ).toEqual({ imported: "imported.mjs:2", late: "late.mjs:2", required: "required.cjs:2" });
});

test("what the same calls define several times is alike, unless the names differ", () => {
  expect(
    origins(`for (const k of [1, 2]) tell("loop " + k, step("loop", () => k));
for (const k of [1, 2]) tell("named " + k, step("named" + k, () => k));
for (const k of [1, 2]) tell("pipeline " + k, pipeline("p", () => {}));
const once = step("once", () => 1);
tell("with", once.with({ as: "other" }));`),
  ).toEqual({
    "loop 1": "main.mjs:2 ×2",
    "loop 2": "main.mjs:2 ×2",
    "named 1": "main.mjs:3",
    "named 2": "main.mjs:3",
    "pipeline 1": "main.mjs:4 ×2",
    "pipeline 2": "main.mjs:4 ×2",
    with: "main.mjs:5",
  });
});

test("it is said when nobody can tell what a function was given", () => {
  const told = origins(`import { EventEmitter } from "node:events";
async function main(k) { await null; tell("async function", step("a", () => k)); }
await main(1);
await new Promise((resolve) => setTimeout(() => { tell("timer", step("a", () => 1)); resolve(); }, 1));
eval('tell("eval", step("a", () => 1))');
const deep = (n) => (n === 0 ? step("a", () => 1) : deep(n - 1));
tell("too deep to see", deep(300));
new EventEmitter().on("x", () => tell("emitted by the module itself", step("a", () => 1))).emit("x");`);
  expect(Object.entries(told).map(([label, origin]) => [label, origin.slice(0, 2)])).toEqual([
    ["async function", "? "],
    ["timer", "? "],
    ["eval", "? "],
    ["too deep to see", "? "],
    ["emitted by the module itself", "? "],
  ]);
});

test("a step that is made while a pipeline is recorded is within it, and whoever calls the pipeline doesn't matter", () => {
  const told = origins(`const p = pipeline("p", ({ k, rows }) => { const s = step("s", () => k); tell("s" + k, s); s(); });
const call = (k) => p({ k });
call(2).spec;
await null;
call(3).spec;
const outer = pipeline("outer", () => { const rows = step("rows", () => [1])(); map(rows, (x) => { tell("in map", step("in-map", () => 1)); return x; }); when(true, () => { p({ k: 4, rows }); }); p({ k: 5 }); });
outer().spec;
const again = pipeline("again", ({ n }) => { for (let i = 0; i < n; i++) tell("loop", step("loop", () => i)); });
again({ n: 2 }).spec;`);
  expect(told).toEqual({
    s2: `main.mjs:2 in p([["k",{"kind":"value","json":2}]]) at main.mjs:2`,
    s3: `main.mjs:2 in p([["k",{"kind":"value","json":3}]]) at main.mjs:2`,
    "in map": "main.mjs:7 < main.mjs:7 in outer([]) at main.mjs:7",
    s4: `main.mjs:2 < main.mjs:7 < main.mjs:7 in outer([]) at main.mjs:7 in p([["k",{"kind":"value","json":4}],["rows","wired"]]) at main.mjs:2`,
    s5: `main.mjs:2 < main.mjs:7 in outer([]) at main.mjs:7 in p([["k",{"kind":"value","json":5}]]) at main.mjs:2`,
    loop: `main.mjs:9 ×2 in again([["n",{"kind":"value","json":2}]]) at main.mjs:9`,
  });
});

test("recording a pipeline again makes no step of it alike", () => {
  const told = origins(`const p = pipeline("p", () => { const s = step("s", () => 1); tell("s", s); s(); });\np().spec;\np().spec;`);
  expect(told).toEqual({ s: "main.mjs:2 in p([]) at main.mjs:2" });
});
