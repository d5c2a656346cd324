import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { oneStep } from "../src/one-step.ts";
import { Project } from "../src/project.ts";
import { refusalIn, type Refusal } from "../src/refusal.ts";

// One project for all, in a repository, after its first use: so that nothing but the mistake is told.
let project: Project;
let refused: Refusal;
beforeAll(async () => {
  project = new Project({ "p.ts": oneStep("1") }, { remove: afterAll });
  await project.zen("init");
  refused = refusalIn(project);
});

/** Writes files and runs the first of them. */
async function run(files: Record<string, string>): Promise<string> {
  project.write(files);
  return refused("pipeline", "run", Object.keys(files)[0]!);
}

describe("an unknown name", () => {
  test("a command, or an option", async () => {
    expect(await refused("stak", "list")).toMatchInlineSnapshot(`
      "Error: There is no command "zen stak". Did you mean "stack"?
      See: zen --help
      exit code 2
      "
    `);
    expect(await refused("artifact-stor", "list")).toMatchInlineSnapshot(`
      "Error: There is no command "zen artifact-stor". Did you mean "artifact-store"?
      See: zen --help
      exit code 2
      "
    `);
    expect(await refused("stack", "lst")).toMatchInlineSnapshot(`
      "Error: There is no command "zen stack lst". Did you mean "list"?
      See: zen stack --help
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "p.ts", "--parm", "ratio=1")).toMatchInlineSnapshot(`
      "Error: zen pipeline run has no option --parm. Did you mean "--param"?
      See: zen pipeline run --help
      exit code 2
      "
    `);
    expect(await refused("run", "list", "--status", "complted")).toMatchInlineSnapshot(`
      "Error: "complted" is no value for --status. Allowed choices are running, completed, failed, cancelled, interrupted.
      See: zen run list --help
      exit code 2
      "
    `);
  });

  test("a flavor", async () => {
    expect(await refused("artifact-store", "register", "x", "--flavor=locl", "--path=/x")).toMatchInlineSnapshot(`
      "Error: There is no artifact store flavor "locl" among the installed packages. Did you mean "local"?
      See all: zen artifact-store flavor list
      exit code 2
      "
    `);
    expect(await refused("artifact-store", "register", "x", "--flavor=s3", "--path=s3://x")).toMatchInlineSnapshot(`
      "Error: There is no artifact store flavor "s3" among the installed packages.
      Install the package that has it: npm install @zen/integration-s3. Or search for another: zen integration search s3
      exit code 2
      "
    `);
    expect(await refused("artifact-store", "register", "x", "--flavor=sqlite")).toMatchInlineSnapshot(`
      "Error: There is no artifact store flavor "sqlite" among the installed packages. "sqlite" is a flavor of the type metadata_store.
      See all: zen artifact-store flavor list
      exit code 2
      "
    `);
    expect(await refused("artifact-store", "register", "x", "--flavor=@acme/zen-stores:fast")).toMatchInlineSnapshot(`
      "Error: There is no artifact store flavor "@acme/zen-stores:fast" among the installed packages.
      Install it: npm install @acme/zen-stores
      exit code 2
      "
    `);
    expect(await refused("artifact-store", "register", "x")).toMatchInlineSnapshot(`
      "Error: Please use the option to specify '--flavor'/'-f' of the artifact store you want to register.
      See: zen artifact-store register --help
      exit code 2
      "
    `);
  });

  test("a field of a flavor, or its value", async () => {
    expect(await refused("artifact-store", "register", "x", "--flavor=local", "--pth=/x")).toMatchInlineSnapshot(`
      "Error: The artifact store flavor "local" has no option "pth". Did you mean "path"?
      Its options are: --path
      exit code 2
      "
    `);
    expect(await refused("artifact-store", "register", "x", "--flavor=local")).toMatchInlineSnapshot(`
      "Error: The artifact store "x" (flavor local) can't be made: "path" is missing.
      Its fields are: path.
      exit code 2
      "
    `);
    expect(await refused("artifact-store", "register", "x", "--flavor=local", "--path=relative")).toMatchInlineSnapshot(`
      "Error: The artifact store "x" (flavor local) can't be made: "path": "relative" is not an absolute path, write PROJECT/relative.
      Its fields are: path.
      exit code 2
      "
    `);
    expect(await refused("artifact-store", "register", "a/b", "--flavor=local", "--path=/x")).toMatchInlineSnapshot(`
      "Error: "a/b" can't be the name of a new artifact store: it contains a path separator.
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      "
    `);
    expect(await refused("artifact-store", "register", "default", "--flavor=local", "--path=/x")).toMatchInlineSnapshot(`
      "Error: The profile "default" already has the artifact store "default".
      Choose another name, or look at it: zen artifact-store describe default
      exit code 1
      "
    `);
  });

  test("a stack, a component, or a profile", async () => {
    expect(await refused("stack", "describe", "defalt")).toMatchInlineSnapshot(`
      "Error: There is no stack "defalt" in the profile "default". Did you mean "default"?
      See all stacks: zen stack list
      exit code 2
      "
    `);
    expect(await refused("stack", "set", "nothing-like-it")).toMatchInlineSnapshot(`
      "Error: There is no stack "nothing-like-it" in the profile "default".
      See all stacks: zen stack list
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "p.ts", "--stack", "defalt")).toMatchInlineSnapshot(`
      "Error: --stack names the stack "defalt", which does not exist in the profile "default". Did you mean "default"?
      The stacks are: default.
      exit code 2
      "
    `);
    expect(await refused("stack", "register", "x", "-o", "defalt", "-a", "default", "-m", "default")).toMatchInlineSnapshot(`
      "Error: There is no orchestrator "defalt" in the profile "default". Did you mean "default"?
      See all: zen orchestrator list
      exit code 2
      "
    `);
    expect(await refused("stack", "register", "x", "-o", "default")).toMatchInlineSnapshot(`
      "Error: zen stack register needs the options --metadata-store and --artifact-store.
      See: zen stack register --help
      exit code 2
      "
    `);
    expect(await refused("orchestrator", "describe", "defalt")).toMatchInlineSnapshot(`
      "Running with active stack: 'default'
      Error: There is no orchestrator "defalt" in the profile "default". Did you mean "default"?
      See all: zen orchestrator list
      exit code 2
      "
    `);
    expect(await refused("stack", "list", "--profile", "defalt")).toMatchInlineSnapshot(`
      "Error: --profile names the profile "defalt", which does not exist. Did you mean "default"?
      The profiles are: default.
      exit code 2
      "
    `);
  });

  test("a run, an artifact, or a step", async () => {
    await project.zen("pipeline", "run", "p.ts", "--run-name", "first");
    expect(await refused("run", "describe", "frst")).toMatchInlineSnapshot(`
      "Error: There is no run "frst". Did you mean "first"?
      List them: zen run list
      exit code 2
      "
    `);
    expect(await refused("artifact", "read", "make.outpt")).toMatchInlineSnapshot(`
      "Error: There is no artifact "make.outpt". Did you mean "make.output"?
      List them: zen artifact list
      exit code 2
      "
    `);
    expect(await refused("run", "logs", "first", "--step", "mak")).toMatchInlineSnapshot(`
      "Error: The run has no step "mak". Did you mean "make"?
      List them: zen run describe
      exit code 2
      "
    `);
  });

  test("a file, or a pipeline in it", async () => {
    expect(await refused("pipeline", "run", "pp.ts")).toMatchInlineSnapshot(`
      "Error: There is no file pp.ts. Did you mean "p.ts"?
      Name a file that exports a pipeline: zen pipeline run src/pipeline.ts
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "no/such/file.ts")).toMatchInlineSnapshot(`
      "Error: There is no file no/such/file.ts.
      Name a file that exports a pipeline: zen pipeline run src/pipeline.ts
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "node_modules")).toMatchInlineSnapshot(`
      "Error: node_modules is a folder, not a pipeline file.
      Name the file: zen pipeline run src/pipeline.ts
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "p.ts#q")).toMatchInlineSnapshot(`
      "Error: p.ts exports no "q".
      Its pipelines are: p.
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run")).toMatchInlineSnapshot(`
      "Error: zen pipeline run needs an argument: FILE.
      See: zen pipeline run --help
      exit code 2
      "
    `);
  });

  test("a parameter, or its value", async () => {
    project.write({
      "typed.ts": `import { pipeline, step } from "@zen/core";
import * as z from "zod";
const make = step("make", ({ rate }: { rate: number }) => rate);
export const p = pipeline("p", { params: z.object({ rate: z.number().min(0).max(1), mode: z.enum(["fast", "exact"]).default("fast") }) }, ({ rate }) => make({ rate }));
`,
    });
    expect(await refused("pipeline", "run", "p.ts", "--param", "rato=1")).toMatchInlineSnapshot(`
      "Error: Pipeline "p" has no parameter "rato". It reads ratio. Did you mean "ratio"?
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "typed.ts", "--param", "rte=1")).toMatchInlineSnapshot(`
      "Error: Pipeline "p" has no parameter "rte". It takes rate, mode. Did you mean "rate"?
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "typed.ts", "--param", "rate=2")).toMatchInlineSnapshot(`
      "Error: Pipeline "p" can't take these parameters: "rate": Too big: expected number to be <=1.
      Its parameters are rate, mode.
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "typed.ts", "--param", "rate=0.5", "--param", "mode=slow")).toMatchInlineSnapshot(`
      "Error: Pipeline "p" can't take these parameters: "mode": Invalid option: expected one of "fast"|"exact".
      Its parameters are rate, mode.
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "typed.ts")).toMatchInlineSnapshot(`
      "Error: Pipeline "p" can't take these parameters: "rate" is missing.
      Its parameters are rate, mode.
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "p.ts", "--param", "ratio")).toMatchInlineSnapshot(`
      "Error: "ratio" is no value for --param. It has the form name=value.
      See: zen pipeline run --help
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "p.ts", "--runtime", "batch")).toMatchInlineSnapshot(`
      "Error: "batch" is no value for --runtime. It has the form name=value.
      See: zen pipeline run --help
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "p.ts", "--runtime", "=3")).toMatchInlineSnapshot(`
      "Error: "=3" is no value for --runtime. It has the form name=value.
      See: zen pipeline run --help
      exit code 2
      "
    `);
  });
});

describe("a step that", () => {
  test("throws", async () => {
    expect(
      await run({
        "throwing/p.ts": `${oneStep("train(1)")}function train(rate: number): number {\n  return check(rate);\n}\nfunction check(rate: number): never {\n  throw new RangeError(\`a rate of \${rate} is too high\`);\n}\n`,
      }),
    ).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: a rate of 1 is too high
      Error: Step "make" failed: a rate of 1 is too high
          at check (file://PROJECT/throwing/p.ts:8:9)
          at train (file://PROJECT/throwing/p.ts:5:10)
          at Object.fn (file://PROJECT/throwing/p.ts:2:37)
      See what it logged: zen run logs ID
      exit code 1
      "
    `);
    expect(
      await run({
        "throwing/async.ts": `${oneStep("train(1)").replace("() =>", "async () =>")}async function train(rate: number): Promise<number> {\n  await new Promise((done) => setTimeout(done, 1));\n  throw new Error("later");\n}\n`,
      }),
    ).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: later
      Error: Step "make" failed: later
          at train (file://PROJECT/throwing/async.ts:6:9)
      See what it logged: zen run logs ID
      exit code 1
      "
    `);
    expect(
      await run({
        "throwing/below.ts": `import { divide } from "./divide.ts";\n${oneStep("[1].map((n) => divide(n))")}`,
        "throwing/divide.ts": `export function divide(n: number): number {\n  return (undefined as never as { n: number }).n / n;\n}\n`,
      }),
    ).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Cannot read properties of undefined (reading 'n')
      Error: Step "make" failed: Cannot read properties of undefined (reading 'n')
          at divide (file://PROJECT/throwing/divide.ts:2:48)
          at file://PROJECT/throwing/below.ts:3:52
          at Object.fn (file://PROJECT/throwing/below.ts:3:41)
      See what it logged: zen run logs ID
      exit code 1
      "
    `);
    expect(await run({ "throwing/undefined.ts": oneStep("{ throw undefined; }") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: it threw undefined instead of an error
      Error: Step "make" failed: it threw undefined instead of an error
      See what it logged: zen run logs ID
      exit code 1
      "
    `);
    expect(await run({ "throwing/text.ts": oneStep(`{ throw "just text"; }`) })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: just text
      Error: Step "make" failed: just text
      See what it logged: zen run logs ID
      exit code 1
      "
    `);
    expect(await run({ "throwing/record.ts": oneStep(`{ throw { status: 404 }; }`) })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: {"status":404}
      Error: Step "make" failed: {"status":404}
      See what it logged: zen run logs ID
      exit code 1
      "
    `);
    expect(await run({ "throwing/cause.ts": oneStep(`{ throw new Error("can't load", { cause: new Error("no such host") }); }`) }))
      .toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: can't load (cause: no such host)
      Error: Step "make" failed: can't load (cause: no such host)
          at Object.fn (file://PROJECT/throwing/cause.ts:2:45)
      See what it logged: zen run logs ID
      exit code 1
      "
    `);
    expect(
      await run({
        "throwing/system.ts": oneStep(`readFileSync("no-such.csv")`).replace("\n", `\nimport { readFileSync } from "node:fs";\n`),
      }),
    ).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: ENOENT: no such file or directory, open 'no-such.csv'
      Error: Step "make" failed: ENOENT: no such file or directory, open 'no-such.csv'
          at Object.fn (file://PROJECT/throwing/system.ts:3:37)
      See what it logged: zen run logs ID
      exit code 1
      "
    `);
  });

  test("returns what can't be stored", async () => {
    expect(await run({ "storing/function.ts": oneStep("({ model: { layers: [1, { act: Math.tanh }] } })") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" returned a value that can't be stored: output.model.layers[1].act is the function tanh.
      Error: Step "make" returned a value that can't be stored: output.model.layers[1].act is the function tanh.
      Return the data that it works on, and call it in the step that reads it.
      exit code 1
      "
    `);
    expect(await run({ "storing/class.ts": `class Model {}\n${oneStep("[new Model()]")}` })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" returned a value that can't be stored: output[0] is an instance of the class Model.
      Error: Step "make" returned a value that can't be stored: output[0] is an instance of the class Model.
      Return a plain object with its data, such as { ...it }, and make the instance again in the step that reads it.
      exit code 1
      "
    `);
    expect(await run({ "storing/symbol.ts": oneStep(`new Map([["a", Symbol("b")]])`) })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" returned a value that can't be stored: output.get("a") is a symbol.
      Error: Step "make" returned a value that can't be stored: output.get("a") is a symbol.
      Use a string.
      exit code 1
      "
    `);
    expect(await run({ "storing/promise.ts": oneStep(`({ rows: Promise.resolve([1]) })`) })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" returned a value that can't be stored: output.rows is a promise.
      Error: Step "make" returned a value that can't be stored: output.rows is a promise.
      Await it before you return it.
      exit code 1
      "
    `);
    expect(
      await run({
        "storing/named.ts": oneStep("({ train: [1], test: () => 1 })", "{ outputs: { train: json<number[]>(), test: json() } }").replace(
          "{ pipeline",
          "{ json, pipeline",
        ),
      }),
    ).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" returned a value that can't be stored: test is the function test.
      Error: Step "make" returned a value that can't be stored: test is the function test.
      Return the data that it works on, and call it in the step that reads it.
      exit code 1
      "
    `);
    expect(await run({ "storing/text.ts": oneStep("42 as never", "{ output: text() }").replace("{ pipeline", "{ text, pipeline") }))
      .toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" returned a number, but the output is declared with text(), which takes a string.
      Error: Step "make" returned a number, but the output is declared with text(), which takes a string.
      Return what text() takes, or leave text() out: then any plain data can be stored.
      exit code 1
      "
    `);
    expect(
      await run({
        "storing/file.ts": oneStep(`"no-such-file.bin" as never`, "{ output: file() }").replace("{ pipeline", "{ file, pipeline"),
      }),
    ).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" returned the file PROJECT/no-such-file.bin, but it does not exist.
      Error: Step "make" returned the file PROJECT/no-such-file.bin, but it does not exist.
      A file's path is returned once the file is there. A relative path counts from the working directory of the process.
      exit code 1
      "
    `);
    expect(
      await run({
        "storing/handle.ts": oneStep("other() as never").replace("export const", `const other = step("other", () => 1);\nexport const`),
      }),
    ).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "other" was called inside the running step "make".
      Error: Step "other" was called inside the running step "make".
      Call other.fn(inputs) for its function, or wire both in the pipeline.
      exit code 1
      "
    `);
  });

  test("forgets an output", async () => {
    const outputs = "{ outputs: { train: json<number[]>(), test: json<number[]>() } }";
    const forgetting = (expression: string): string => oneStep(expression, outputs).replace("{ pipeline", "{ json, pipeline");
    expect(await run({ "forgetting/one.ts": forgetting("({ train: [1] }) as never") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" did not return "test" (it returned { train }).
      Error: Step "make" did not return "test" (it returned { train }).
      Return a record with every output that the step declares.
      exit code 1
      "
    `);
    expect(await run({ "forgetting/all.ts": forgetting("{}") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" did not return "train" (it returned nothing).
      Error: Step "make" did not return "train" (it returned nothing).
      Return a record with every output that the step declares.
      exit code 1
      "
    `);
    expect(await run({ "forgetting/list.ts": forgetting("[[1], [2]] as never") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" did not return "train" (it returned a list of 2).
      Error: Step "make" did not return "train" (it returned a list of 2).
      Return a record with every output that the step declares.
      exit code 1
      "
    `);
    expect(await run({ "forgetting/typo.ts": forgetting("({ train: [1], tset: [2] }) as never") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" did not return "test" (it returned { train, tset }).
      Error: Step "make" did not return "test" (it returned { train, tset }).
      Return a record with every output that the step declares.
      exit code 1
      "
    `);
  });

  test("gives map something else than a list, or when something else than true or false", async () => {
    const graph = (expression: string, body: string): string => `import { map, pipeline, step, when } from "@zen/core";
const make = step("make", (): any => (${expression}));
const use = step("use", ({ n }: { n: number }) => n);
export const p = pipeline("p", () => ${body});
`;
    expect(await run({ "graph/record.ts": graph("{ a: 1 }", "map(make(), (n: any) => use({ n }))") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✔ make 1 ms
      ✖ map failed: Map "map" was given an object where it needs a list.
      Error: Map "map" was given an object where it needs a list.
      Let the step before it return an array.
      exit code 1
      "
    `);
    expect(await run({ "graph/text.ts": graph(`"abc"`, "map(make(), (n: any) => use({ n }))") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✔ make 1 ms
      ✖ map failed: Map "map" was given the text "abc" where it needs a list.
      Error: Map "map" was given the text "abc" where it needs a list.
      Let the step before it return an array.
      exit code 1
      "
    `);
    expect(await run({ "graph/missing.ts": graph("{ rows: [1] }", "map(make().row, (n: any) => use({ n }))") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✔ make 1 ms
      ✖ map failed: Map "map" was given undefined where it needs a list.
      Error: Map "map" was given undefined where it needs a list.
      Let the step before it return an array.
      exit code 1
      "
    `);
    expect(await run({ "graph/when.ts": graph(`"yes"`, "when(make(), () => use({ n: 1 }))") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✔ make 1 ms
      ✖ when failed: When "when" was given the text "yes" where it needs true or false.
      Error: When "when" was given the text "yes" where it needs true or false.
      Use atLeast, atMost or equals, or let a step return a boolean.
      exit code 1
      "
    `);
    expect(await run({ "graph/when-number.ts": graph("1", "when(make(), () => use({ n: 1 }))") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✔ make 1 ms
      ✖ when failed: When "when" was given the number 1 where it needs true or false.
      Error: When "when" was given the number 1 where it needs true or false.
      Use atLeast, atMost or equals, or let a step return a boolean.
      exit code 1
      "
    `);
    expect(await run({ "graph/path.ts": graph("{ a: 1 }", "use({ n: make().a.c })") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 2 steps.
      ▶ make
      ✔ make 1 ms
      ✖ use failed: make.output at .a is the number 1, so it has no .c to pass on.
      Error: Step "use" failed: make.output at .a is the number 1, so it has no .c to pass on.
      A handle lifts the properties of plain objects. Take anything else out of the value in a step.
      exit code 1
      "
    `);
    expect(await run({ "graph/key.ts": graph("[1, 1]", "map(make(), (n: any) => use({ n }), { key: (n: any) => String(n) })") }))
      .toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✔ make 1 ms
      ✖ map failed: Two items of map "map" have the key "1".
      Error: Map "map" failed: Two items of map "map" have the key "1".
      Return a different key for each item, or leave key out: then the index names them.
      exit code 1
      "
    `);
  });
});
