// What `npm create @zen` makes is a project that runs, and finds wrong wires.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, afterAll, describe, expect, test } from "vitest";
import { installFromWorkspace } from "../src/install-from-workspace.ts";
import { events, Project, workspace, type Ended } from "../src/project.ts";

const BIN = path.join(workspace, "packages/create/dist/bin.js");

describe("npm create @zen", () => {
  let project: Project;
  let folder: string;
  let made: Ended;
  const inProject = (...args: string[]): Promise<Ended> => project.command("sh", "-c", `cd "${folder}" && exec ${args.join(" ")}`);
  beforeAll(async () => {
    project = new Project({}, { remove: afterAll });
    folder = path.join(project.folder, "planets");
    made = await project.node(BIN, "planets");
    installFromWorkspace(folder);
  });

  test("it says what it has made, and what to type next", () => {
    expect(made).toMatchObject({
      stdout: `Made the project planets in ${folder}. Next:\n  cd planets\n  npm install\n  npm run start\n  npm run test\n`,
      stderr: "",
      code: 0,
    });
  });

  test.each([
    ["pnpm", "pnpm/12.21.0 npm/? node/v24.15.0 linux x64"],
    ["yarn", "yarn/4.18.1 npm/? node/v24.15.0 linux x64"],
    ["bun", "bun/1.4.5 npm/? node/v24.3.0 linux x64"],
  ])("what to type next is %s's where that started it", async (manager, agent) => {
    const { stdout } = await project.command("env", `npm_config_user_agent=${agent}`, "node", BIN, `by-${manager}`);
    expect(stdout).toMatch(new RegExp(`Next:\n  cd by-${manager}\n  ${manager} install\n  ${manager} run start\n  ${manager} run test\n$`));
  });

  test("the first run prints its report, the second comes from the cache", async () => {
    const first = await inProject("node", "--run", "start");
    expect(first, first.stderr).toMatchObject({ code: 0 });
    expect(first.stdout).toContain("period = 0.202 × distance ^ 1.498\nEarth: 365 days predicted, 365.2 observed\n");
    const again = await inProject("node", "--run", "start");
    expect(again.stderr).toMatch(/fit .*cached/);
    expect(await inProject("node", "src/pipeline.ts")).toMatchObject({ stdout: expect.stringContaining("Earth: 365 days"), code: 0 });
  });

  test("every command of the guide does what it says", async () => {
    const guide = readFileSync(path.join(workspace, "docs/first-project.md"), "utf8");
    const commands = [...guide.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block]) => block!.trim().split("\n"));
    // These three made the project above; the packages of an install are linked into it.
    expect(commands.slice(0, 3)).toEqual(["npm create @zen planets", "cd planets", "npm install"]);
    let printed = "";
    for (const command of commands.slice(3)) {
      const words = command.replace(/^npm (?:run )?(?!run)/, "node --run ").replace(/^npx zen/, "node_modules/.bin/zen");
      const { code, stdout, stderr } = await inProject(words);
      expect(code, `${command}\n${stdout}${stderr}`).toBe(0);
      printed += stdout;
    }
    expect(printed).toContain(/```text\n(.*?)```/s.exec(guide)![1]);
    const { steps } = JSON.parse((await inProject("node_modules/.bin/zen run describe --output json")).stdout) as {
      steps: { step: string; cached: boolean }[];
    };
    expect(steps.filter(({ cached }) => !cached).map(({ step }) => step)).toEqual(["load"]);
  });

  test("a wrong parameter is refused before any step runs", async () => {
    const runs = async (): Promise<unknown[]> =>
      JSON.parse((await inProject("node_modules/.bin/zen run list --output json")).stdout) as unknown[];
    const before = await runs();
    const said: string[] = [];
    for (const param of ["every=two", "every=1", "every=2.5", "evry=2"]) {
      const { stdout, stderr, code } = await inProject("node_modules/.bin/zen pipeline run src/pipeline.ts --param", param);
      expect([stdout, code]).toEqual(["", 2]);
      said.push(stderr);
    }
    expect(said.join("")).toMatchInlineSnapshot(`
      "Error: Pipeline "kepler" can't take these parameters: "every": Invalid input: expected number, received string.
      Its parameters are file, every.
      Error: Pipeline "kepler" can't take these parameters: "every": Too small: expected number to be >=2.
      Its parameters are file, every.
      Error: Pipeline "kepler" can't take these parameters: "every": Invalid input: expected int, received number.
      Its parameters are file, every.
      Error: Pipeline "kepler" has no parameter "evry". It takes file, every. Did you mean "every"?
      "
    `);
    expect(await runs()).toEqual(before);
    const help = await inProject("node_modules/.bin/zen pipeline run src/pipeline.ts --help");
    expect(help.stdout).toContain("\n  every=<integer ≥ 2>  of how many planets one is kept for the test (default: 3)\n");
  });

  test.each([
    ["src/report.ts", "days predicted", "days foretold", ["split", "fit", "evaluate"]],
    ["src/power-law.ts", "Math.exp(", "1.1 * Math.exp(", ["split"]],
  ])("a changed line of %s runs its steps again, and what depends on them", async (name, right, changed, expected) => {
    const file = path.join(folder, name);
    const before = readFileSync(file, "utf8");
    writeFileSync(file, before.replace(right, changed));
    const ran = await inProject("node_modules/.bin/zen pipeline run src/pipeline.ts --param every=2 --output json");
    writeFileSync(file, before);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    const { steps } = events(ran.stdout).at(-1) as { steps: { step: string; cached: boolean }[] };
    expect(steps.filter(({ cached }) => cached).map(({ step }) => step)).toEqual(expected);
  });

  test("its tests, its lint rules and its type check have nothing to say", async () => {
    for (const script of ["test", "lint", "typecheck"]) {
      const { code, stdout, stderr } = await inProject("node", "--run", script);
      expect(code, script + stdout + stderr).toBe(0);
    }
  });

  test.each([
    ["typecheck", "a wire of another type", "law: fit({ planets: law })", "TS2"],
    ["typecheck", "a handle as a condition", "law: law.exponent > 1 ? law : law", "TS2365"],
    ["lint", "a handle in a text", "law, text: `${law.exponent}`", "restrict-template-expressions"],
    ["lint", "a handle as a text", "law, text: String(law)", "no-base-to-string"],
    ["lint", "a handle that is joined to a text", `law, text: "law: " + law`, "no-base-to-string"],
    ["lint", "a handle that is spread", "...law, law", "no-misused-promises"],
    ["lint", "a handle as a condition", "law: law ? law : fit({ planets: test })", "no-misused-promises"],
    ["lint", "a run that nothing waits for", "law, run: () => void setTimeout(() => { kepler().run(); })", "no-floating-promises"],
  ])("npm run %s finds %s", async (script, _, wrong, said) => {
    const file = path.join(folder, "src/pipeline.ts");
    const right = readFileSync(file, "utf8");
    writeFileSync(file, right.replace("return { law,", `return { ${wrong},`));
    const { code, stdout, stderr } = await inProject("node", "--run", script);
    writeFileSync(file, right);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain(said);
  });

  test("what can't be is refused with the reason, and nothing is written", async () => {
    mkdirSync(path.join(project.folder, "taken"));
    writeFileSync(path.join(project.folder, "taken/notes.txt"), "");
    writeFileSync(path.join(project.folder, "clash"), "");
    const said: string[] = [];
    for (const args of [[], ["My-Project"], ["../elsewhere"], ["taken"], ["clash"], ["one", "two"], ["x", "--ye"]]) {
      const { code, stdout, stderr } = await project.node(BIN, ...args);
      expect([stdout, code]).toEqual(["", 2]);
      said.push(stderr.replaceAll(project.folder, "FOLDER"));
    }
    expect(said.join("")).toMatchInlineSnapshot(`
      "Error: "" can't be the name of a package: it is empty.
      Give it one, such as: npm create @zen my-project
      Error: "My-Project" can't be the name of a package: npm takes no capital letters.
      Give it one, such as: npm create @zen my-project
      Error: "../elsewhere" can't be the name of a package: npm takes no name that begins with . or _.
      Give it one, such as: npm create @zen my-project
      Error: The folder FOLDER/taken is not empty.
      Nothing was written. Give it another name, or empty the folder.
      Error: FOLDER/clash is a file, and not a folder to make something in.
      Nothing was written. Give it another name, or move the file away.
      Error: It takes one name, and there is more after "one": two.
      Write a name as one word, such as: npm create @zen my-project
      Error: Unknown option '--ye'.
      See: npm create @zen -- --help
      "
    `);
    expect(await project.node(BIN, "--help")).toMatchObject({ stdout: expect.stringMatching(/^Usage: npm create @zen/), code: 0 });
  });
});
