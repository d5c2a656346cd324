// What a person is asked at a terminal: by `npm create @zen/integration`, by `npm create @zen`, and before something is deleted.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test, type TestContext } from "vitest";
import { Project, workspace, type Ended } from "../src/project.ts";
import { dialogOnTerminal } from "../src/terminal.ts";

const [ENTER, DOWN, UP, CTRL_C, CTRL_D, CLEAR_LINE] = ["\r", "\u001b[B", "\u001b[A", "\u0003", "\u0004", "\u0015"];
/** Some terminals have no size. */
const WIDTHS = [100, 0];
type Dialog = Parameters<typeof dialogOnTerminal>[2];

/** Answers what a command asks in an empty folder. */
class Desk {
  readonly #project = new Project({}, { install: () => {} });
  readonly folder = this.#project.folder;

  /** @param command the scaffolder's name, and what is said after it */
  answer(context: TestContext, command: string, dialog: Dialog, columns?: number): Promise<Ended> {
    const [scaffolder, ...said] = command.split(" ") as [string, ...string[]];
    const bin = path.join(workspace, "packages", scaffolder, "dist/bin.js");
    const where = { cwd: this.folder, env: this.#project.env, ...(columns === undefined ? {} : { columns }) };
    return dialogOnTerminal(context, `'${process.execPath}' '${bin}' ${said.join(" ")}`, dialog, where);
  }

  json(file: string): unknown {
    return JSON.parse(readFileSync(path.join(this.folder, file), "utf8"));
  }
}

describe("npm create @zen/integration", () => {
  const [NAME, TYPE, FLAVOR] = ["What is it called? (such as my-store)", "What does it implement?", "The flavor's name, after --flavor="];
  const [LINE, LICENCE] = ["What is it, in a line?", "Under which licence?"];

  test("what is typed takes the place of what was proposed", async (context) => {
    const desk = new Desk();
    const { stdout, code } = await desk.answer(context, "create-integration", [
      [NAME, `@acme/my.calm${ENTER}`],
      [TYPE, `${UP}${UP}${ENTER}`],
      [FLAVOR, `calm${ENTER}`],
      [LINE, `Slowly${ENTER}`],
      [LICENCE, `${DOWN}${ENTER}`],
    ]);
    expect(stdout).toContain(`Made @acme/my.calm in ${desk.folder}/my.calm. Next:\n  cd my.calm\n  npm install\n`);
    expect(code).toBe(0);
    expect(desk.json("my.calm/package.json")).toMatchObject({
      name: "@acme/my.calm",
      description: "Slowly",
      license: "MIT",
      zen: { flavors: [{ type: "orchestrator", flavor: "calm", description: "Slowly" }] },
    });
  });

  test.for(WIDTHS)("Enter takes what was proposed, on a terminal that says it is %i wide", async (columns, context) => {
    const desk = new Desk();
    const { stdout, code } = await desk.answer(
      context,
      "create-integration",
      [
        [NAME, `my-store${ENTER}`],
        [TYPE, ENTER],
        [FLAVOR, ENTER],
        [LINE, ENTER],
        [LICENCE, ENTER],
      ],
      columns,
    );
    expect(stdout).toContain(`│  The artifact store flavor my-store for zen\n`);
    expect(code).toBe(0);
    expect(desk.json("my-store/package.json")).toMatchObject({
      name: "zen-integration-my-store",
      description: "The artifact store flavor my-store for zen",
      license: "Apache-2.0",
      zen: { flavors: [{ type: "artifact_store", flavor: "my-store" }] },
    });
  });

  test("what can't be is asked again", async (context) => {
    const desk = new Desk();
    mkdirSync(path.join(desk.folder, "taken"));
    writeFileSync(path.join(desk.folder, "taken/notes.txt"), "");
    const { code } = await desk.answer(context, "create-integration", [
      [NAME, ENTER],
      [`"" can't be the name of a package: it is empty.`, `My-Store${ENTER}`],
      [`"My-Store" can't be the name of a package: npm takes no capital letters.`, `${CLEAR_LINE}taken${ENTER}`],
      [`The folder ${desk.folder}/taken is not empty.`, `${CLEAR_LINE}2nd-store${ENTER}`],
      [TYPE, ENTER],
      [FLAVOR, ENTER],
      [`"2nd-store" can't be the name of a flavor`, `Two Words${ENTER}`],
      [`"Two Words" can't be the name of a flavor`, `${CLEAR_LINE}second${ENTER}`],
      [LINE, ENTER],
      [LICENCE, ENTER],
    ]);
    expect(code).toBe(0);
    expect(desk.json("2nd-store/package.json")).toMatchObject({
      name: "zen-integration-2nd-store",
      description: "The artifact store flavor second for zen",
      zen: { flavors: [{ flavor: "second" }] },
    });
  });

  test("what was said already is not asked, and refused before anything is", async (context) => {
    const desk = new Desk();
    mkdirSync(path.join(desk.folder, "taken"));
    writeFileSync(path.join(desk.folder, "taken/notes.txt"), "");
    for (const [said, error] of [
      ["taken", `The folder ${desk.folder}/taken is not empty.`],
      ["--license MTI", 'There is no text of the licence "MTI" here. Did you mean "MIT"?'],
    ] as const) {
      const { stdout, code } = await desk.answer(context, `create-integration ${said}`, []);
      expect(stdout.startsWith(`Error: ${error}\n`), stdout).toBe(true);
      expect(code).toBe(2);
    }
    const { stdout, code } = await desk.answer(context, "create-integration calm --type orchestrator --license MIT", [
      [FLAVOR, ENTER],
      [LINE, `Slowly${ENTER}`],
    ]);
    expect(stdout).not.toMatch(new RegExp([NAME, TYPE, LICENCE].map(RegExp.escape).join("|")));
    expect(code).toBe(0);
    expect(desk.json("calm/package.json")).toMatchObject({ description: "Slowly", license: "MIT", zen: { flavors: [{ flavor: "calm" }] } });
  });

  test("Ctrl-C at any question leaves nothing behind", async (context) => {
    const answers: Dialog = [
      [NAME, `my-store${ENTER}`],
      [TYPE, ENTER],
      [FLAVOR, ENTER],
      [LINE, ENTER],
      [LICENCE, ENTER],
    ];
    for (const [index, [question]] of answers.entries()) {
      const desk = new Desk();
      const { stdout, code } = await desk.answer(context, "create-integration", [...answers.slice(0, index), [question, CTRL_C]]);
      expect(code, question).toBe(130);
      expect(stdout).toMatch(/\nError: Interrupted\. Nothing was written\.\n$/);
      expect(readdirSync(desk.folder)).toEqual([]);
    }
  });
});

describe("npm create @zen", () => {
  const NAME = "What is the project called? (such as my-project)";

  test.for(WIDTHS)("the name that is typed is the project's, on a terminal that says it is %i wide", async (columns, context) => {
    const desk = new Desk();
    const { stdout, code } = await desk.answer(context, "create", [[NAME, `@acme/planets${ENTER}`]], columns);
    expect(stdout).toContain(`Made the project @acme/planets in ${desk.folder}/planets. Next:\n  cd planets\n`);
    expect(code).toBe(0);
    expect(desk.json("planets/package.json")).toMatchObject({ name: "@acme/planets" });
  });

  test("an input that ends, by Ctrl-D, ends the questions in the same way", async (context) => {
    const desk = new Desk();
    const { stdout, code } = await desk.answer(context, "create", [[NAME, CTRL_D]]);
    expect(code).toBe(130);
    expect(stdout).toMatch(/\nError: Interrupted\. Nothing was written\.\n$/);
    expect(readdirSync(desk.folder)).toEqual([]);
  });

  test("what can't be is asked again, and Ctrl-C leaves nothing behind", async (context) => {
    const desk = new Desk();
    const { stdout, code } = await desk.answer(context, "create", [
      [NAME, ENTER],
      [`"" can't be the name of a package: it is empty.`, `_x${ENTER}`],
      [`"_x" can't be the name of a package: npm takes no name that begins with . or _.`, `${CLEAR_LINE}planets${CTRL_C}`],
    ]);
    expect(code).toBe(130);
    expect(stdout).toMatch(/\nError: Interrupted\. Nothing was written\.\n$/);
    expect(existsSync(path.join(desk.folder, "planets"))).toBe(false);
  });
});

test.for(WIDTHS)("a deletion is confirmed on a terminal that says it is %i wide", async (columns, context) => {
  const project = new Project();
  await project.json("stack", "copy", "default", "spare");
  const { stdout, code } = await dialogOnTerminal(
    context,
    `'${process.execPath}' '${project.zenBin}' stack delete spare`,
    [["Are you sure you want to proceed? [y/n]", `no${ENTER}`]],
    { cwd: project.folder, env: project.env, columns },
  );
  expect(stdout).toContain("\nNothing was changed.\n");
  expect(code).toBe(0);
});
