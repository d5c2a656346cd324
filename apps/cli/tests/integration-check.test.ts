import { chmodSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { AuthorProject, CLASSES, manifest } from "./author-project.ts";

/** A package that is ready, but for what a test spoils: its class is built already. */
function ready(change: (json: Record<string, any>) => void = () => {}, files: Record<string, string> = {}): AuthorProject {
  const json = JSON.parse(manifest("[]")) as Record<string, any>;
  json["exports"] = "./dist/index.js";
  json["files"] = ["dist", "schemas"];
  json["scripts"] = { test: "node test.js" };
  json["devDependencies"] = { "@zen/core": "^0.1.0" };
  const project = new AuthorProject({
    "package.json": JSON.stringify(json),
    "dist/index.js": CLASSES.replaceAll(/export abstract|static override readonly|<typeof AcmeAlerter\.configSchema>/g, (found) =>
      found.startsWith("<") ? "" : found.startsWith("export") ? "export" : "static",
    ),
    "README.md": "# Acme",
    LICENSE: "MIT",
    "test.js": "",
  });
  project.json("integration", "build");
  const built = project.read("package.json") as Record<string, any>;
  built["zen"].flavors[0].description = "Posts to Acme";
  change(built);
  project.write({ "package.json": JSON.stringify(built), ...files });
  return project;
}

interface Report {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly check: string;
    readonly status: string;
    readonly message: string | null;
    readonly hint: string | null;
  }[];
  readonly listing: readonly object[];
}

/** What isn't ok, as lines. */
function complaints(project: AuthorProject, ...flags: string[]): string[] {
  return complaintsWith({}, project, ...flags);
}

/** The same, with other variables. */
function complaintsWith(env: Record<string, string>, project: AuthorProject, ...flags: string[]): string[] {
  const { stdout } = project.zen(["integration", "check", ...flags, "--output", "json"], { env });
  const { checks } = JSON.parse(stdout) as Report;
  return checks
    .filter(({ status }) => status !== "ok")
    .map(({ check, status, message, hint }) => `${check} ${status}: ${message} → ${hint}`);
}

describe("zen integration check", () => {
  it("finds nothing wrong with a package that is ready, and shows what users will see", () => {
    const project = ready();
    expect(project.zen(["integration", "check"])).toEqual({
      stdout: `┏━━━━━━━━━━━━━━┯━━━━━━━━┓
┃ CHECK        │ RESULT ┃
┠──────────────┼────────┨
┃ manifest     │ ok     ┃
┃ classes      │ ok     ┃
┃ schemas      │ ok     ┃
┃ readme       │ ok     ┃
┃ licence      │ ok     ┃
┃ name         │ ok     ┃
┃ files        │ ok     ┃
┃ dependencies │ ok     ┃
┃ keyword      │ ok     ┃
┃ conformance  │ ok     ┃
┃ tests        │ ok     ┃
┗━━━━━━━━━━━━━━┷━━━━━━━━┛
                                   zen alerter flavor list
┏━━━━━━━━┯━━━━━━━━━━━━━━━━━━━━━━┯━━━━━━━━━┯━━━━━━━━━━━━━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
┃ FLAVOR │ INTEGRATION          │ VERSION │ READY-TO-USE │ SOURCE                           ┃
┠────────┼──────────────────────┼─────────┼──────────────┼──────────────────────────────────┨
┃ acme   │ zen-integration-acme │ 1.2.3   │ ✅           │ zen-integration-acme#AcmeAlerter ┃
┗━━━━━━━━┷━━━━━━━━━━━━━━━━━━━━━━┷━━━━━━━━━┷━━━━━━━━━━━━━━┷━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛
`,
      stderr: "Running the tests of zen-integration-acme: node test.js\n",
      code: 0,
    });
    expect(project.json("integration", "check", "--no-test")).toMatchObject({
      package: "zen-integration-acme",
      ok: true,
      listing: [{ name: "acme", type: "alerter", ready: true, description: "Posts to Acme" }],
    });
  });

  it("says of everything that is missing what to do", () => {
    const project = ready((json) => {
      for (const key of ["keywords", "license", "peerDependencies"]) delete json[key];
      json["dependencies"] = { zod: "^4.0.0" };
      json["files"] = ["src"];
      json["private"] = true;
      delete json["zen"].flavors[0].description;
    });
    for (const file of ["README.md", "LICENSE"]) rmSync(path.join(project.folder, file));
    expect(project.error("integration", "check")).toEqual({
      code: "integration_check_failed",
      message: "zen-integration-acme isn't ready to be published: readme, licence, files, dependencies, keyword.",
      hint: "When that is mended: zen integration check",
      exitCode: 1,
    });
    const { version } = project.read("node_modules/@zen/core/package.json") as { version: string };
    expect(complaints(project, "--no-test").map((line) => line.replace(`^${version}`, "^CORE"))).toMatchInlineSnapshot(`
      [
        "manifest warning: the alerter flavor "acme" has no "description", which lists and help show → Add it in "zen.flavors".",
        "readme failed: there is no README.md → Say what the flavor is for, how to register it, and what it needs.",
        "licence failed: "license" is missing from package.json → Add its SPDX name: "license": "Apache-2.0"",
        "licence failed: there is no LICENSE → Add its text: https://spdx.org/licenses",
        "name warning: "private" is true, and npm publishes no such package → Take it out before you publish.",
        "files failed: dist/index.js, which "exports" lead to with ".", would not be published → Add its folder to "files" in package.json: ["src","dist"]",
        "files failed: schemas/alerter.acme.json, a schema of the manifest, would not be published → Add its folder to "files" in package.json: ["src","schemas"]",
        "dependencies failed: @zen/core is not among "peerDependencies" → Add it: "@zen/core": "^CORE"",
        "dependencies failed: zod is among "dependencies": users would get a second copy of it → Move it to "peerDependencies", and for your own tests to "devDependencies".",
        "keyword failed: "keywords" has no "zen-integration", by which registries find packages of flavors → Add it: "keywords": ["zen-integration"]",
        "tests skipped: --no-test → null",
      ]
    `);
  });

  it("says what is wrong with the manifest, the classes and the schemas", () => {
    const drifted = ready((json) => (json["zen"].flavors[0].contract = 3), { "schemas/alerter.acme.json": "{}" });
    expect(complaints(drifted, "--no-test")).toMatchInlineSnapshot(`
      [
        "manifest failed: the alerter flavor "acme": it was built on contract 3 of alerters, and this zen has contract 0: install a newer zen (npm install @zen/core@latest @zen/cli@latest) → Write it: zen integration build",
        "schemas failed: package.json: zen.flavors[0].contract is 3, and the class AcmeAlerter says 0 → Write it: zen integration build",
        "schemas failed: schemas/alerter.acme.json: lacks channel, apiToken → Write it: zen integration build",
        "tests skipped: --no-test → null",
      ]
    `);
    const unwritten = ready();
    rmSync(path.join(unwritten.folder, "schemas"), { recursive: true });
    expect(complaints(unwritten, "--no-test")).toEqual([
      "schemas failed: schemas/alerter.acme.json: is missing → Write it: zen integration build",
      "tests skipped: --no-test → null",
    ]);
    const unbuilt = ready();
    rmSync(path.join(unbuilt.folder, "dist"), { recursive: true });
    expect(complaints(unbuilt, "--no-test")).toMatchInlineSnapshot(`
      [
        "classes failed: The module "." of zen-integration-acme can't be loaded: "exports" leads to dist/index.js, which isn't there. → Build the package first, or correct the path in package.json.",
        "tests skipped: --no-test → null",
      ]
    `);
    const source = ready((json) => (json["exports"] = "./index.ts"), {
      "index.ts": CLASSES.replace(`.meta({ description: "Where to post" })`, ""),
    });
    expect(complaints(source, "--no-test")).toMatchInlineSnapshot(`
      [
        "schemas failed: schemas/alerter.acme.json: differs at channel → Write it: zen integration build",
        "schemas warning: settings of AcmeAlerter have no description, which help shows: channel → Add one to each: z.string().meta({ description: "…" })",
        "files failed: index.ts, which "exports" lead to with ".", would not be published → Add its folder to "files" in package.json: ["dist","schemas","index.ts"]",
        "files failed: "exports" lead with "." to index.ts, and Node strips no types inside node_modules → Let "default" lead to what tsc makes of it: "./dist/….js"",
        "tests skipped: --no-test → null",
      ]
    `);
    const none = ready((json) => delete json["zen"]);
    expect(complaints(none, "--no-test")).toMatchInlineSnapshot(`
      [
        "manifest failed: package.json has no "zen" with flavors, so that nothing is found → Write it: zen integration build",
        "schemas failed: package.json: has no manifest → Write it: zen integration build",
        "schemas failed: package.json: zen.flavors doesn't have the alerter flavor "acme" of the class AcmeAlerter → Write it: zen integration build",
        "tests skipped: --no-test → null",
      ]
    `);
  });

  it("takes a preset, which only brings other packages", () => {
    const preset = {
      name: "acme-zen-platform",
      license: "MIT",
      keywords: ["zen-integration"],
      dependencies: { "@zen/core": "*" },
      zen: { manifestVersion: 1, includes: ["zen-integration-none"] },
    };
    const project = new AuthorProject({ "package.json": JSON.stringify(preset), "README.md": "# Acme", LICENSE: "MIT" });
    expect(complaints(project)).toEqual([
      "manifest failed: it includes zen-integration-none, which is not installed → Install it: npm install zen-integration-none@latest",
      "files failed: npm can't pack it: Invalid package, must have name and version → Mend package.json, until this works: npm pack --dry-run",
    ]);
  });

  it("reads on where a list is null, and a test's name is that of a folder or of a link to nothing", () => {
    const nothing = ready((json) => (json["zen"].flavors = null));
    mkdirSync(path.join(nothing.folder, "tests/gen.test.ts"), { recursive: true });
    symlinkSync("nowhere.ts", path.join(nothing.folder, "tests/old.test.ts"));
    expect(complaints(nothing, "--no-test")).toMatchInlineSnapshot(`
      [
        "manifest failed: "zen.flavors" is null and should be a list → Write it: zen integration build",
        "classes failed: The manifest in package.json can't be read: "zen.flavors" should be a list. → Correct it by hand, or take "zen" out: it is written anew.",
        "tests skipped: --no-test → null",
      ]
    `);
  });

  it("says that npm has listed no files, and reads on", () => {
    const project = ready();
    const npm = (prints: string): string[] => {
      project.write({ "odd/npm": `#!/bin/sh\n${prints}\n` });
      chmodSync(path.join(project.folder, "odd/npm"), 0o755);
      return complaintsWith({ PATH: `${project.folder}/odd:${process.env["PATH"]}` }, project, "--no-test");
    };
    expect([...npm(":"), ...npm("echo hello; echo []")].filter((line) => line.startsWith("files"))).toMatchInlineSnapshot(`
      [
        "files skipped: npm, which says what would be published, printed nothing and not a list of files → See what it prints, and why: npm pack --dry-run --json --ignore-scripts",
        "files skipped: npm, which says what would be published, printed "hello" and not a list of files → See what it prints, and why: npm pack --dry-run --json --ignore-scripts",
      ]
    `);
  });

  it("warns of a name that a flavor of zen's own has", () => {
    const taken = ready((json) => (json["zen"].flavors[0].aliases = ["slack"]));
    expect(taken.zen(["integration", "check"]).code).toBe(0);
    expect(complaints(taken)).toMatchInlineSnapshot(`
      [
        "manifest warning: the alerter flavor "acme" has the name "slack" of one of zen's own, in @zen/integration-slack: who has both must write --flavor zen-integration-acme:slack → Take it out of "aliases" in "zen.flavors".",
      ]
    `);
    const same = ready((json) => delete json["zen"], {
      "dist/index.js": `import { BaseOrchestrator } from "@zen/core";
export class Calm extends BaseOrchestrator { static FLAVOR = "local"; async run() { return "completed"; } }`,
    });
    same.json("integration", "build");
    expect(complaints(same).filter((line) => line.includes("has the name"))).toMatchInlineSnapshot(`
      [
        "manifest warning: the orchestrator flavor "local" has the name "local" of one of zen's own, in @zen/integration-local: who has both must write --flavor zen-integration-acme:local → Give its class another FLAVOR.",
      ]
    `);
  });

  it("warns of a flavor in the README's commands that the package doesn't have", () => {
    const readme = `# Acme

\`--flavor=acem\` posts to Acme; the option --flavor says so.

npx zen alerter register mine --flavor acme --channel=x
zenml alerter register mine \\
  --channel=x -f "bell"
zen alerter flavor describe gong; zen alerter flavor describe acme
zen artifact-store register mine --flavor=acme.
zen orchestrator register slow --flavor=local && zen alerter register x --flavor=zen-integration-acme:acme
zen alerter register mine --flavor=NAME
zen alerter register mine --flavor=<name>
zen alerter flavor describe
shows it
`;
    const project = ready(() => {}, { "README.md": readme });
    expect(project.zen(["integration", "check"]).code).toBe(0);
    expect(complaints(project)).toMatchInlineSnapshot(`
      [
        "readme warning: line 3 of README.md has the flavor "acem", and the package has the alerter flavor "acme" → Correct the command: who copies it gets an error.",
        "readme warning: line 7 of README.md has the alerter flavor "bell", and the package has the alerter flavor "acme" → Correct the command: who copies it gets an error.",
        "readme warning: line 8 of README.md has the alerter flavor "gong", and the package has the alerter flavor "acme" → Correct the command: who copies it gets an error.",
        "readme warning: line 9 of README.md has the artifact store flavor "acme", and the package has the alerter flavor "acme" → Correct the command: who copies it gets an error.",
      ]
    `);
    project.write({ "README.md": readme.replaceAll("\n", "\r\n") });
    expect(complaints(project).length).toBe(4);
    const renamed = ready((json) => delete json["zen"], { "README.md": "zen alerter register mine --flavor=acme" });
    renamed.write({ "dist/index.js": renamed.text("dist/index.js").replace('"acme"', '"bell"') });
    renamed.json("integration", "build");
    expect(complaints(renamed).filter((line) => line.startsWith("readme"))).toMatchInlineSnapshot(`
      [
        "readme warning: line 1 of README.md has the alerter flavor "acme", and the package has the alerter flavor "bell" → Correct the command: who copies it gets an error.",
      ]
    `);
  });

  it("runs the tests, and wants the conformance suite of each type that has one", () => {
    const failing = ready(() => {}, { "test.js": `console.log("1 failed"); process.exitCode = 4;` });
    expect(complaints(failing)).toMatchInlineSnapshot(`
      [
        "tests failed: node test.js ended with exit code 1:
      1 failed → Mend it; all that they print: npm test",
      ]
    `);
    const silent = ready((json) => delete json["scripts"]);
    expect(complaints(silent)).toMatchInlineSnapshot(`
      [
        "tests failed: package.json has no script "test" → Add it: "scripts": { "test": "vitest run" }",
      ]
    `);
    const orchestrator = `import { BaseOrchestrator } from "@zen/core";
export class Calm extends BaseOrchestrator { static FLAVOR = "calm"; async run() { return "completed"; } }`;
    const untested = ready((json) => delete json["zen"], { "dist/index.js": orchestrator });
    untested.json("integration", "build");
    expect(complaints(untested).filter((line) => line.startsWith("conformance"))).toMatchInlineSnapshot(`
      [
        "conformance failed: no test calls orchestratorConformance, which checks what the base class promises → npm install -D @zen/conformance vitest, and call it in a test: import { orchestratorConformance } from "@zen/conformance"",
      ]
    `);
    untested.write({ "tests/calm.test.js": "orchestratorConformance({ … });" });
    expect(complaints(untested).filter((line) => line.startsWith("conformance"))).toEqual([]);
  });

  it("names each test of vitest's that fails, and what it threw", () => {
    const promises = `import assert from "node:assert/strict";
import { describe, expect, test } from "vitest";
describe("Acme", () => {
  test("keeps what it is given", () => assert.equal(1 + 1, 3));
  test("names what is missing", () => { throw new TypeError("a name\\nand more: ${"x".repeat(300)}"); });
  test("is quick", () => expect("slow").toBe("quick"));
  test("works", () => {});
});`;
    const broken = ready((json) => (json["scripts"].test = "vitest run"), {
      "tests/acme.test.js": promises,
      "tests/odd.test.js": `import "left-pad";`,
    });
    expect(complaints(broken)).toEqual([
      "tests failed: Acme > keeps what it is given: Expected values to be strictly equal: 2 !== 3 → null",
      `tests failed: Acme > names what is missing: a name and more: ${"x".repeat(182)}… → null`,
      "tests failed: Acme > is quick: expected 'slow' to be 'quick' // Object.is equality → null",
      `tests failed: tests/odd.test.js: Cannot find package 'left-pad' imported from ${broken.folder}/tests/odd.test.js → Mend it; all that they print: npm test`,
    ]);
    const unstarted = ready((json) => (json["scripts"].test = "echo one more line && vitest run --no-such-option"));
    expect(complaints(unstarted).join()).toMatch(
      /^tests failed: echo one more line && vitest run --no-such-option ended with exit code 1:\none more line\n[^]+ → Mend it; all that they print: npm test$/,
    );
  });
});
