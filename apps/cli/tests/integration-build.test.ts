import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { AuthorProject, CLASSES, manifest } from "./author-project.ts";
import { TestProject } from "./zen.ts";

const ENTRY = `[
      {
        "type": "alerter",
        "flavor": "acme",
        "contract": 0,
        "module": ".",
        "export": "AcmeAlerter",
        "configSchema": "./schemas/alerter.acme.json"
      }
    ]`;
const SCHEMA = "schemas/alerter.acme.json";

const acme = (flavors = "[]", classes = CLASSES): AuthorProject =>
  new AuthorProject({ "package.json": manifest(flavors), "src/index.ts": classes });

describe("zen integration build", () => {
  it("writes the manifest and the schemas from the classes, and leaves the rest of package.json as it is", () => {
    const project = acme();
    expect(project.zen(["integration", "build"])).toEqual({
      stdout: `package.json: zen.flavors doesn't have the alerter flavor "acme" of the class AcmeAlerter
schemas/alerter.acme.json: is missing
Wrote package.json, schemas/alerter.acme.json.
`,
      stderr: "",
      code: 0,
    });
    expect(project.text("package.json")).toBe(manifest(ENTRY));
    expect(project.read(SCHEMA)).toMatchObject({
      properties: { channel: { type: "string", description: "Where to post" }, apiToken: { secret: true } },
      required: ["channel"],
    });
    expect(project.zen(["alerter", "flavor", "list"]).stdout).toContain("zen-integration-acme#AcmeAlerter");
    const before = statSync(path.join(project.folder, "package.json")).mtimeMs;
    expect(project.zen(["integration", "build"]).stdout).toBe(
      "The manifest and the schemas of zen-integration-acme are what its classes say.\n",
    );
    expect(statSync(path.join(project.folder, "package.json")).mtimeMs).toBe(before);
  });

  it("makes a manifest where there is none", () => {
    const project = new AuthorProject({
      "package.json": `{\n\t"name": "zen-integration-acme",\n\t"type": "module",\n\t"main": "./src/index.ts"\n}\n`,
      "src/index.ts": CLASSES,
    });
    project.json("integration", "build");
    expect(project.text("package.json")).toMatch(
      /^\{\n\t"name".+,\n\t"type".+,\n\t"main": ".+",\n\t"zen": \{\n\t\t"manifestVersion": 1,\n\t\t"flavors": \[\n/,
    );
  });

  it("keeps what a person wrote, and corrects what the class says otherwise", () => {
    const written = (type: string, contract: number, extra = ""): string =>
      `[{ "docs": "https://acme.example", "type": "${type}", "flavor": "acme", "aliases": ["ac"], "contract": ${contract}, "description": "Posts", "module": ".", "export": "AcmeAlerter"${extra} }]`;
    const project = acme(written("orchestrator", 7));
    expect(project.json("integration", "build")).toEqual({
      package: "zen-integration-acme",
      folder: project.folder,
      flavors: [{ type: "alerter", flavor: "acme" }],
      changes: [
        { file: "package.json", what: 'zen.flavors[0].type is "orchestrator", and the class AcmeAlerter says "alerter"' },
        { file: "package.json", what: "zen.flavors[0].contract is 7, and the class AcmeAlerter says 0" },
        {
          file: "package.json",
          what: 'zen.flavors[0].configSchema is missing, and the class AcmeAlerter says "./schemas/alerter.acme.json"',
        },
        { file: "schemas/alerter.acme.json", what: "is missing" },
      ],
    });
    expect(project.text("package.json")).toBe(manifest(written("alerter", 0, `, "configSchema": "./${SCHEMA}"`)));
  });

  it("follows a class or a flavor that was renamed", () => {
    const project = acme();
    project.json("integration", "build");
    project.write({ "src/index.ts": CLASSES.replaceAll("AcmeAlerter", "Bell") });
    expect(project.json("integration", "build")).toMatchObject({
      changes: [{ what: 'zen.flavors[0].export is "AcmeAlerter", and the class Bell says "Bell"' }],
    });
    project.write({ "src/index.ts": CLASSES.replaceAll("AcmeAlerter", "Bell").replace('"acme"', '"bell"') });
    project.json("integration", "build");
    expect(project.text("package.json")).toBe(manifest(ENTRY.replace("AcmeAlerter", "Bell").replaceAll("acme", "bell")));
    expect(existsSync(path.join(project.folder, SCHEMA))).toBe(false);
    expect(existsSync(path.join(project.folder, "schemas/alerter.bell.json"))).toBe(true);
  });

  it("changes nothing with --check, and names the drift", () => {
    const project = acme(ENTRY.replace('"contract": 0', '"contract": 1'));
    project.json("integration", "build");
    expect(project.zen(["integration", "build", "--check"]).code).toBe(0);
    project.write({
      "package.json": manifest(ENTRY.replace('"contract": 0', '"contract": 1')),
      "src/index.ts": CLASSES.replace("channel:", "room:").replace("of the bot", "of a bot"),
    });
    expect(project.zen(["integration", "build", "--check"])).toEqual({
      stdout: "",
      stderr: `Error: The manifest and the schemas of zen-integration-acme are not what its classes say:
  package.json: zen.flavors[0].contract is 1, and the class AcmeAlerter says 0
  schemas/alerter.acme.json: lacks room; still has channel; differs at apiToken
Write them: zen integration build
`,
      code: 3,
    });
    expect(project.text("package.json")).toBe(manifest(ENTRY.replace('"contract": 0', '"contract": 1')));
    expect(project.text(SCHEMA)).toContain("channel");
  });

  it("says what is wrong, and changes nothing", () => {
    const cases: readonly (readonly [string, string, string])[] = [
      ["a class that is gone", ENTRY.replace("AcmeAlerter", "AcmeAlertr").replace('"acme"', '"x"'), CLASSES],
      ["an export that is no flavor", ENTRY.replace("AcmeAlerter", "x").replace('"acme"', '"x"'), `${CLASSES}export const x = 1;`],
      ["a setting that doesn't survive its spelling", "[]", CLASSES.replace("channel:", "channel_name:")],
      ["a setting that no schema describes", "[]", CLASSES.replace("z.string()", "z.date()")],
      ["a module that isn't exported", ENTRY.replace('"."', '"./sub"'), CLASSES],
      ["a module that throws", "[]", `throw new Error("no licence");`],
      ["a module that ends the process", "[]", `process.exit(3);`],
      ["a package that isn't there", "[]", `import "left-pad";`],
      ["no flavor at all", "[]", `export const x = 1;`],
      ["a manifest that is none", '"x"', CLASSES],
      ["a list that is null", "null", CLASSES],
    ];
    const said = cases.map(([what, flavors, classes]) => {
      const project = acme(flavors, classes);
      const { code, message, hint, exitCode } = project.error("integration", "build");
      expect(exitCode).toBe(1);
      expect(project.text("package.json")).toBe(manifest(flavors));
      return `${what}\n${code}: ${message}\n${hint}`;
    });
    expect(said.join("\n\n")).toMatchInlineSnapshot(`
      "a class that is gone
      bad_flavor: zen.flavors[0] names the class "AcmeAlertr" of ".", which exports no such class. Did you mean "AcmeAlerter"?
      Export it, or take zen.flavors[0] out of package.json.

      an export that is no flavor
      bad_flavor: zen.flavors[0] names "x" of ".", which is no class that extends a base class of @zen/core.
      Export it, or take zen.flavors[0] out of package.json.

      a setting that doesn't survive its spelling
      bad_flavor: The class AcmeAlerter is not a flavor: its config field "channel_name" would not survive being written as "channel_name" and read back.
      Write field names in camelCase, with single capitals: accessKeyId, not accessKeyID.

      a setting that no schema describes
      bad_flavor: The class AcmeAlerter has settings that no JSON Schema can describe: Date cannot be represented in JSON Schema
      Let users give text, numbers, truth values, lists or objects, and make what the class needs of them by .transform(…) or z.preprocess(…).

      a module that isn't exported
      flavor_import_failed: The module "./sub" of zen-integration-acme can't be loaded: "exports" has no "./sub" with the condition "default".
      Add to "exports" in package.json: "./sub": { "types": "./dist/….d.ts", "default": "./dist/….js" }

      a module that throws
      flavor_import_failed: The module "." of zen-integration-acme can't be loaded: src/index.ts can't be imported: no licence.
      Mend what it says, build, and try again.

      a module that ends the process
      import_exited: Importing zen-integration-acme (.) ended the process (exit code 3).
      Modules of a flavor must not call process.exit, and must not do their work when they are imported.

      a package that isn't there
      flavor_import_failed: The module "." of zen-integration-acme can't be loaded: src/index.ts can't be imported: Cannot find package 'left-pad'.
      Install what it needs: npm install left-pad

      no flavor at all
      no_flavors: zen-integration-acme has no flavor: its module src/index.ts exports no class of one.
      Export a class that extends a base class of @zen/core, such as BaseArtifactStore, and has a FLAVOR.

      a manifest that is none
      bad_manifest: The manifest in package.json can't be read: "zen.flavors" should be a list.
      Correct it by hand, or take "zen" out: it is written anew.

      a list that is null
      bad_manifest: The manifest in package.json can't be read: "zen.flavors" should be a list.
      Correct it by hand, or take "zen" out: it is written anew."
    `);
  });

  it("says when the package isn't built, and where there is none", () => {
    const project = acme();
    rmSync(path.join(project.folder, "src"), { recursive: true });
    expect(project.error("integration", "build")).toEqual({
      code: "flavor_import_failed",
      message: `The module "." of zen-integration-acme can't be loaded: "exports" leads to src/index.ts, which isn't there.`,
      hint: "Build the package first, or correct the path in package.json.",
      exitCode: 1,
    });
    project.write({ "package.json": manifest("[]").replace('"exports": { ".": "./src/index.ts" },', "") });
    expect(project.error("integration", "build")).toMatchObject({
      message: `The module "." of zen-integration-acme can't be loaded: neither "exports" nor "main" in package.json leads to a file.`,
      hint: `Add to package.json: "exports": { ".": { "types": "./dist/….d.ts", "default": "./dist/….js" } }`,
    });
    project.write({ "package.json": manifest("[]").replace('"exports": { ".": "./src/index.ts" },', '"main": "dist/index.js",') });
    expect(project.error("integration", "build")).toMatchObject({
      message: `The module "." of zen-integration-acme can't be loaded: "main" leads to dist/index.js, which isn't there.`,
      hint: "Build the package first, or correct the path in package.json.",
    });
    const elsewhere = new TestProject({ "package.json": "{}" });
    expect(elsewhere.error("integration", "build")).toMatchObject({ code: "no_package", exitCode: 2 });
    elsewhere.write({ "package.json": "{" });
    expect(elsewhere.error("integration", "build")).toMatchObject({ code: "broken_file", exitCode: 1 });
  });
});

describe("the packages of this workspace", () => {
  const integrations = path.resolve(import.meta.dirname, "../../../integrations");
  it.each(["local", "s3", "gcs"])("%s has the manifest and the schemas of its classes", (name) => {
    const cwd = path.join(integrations, name);
    const { stderr, code } = new TestProject().zen(["integration", "build", "--check"], { cwd });
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    const { zen } = JSON.parse(readFileSync(path.join(cwd, "package.json"), "utf8")) as { zen: { flavors: { configSchema: string }[] } };
    for (const { configSchema } of zen.flavors) {
      const { properties } = JSON.parse(readFileSync(path.join(cwd, configSchema), "utf8")) as {
        properties: Record<string, { description?: string }>;
      };
      for (const { description } of Object.values(properties)) expect(description).toMatch(/\w/);
    }
  });
});
