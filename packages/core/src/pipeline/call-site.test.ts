import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { placeOfModule } from "./module-root.ts";

// In child processes, on real files: a test runner that transforms TypeScript changes call sites.
const folder = realpathSync(mkdtempSync(join(tmpdir(), "zen call-site é#%20 ")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const core = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);
const IMPORTS = `import { step } from ${core("./step.ts")};\nimport { pipeline } from ${core("./pipeline.ts")};\n`;
const PRINT = `\nconst { file, root, spec, steps } = p["~zen"].record();\nconsole.log(JSON.stringify({ file, root, module: spec.module, steps: [...steps.values()].map(({ definition }) => [definition.name, definition.origin.sites[0]?.file ?? null, definition.origin.within.length > 0]) }));\n`;

function write(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const run = (...args: string[]): { file: string | null; root: string | null; module: string | null; steps: unknown[] } =>
  JSON.parse(execFileSync(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], { encoding: "utf8", cwd: folder }));

describe("step() and pipeline()", () => {
  it("note the file they stand in, also of another module, and whether a pipeline was being recorded", () => {
    write("a/package.json", `{ "type": "module" }`);
    const steps = write(
      "a/src/steps.ts",
      `${IMPORTS}export const one = step("one", () => 1);\nexport const wrapped = (name: string) => step(name, () => 2);\n`,
    );
    const main = write(
      "a/src/main.ts",
      `${IMPORTS}import { one, wrapped } from "./steps.ts";\nconst two = wrapped("two");\nconst p = pipeline("p", () => { one(); two(); step("inline", () => 3)(); });${PRINT}`,
    );
    expect(run(main)).toEqual({
      file: main,
      root: join(folder, "a"),
      module: "src/main.ts",
      steps: [
        ["one", steps, false],
        ["two", steps, false],
        ["inline", main, true],
      ],
    });
  });

  it("do so in CommonJS", () => {
    const main = write(
      "b/main.cjs",
      `const { step } = require(${JSON.stringify(join(import.meta.dirname, "step.ts"))});\nconst { pipeline } = require(${JSON.stringify(join(import.meta.dirname, "pipeline.ts"))});\nconst p = pipeline("p", () => { step("one", () => 1)(); });${PRINT}`,
    );
    expect(run(main)).toMatchObject({ file: main, steps: [["one", main, true]] });
  });

  it("do so whatever a program makes of stack traces", () => {
    const main = write(
      "c/main.mts",
      `${IMPORTS}Error.stackTraceLimit = 0;\nError.prepareStackTrace = () => "mine";\nconst p = pipeline("p", () => {});${PRINT}`,
    );
    expect(run(main)).toMatchObject({ file: main });
  });

  it("know of no file where there is none", () => {
    expect(run("--input-type=module", "-e", `${IMPORTS}const p = pipeline("p", () => {});${PRINT}`)).toMatchObject({
      file: null,
      root: null,
      module: null,
    });
  });
});

describe("a module's place", () => {
  it("is relative to the repository, else to the package, else to its own folder", () => {
    const file = write("d/package/src/deep/main.ts", "");
    expect(placeOfModule(file)).toEqual({ root: join(folder, "d/package/src/deep"), module: "main.ts" });
    write("d/package/package.json", "{}");
    mkdirSync(join(folder, "d/package/src/package.json"));
    expect(placeOfModule(file)).toEqual({ root: join(folder, "d/package"), module: "src/deep/main.ts" });
    write("d/package/.zen", "a file, not a repository");
    expect(placeOfModule(file)).toEqual({ root: join(folder, "d/package"), module: "src/deep/main.ts" });
    mkdirSync(join(folder, "d/.zen"));
    expect(placeOfModule(file)).toEqual({ root: join(folder, "d"), module: "package/src/deep/main.ts" });
  });
});
