import { expect, test } from "vitest";
import { events, Project } from "../src/project.ts";

// A wrong hit is the worst kind of bug: what could give one, as whole processes on real files.

/** Runs a pipeline of a file and gives, by node, its output and what was said of it. */
async function run(project: Project, file: string, ...args: string[]): Promise<Record<string, string>> {
  const { stdout, stderr, code } = await project.zen("pipeline", "run", file, ...args, "--output", "json");
  expect(stderr, stdout).toBe("");
  expect(code).toBe(0);
  const { steps } = events(stdout).at(-1) as { steps: { name: string; cached: boolean; reason: string; outputs: { id: string }[] }[] };
  const told: Record<string, string> = {};
  for (const { name, cached, reason, outputs } of steps)
    told[name] = `${JSON.stringify(await project.json("artifact", "read", outputs[0]!.id))} ${cached ? "cached" : "ran"}: ${reason}`;
  return told;
}

test("steps of one factory are told apart by the calls that made them", async () => {
  const project = new Project({
    "p.ts": `import { pipeline, step } from "@zen/core";
const scale = (k: number) => step("scale", ({ x }: { x: number }) => x * k);
const [two, three] = [scale(2), scale(3)];
export const p = pipeline("p", () => { two({ x: 1 }); three({ x: 1 }); });`,
  });
  await run(project, "p.ts");
  expect(await run(project, "p.ts")).toEqual({
    scale: "2 cached: same code and inputs (x=1)",
    "scale-2": "3 cached: same code and inputs (x=1)",
  });
});

test("steps that a loop makes are not cached, and are told how to be", async () => {
  const project = new Project({
    "p.ts": `import { pipeline, step } from "@zen/core";
const [two, three] = [2, 3].map((k) => step("scale", ({ x }: { x: number }) => x * k));
export const p = pipeline("p", () => { two!({ x: 1 }); three!({ x: 1 }); });
export const q = pipeline("q", () => { for (const k of [2, 3]) step("inline", () => k)(); });`,
  });
  const why = (name: string, line: number): string =>
    `ran: not cached: 2 steps called "${name}" are defined at p.ts:${line}, and what tells them apart is not known; make it an input, or part of the name`;
  for (let time = 0; time < 2; time++) {
    expect(await run(project, "p.ts#p")).toEqual({ scale: `2 ${why("scale", 2)}`, "scale-2": `3 ${why("scale", 2)}` });
    expect(await run(project, "p.ts#q")).toEqual({ inline: `2 ${why("inline", 4)}`, "inline-2": `3 ${why("inline", 4)}` });
  }
});

test("a step that is made inside pipelines has the parameters of each of them in its key", async () => {
  const text = (k: number): string => `import { pipeline, step } from "@zen/core";
import { inner, make } from "./inner.ts";
const [made2, made3] = [make(2), make(3)];
export const p = pipeline("p", () => { inner({ k: 2 }); inner({ k: ${k} }); });
export const q = pipeline("q", () => { made2(); made3(); });`;
  const project = new Project({
    "p.ts": text(3),
    "inner.ts": `import { pipeline, step } from "@zen/core";
export const inner = pipeline("inner", ({ k }: { k: number }) => { step("s", () => k)(); });
export const make = (k: number) => pipeline("made", () => { step("s", () => k)(); });`,
  });
  await run(project, "p.ts#p");
  expect(await run(project, "p.ts#p")).toEqual({
    "inner/s": "2 cached: same code and inputs",
    "inner-2/s": "3 cached: same code and inputs",
  });
  await run(project, "p.ts#q");
  expect(await run(project, "p.ts#q")).toEqual({
    "made/s": "2 cached: same code and inputs",
    "made-2/s": "3 cached: same code and inputs",
  });
  project.write({ "p.ts": text(4) });
  expect(await run(project, "p.ts#p")).toMatchObject({ "inner-2/s": expect.stringMatching(/^4 ran/) });
});

test("an edit to whoever calls a factory counts, although step() stands in another file", async () => {
  const text = (n: number): string => `import { pipeline } from "@zen/core";
import { logged } from "./logged.ts";
const answer = logged("answer", () => ${n});
export const p = pipeline("p", () => answer());`;
  const project = new Project({
    "p.ts": text(1),
    "other.ts": text(5),
    "logged.ts": `import { step } from "@zen/core";
export const logged = <R>(name: string, fn: () => R) => step(name, () => fn());`,
  });
  expect(await run(project, "p.ts")).toEqual({ answer: "1 ran: no earlier result" });
  expect(await run(project, "other.ts")).toEqual({ answer: "5 ran: its code changed" });
  project.write({ "p.ts": text(2) });
  expect(await run(project, "p.ts")).toEqual({ answer: "2 ran: its code changed" });
});

test("inputs that come as one value count", async () => {
  const project = new Project({
    "p.ts": `import { pipeline, step } from "@zen/core";
const load = step("load", ({ n }: { n: number }) => ({ a: n, b: 1 }));
const sum = step("sum", ({ a, b }: { a: number; b: number }) => a + b);
export const p = pipeline("p", ({ n }: { n: number }) => sum(load({ n })));`,
  });
  expect(await run(project, "p.ts", "--param", "n=1")).toMatchObject({ sum: "2 ran: no earlier result" });
  expect(await run(project, "p.ts", "--param", "n=2")).toMatchObject({ sum: "3 ran: its inputs changed" });
  expect(await run(project, "p.ts", "--param", "n=2")).toMatchObject({ sum: "3 cached: same code and inputs" });
});

test("a step that looks at which item of a map it is isn't reused for another", async () => {
  const project = new Project({
    "p.ts": `import { map, pipeline, step } from "@zen/core";
const look = step("look", (_: { n: number }, { step }) => step.item!.key);
export const p = pipeline("p", () => map([7, 7], (n) => look({ n }), { key: (_, index) => "item" + index }));`,
  });
  await run(project, "p.ts");
  const why = "ran: its last run was not cached; not kept for reuse, because it read ctx.step.item";
  expect(await run(project, "p.ts")).toEqual({ "map/look[item0]": `"item0" ${why}`, "map/look[item1]": `"item1" ${why}` });
});

test("a file that is edited while its pipeline runs gives no result to the edited one", async () => {
  const project = new Project({
    "p.ts": `import { pipeline, step } from "@zen/core";
import { writeFileSync } from "node:fs";
import { late } from "./late.ts";
const edit = step("edit", { cache: false }, () => { writeFileSync("late.ts", 'import { step } from "@zen/core";\\nexport const late = step("late", (_: { n: number }) => "edited");'); return 1; });
export const p = pipeline("p", () => late({ n: edit() }));`,
    "late.ts": `import { step } from "@zen/core";\nexport const late = step("late", (_: { n: number }) => "as loaded");`,
  });
  expect(await run(project, "p.ts")).toMatchObject({ late: `"as loaded" ran: not cached: late.ts was changed after it had been loaded` });
  expect(await run(project, "p.ts")).toMatchObject({ late: expect.stringMatching(/^"edited" ran/) });
});

test("where code can't be told from the text, nothing is cached, and the line is named", async () => {
  const project = new Project({
    "p.ts": `import { pipeline, step } from "@zen/core";
const load = step("load", async ({ name }: { name: string }) => ((await import("./" + name + ".ts")) as { value: number }).value);
export const p = pipeline("p", () => load({ name: "plugin" }));`,
    "plugin.ts": "export const value = 1;",
  });
  const why = "ran: not cached: p.ts:2 imports a module whose name is computed";
  expect(await run(project, "p.ts")).toEqual({ load: `1 ${why}` });
  project.write({ "plugin.ts": "export const value = 2;" });
  expect(await run(project, "p.ts")).toEqual({ load: `2 ${why}` });
});

test("a result in another artifact store is no hit, and the reason says where it is", async () => {
  const project = new Project({
    "p.ts": `import { pipeline, step } from "@zen/core";\nconst one = step("one", () => 1);\nexport const p = pipeline("p", () => one());`,
  });
  await project.zen("artifact-store", "register", "other", "--flavor=local", `--path=${project.root}/other`);
  await project.zen("stack", "register", "second", "-o", "default", "-m", "default", "-a", "other");
  await run(project, "p.ts");
  const { stdout } = await project.zen("pipeline", "run", "p.ts", "--stack", "second", "--output", "json");
  expect((events(stdout).at(-1) as any).steps).toMatchObject([
    { cached: false, reason: "its earlier result is in another artifact store" },
  ]);
});

test("a module that a step loads while it runs, and that was edited after the run began, gives no result to what it was before", async () => {
  const project = new Project({
    "p.ts": `import { pipeline, step } from "@zen/core";
import { writeFileSync } from "node:fs";
const write = step("write", { cache: false }, ({ text }: { text: string }) => { writeFileSync("late.ts", "export const late = " + JSON.stringify(text) + ";"); return 1; });
const load = step("load", async (_: { after: number }) => (await import("./late.ts")).late);
const first = step("first", () => 1);
export const p = pipeline("p", ({ text }: { text: string }) => { first(); load({ after: write({ text }) }); });`,
  });
  // The file isn't there at first; then it is there with another text; then it is what it had been.
  expect(await run(project, "p.ts", "--param", "text=one")).toMatchObject({
    load: `"one" ran: no earlier result; not kept for reuse, because late.ts was changed meanwhile`,
  });
  expect(await run(project, "p.ts", "--param", "text=two")).toMatchObject({ load: expect.stringMatching(/^"two" ran/) });
  project.write({ "late.ts": `export const late = "one";` });
  expect(await run(project, "p.ts", "--param", "text=three")).toMatchObject({ load: expect.stringMatching(/^"three" ran/) });
});
