import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { isZenError } from "../error/zen-error.ts";
import { loadPipelineFile } from "./load-pipeline-file.ts";

const folder = mkdtempSync(path.join(tmpdir(), "zen-load-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const pipelines = JSON.stringify(new URL("../pipeline/pipeline.ts", import.meta.url).href);

let files = 0;
/** Loads a file with this text, which is new each time: a module is imported once. */
async function load(text: string, name?: string): Promise<string> {
  const file = path.join(folder, `file${++files}.mjs`);
  writeFileSync(file, `import { pipeline } from ${pipelines};\n${text}`);
  try {
    const loaded = await loadPipelineFile(file, name);
    return `${loaded.export}: ${loaded.definition.name}`;
  } catch (error) {
    if (!isZenError(error)) throw error;
    return [error.code, error.message, error.hint].join("\n").replaceAll(path.relative(process.cwd(), file), "FILE");
  }
}

test("the one pipeline of a file is found, whatever else it exports, and under whichever name", async () => {
  expect(await load(`export const training = pipeline("train", () => {}); export const other = 1;`)).toBe("training: train");
  expect(await load(`export default pipeline("train", () => {});`)).toBe("default: train");
  expect(await load(`const a = pipeline("train", () => {}); export { a, a as b, a as default };`)).toMatch(/: train$/);
});

test("one of several is named by its export, or by its own name", async () => {
  const two = `export const a = pipeline("first", () => {}); export const b = pipeline("second", () => {});`;
  expect(await load(two, "b")).toBe("b: second");
  expect(await load(two, "first")).toBe("a: first");
  expect(await load(two)).toMatchInlineSnapshot(`
    "several_pipelines
    FILE exports 2 pipelines: a, b.
    Say which: zen pipeline run FILE#a"
  `);
  expect(await load(two, "c")).toMatchInlineSnapshot(`
    "no_pipeline
    FILE exports no "c".
    Its pipelines are: a, b."
  `);
  expect(await load(`${two} export const c = 1;`, "c")).toMatchInlineSnapshot(`
    "no_pipeline
    "c" of FILE is not a pipeline.
    Its pipelines are: a, b."
  `);
});

test("an export's name comes before another pipeline's own", async () => {
  expect(await load(`export const second = pipeline("first", () => {}); export const b = pipeline("second", () => {});`, "second")).toBe(
    "second: first",
  );
});

test("a file without a pipeline says what it exports", async () => {
  expect(await load(`export const rows = []; export function fit() {}`)).toMatchInlineSnapshot(`
    "no_pipeline
    FILE exports no pipeline (it exports rows, fit).
    Export it: export const training = pipeline("training", …)"
  `);
  expect(await load(``)).toMatchInlineSnapshot(`
    "no_pipeline
    FILE exports no pipeline.
    Export it: export const training = pipeline("training", …)"
  `);
});

test("a file that isn't there, or is none, says what is", async () => {
  writeFileSync(path.join(folder, "training.ts"), "");
  const said = async (file: string): Promise<string> => (await loadPipelineFile(file).catch((error: Error) => error.message)) as string;
  expect(await said(path.join(folder, "trainning.ts"))).toMatch(/^There is no file .*trainning\.ts\. Did you mean "training\.ts"\?$/);
  expect(await said(path.join(folder, "no", "where.ts"))).toMatch(/^There is no file .*where\.ts\.$/);
  expect(await said(folder)).toMatch(/is a folder, not a pipeline file\.$/);
});
