import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { AuthorProject, CLASSES, manifest } from "./author-project.ts";
import { finished } from "./zen.ts";

it("shows after each save what users will see, or what is wrong, and ends with Ctrl-C", async () => {
  const project = new AuthorProject({ "package.json": manifest("[]"), "src/index.ts": CLASSES });
  const child = project.start(["integration", "dev", "--output", "json"]);
  const lines: Record<string, any>[] = [];
  let waiting: (() => void) | undefined;
  child.stdout!.on("data", (text: string) => {
    lines.push(
      ...text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, any>),
    );
    waiting?.();
  });
  const end = finished(child);
  /** The nth answer. */
  const answer = async (n: number): Promise<Record<string, any>> => {
    while (lines.length < n) await new Promise<void>((resolve) => (waiting = resolve));
    return lines[n - 1]!;
  };

  expect(await answer(1)).toMatchObject({ ok: true, listing: [{ flavor: "acme", ready: true }] });
  project.write({ "src/index.ts": CLASSES.replace('"acme"', '"bell"') });
  expect(await answer(2)).toMatchObject({ ok: true, listing: [{ flavor: "bell", ready: true }] });
  expect(existsSync(`${project.folder}/schemas/alerter.bell.json`)).toBe(true);
  project.write({ "src/index.ts": "throw new Error('oh');" });
  expect(await answer(3)).toMatchObject({ ok: false, error: { code: "flavor_import_failed" } });
  project.write({ "src/index.ts": CLASSES });
  expect(await answer(4)).toMatchObject({ ok: true, listing: [{ flavor: "acme" }] });
  child.kill("SIGINT");
  expect(await end).toMatchObject({ code: 0, stderr: "" });
  // What it wrote itself was no reason to build again.
  expect(lines.length).toBe(4);
});

it("links the package into a project of its own, which goes with it", async () => {
  const project = new AuthorProject({ "package.json": manifest("[]"), "src/index.ts": CLASSES });
  const child = project.start(["integration", "dev"]);
  const end = finished(child);
  let scratch: string | undefined;
  await new Promise<void>((resolve) => {
    child.stderr!.on("data", (text: string) => (scratch ??= / in the project (\S+),/.exec(text)?.[1]));
    child.stdout!.on("data", (text: string) => text.includes("zen-integration-acme#AcmeAlerter") && resolve());
  });
  expect(project.zen(["alerter", "flavor", "list"], { cwd: scratch! }).stdout).toContain("zen-integration-acme#AcmeAlerter");
  child.kill("SIGTERM");
  expect(await end).toMatchObject({ code: 0 });
  expect(existsSync(scratch!)).toBe(false);
});

it("shows a list once until it is another one, however a file is saved and wherever it is", async () => {
  const project = new AuthorProject({ "package.json": manifest("[]"), "src/index.ts": CLASSES });
  const child = project.start(["integration", "dev"]);
  const end = finished(child);
  let printed = "";
  let waiting: (() => void) | undefined;
  for (const stream of [child.stdout!, child.stderr!])
    stream.on("data", (text: string) => {
      printed += text;
      waiting?.();
    });
  /** What is printed up to a text, and after what was asked for before. */
  const until = async (text: string): Promise<string> => {
    while (!printed.includes(text)) await new Promise<void>((resolve) => (waiting = resolve));
    const before = printed.slice(0, printed.indexOf(text));
    printed = printed.slice(before.length + text.length);
    return before;
  };
  /** As many editors save: whole, in the place of what was there. */
  const replace = (text: string): void => {
    writeFileSync(`${project.folder}/src/.new`, text);
    renameSync(`${project.folder}/src/.new`, `${project.folder}/src/index.ts`);
  };

  await until("zen-integration-acme#AcmeAlerter");
  for (const comment of ["// one", "// two"]) {
    replace(`${CLASSES}${comment}`);
    expect(await until("Built. What users will see is the same.\n")).not.toContain("FLAVOR");
  }
  mkdirSync(`${project.folder}/src/deep`);
  writeFileSync(`${project.folder}/src/deep/name.ts`, `export const name = "bell";`);
  expect(await until("Built. What users will see is the same.\n")).not.toContain("FLAVOR");
  replace(`import { name } from "./deep/name.ts";\n${CLASSES.replace('"acme"', "name")}`);
  expect(await until("zen-integration-acme#AcmeAlerter")).toContain("bell");
  writeFileSync(`${project.folder}/src/deep/name.ts`, `export const name = "gong";`);
  expect(await until("zen-integration-acme#AcmeAlerter")).toContain("gong");
  replace("throw new Error('oh');");
  await until("can't be imported: oh.");
  replace(CLASSES.replace('"acme"', '"gong"'));
  expect(await until("zen-integration-acme#AcmeAlerter")).toContain("gong");
  // What is built wrongly isn't what users will see.
  const scripts = `"scripts": { "build": "echo line 1: oh no && exit 1" },`;
  project.write({ "package.json": project.text("package.json").replace("{", `{ ${scripts}`) });
  expect(await until("Mend what it says; the next save builds again.\n")).toMatch(
    /┛\nError: The script "build" ended with exit code 1:\nline 1: oh no\n$/,
  );
  child.kill("SIGINT");
  expect(await end).toMatchObject({ code: 0 });
});

it("waits for what is away, and takes neither folders nor links to nothing for sources", async () => {
  const project = new AuthorProject({
    "package.json": manifest("[]").replace("{", '{ "scripts": null,'),
    "src/index.ts": CLASSES,
    "src/gen.ts/name.json": `"bell"`,
  });
  symlinkSync("nowhere.ts", `${project.folder}/src/old.ts`);
  const child = project.start(["integration", "dev"]);
  const end = finished(child);
  let printed = "";
  for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (text: string) => (printed += text));
  const shows = (text: string): Promise<void> => vi.waitFor(() => expect(printed).toContain(text), 20_000);

  await shows("zen-integration-acme#AcmeAlerter");
  renameSync(`${project.folder}/package.json`, `${project.folder}/package.json.away`);
  // The author's next save, for which there is no package to build.
  project.write({ "src/index.ts": CLASSES.replace('"acme"', '"gong"') });
  await setTimeout(1000);
  const awayPrinted = printed;
  renameSync(`${project.folder}/package.json.away`, `${project.folder}/package.json`);
  await shows("┃ gong   │");
  expect(awayPrinted).not.toContain("Error");
  project.write({ "package.json": project.text("package.json").replace("zen-integration-acme", "../../x") });
  await shows("which can't be the name of a package.\n");
  child.kill("SIGINT");
  expect(await end).toMatchObject({ code: 0 });
});

it("makes no project for a package whose name leads elsewhere", () => {
  const project = new AuthorProject({ "package.json": manifest("[]").replace("zen-integration-acme", "../../x"), "src/index.ts": CLASSES });
  expect(project.zen(["integration", "dev"])).toEqual({
    stdout: "",
    stderr: `Error: "name" in ${project.folder}/package.json is "../../x", which can't be the name of a package.
It takes small letters, digits, - and ., after a scope if there is one: @acme/my-store
`,
    code: 2,
  });
});
