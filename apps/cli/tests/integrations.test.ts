import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { chmodSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { finished, TestProject } from "./zen.ts";

const CLI = path.resolve(import.meta.dirname, "..");

interface PackageFiles {
  readonly version?: string;
  readonly flavor?: object;
  readonly zen?: object;
  readonly module?: string;
}

/** Puts a flavor package into a project, as a package manager would. */
function install(project: TestProject, name: string, { version = "1.0.0", flavor, zen, module = "" }: PackageFiles = {}): void {
  const flavors = [{ type: "alerter", flavor: "bell", contract: 0, module: ".", export: "Bell", ...flavor }];
  const json = { name, version, type: "module", exports: "./index.js", zen: { manifestVersion: 1, flavors, ...zen } };
  project.write({ [`node_modules/${name}/package.json`]: JSON.stringify(json), [`node_modules/${name}/index.js`]: module });
  depend(project, name);
}

function depend(project: TestProject, name: string): void {
  const own = project.read("package.json") as { dependencies: object };
  project.write({ "package.json": JSON.stringify({ ...own, dependencies: { ...own.dependencies, [name]: "*" } }) });
}

const bell = (more = ""): string => `import { BaseAlerter } from "@zen/core";
export class Bell extends BaseAlerter { static FLAVOR = "bell"; ${more} }
`;

describe("zen integration list and describe", () => {
  it("show what is installed, where it was found, and what it has", () => {
    const project = new TestProject();
    install(project, "@acme/zen-platform", { version: "3.0.0", zen: { flavors: [], includes: ["@acme/zen-integration-bell"] } });
    install(project, "@acme/zen-integration-bell", { version: "2.1.0", zen: { integration: "bell", description: "Rings" } });
    // It comes with the preset, and not with the project.
    const { dependencies } = project.read("package.json") as { dependencies: Record<string, string> };
    delete dependencies["@acme/zen-integration-bell"];
    project.write({ "package.json": JSON.stringify({ name: "project", type: "module", dependencies }) });
    const { stdout, stderr, code } = project.zen(["integration", "list"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^┃ @acme\/zen-integration-bell +│ 2\.1\.0 +│ through @acme\/zen-platform +│ alerter:bell +│ ✅ +┃$/m);
    expect(stdout).toMatch(/^┃ @acme\/zen-platform +│ 3\.0\.0 +│ direct +│ +│ ✅ +┃$/m);
    expect(stdout).toMatch(/^┃ @zen\/cli +│ \S+ +│ with the command +│ +│ ✅ +┃$/m);
    expect(stderr.trimEnd().split("\n").at(-1)).toBe("More: zen integration search WORD");
    expect(project.json("integration", "list")).toContainEqual(
      expect.objectContaining({
        name: "@acme/zen-integration-bell",
        version: "2.1.0",
        integration: "bell",
        found: "included",
        through: "@acme/zen-platform",
        flavors: ["alerter:bell"],
        ready: true,
        problems: [],
      }),
    );
    for (const name of ["@acme/zen-integration-bell", "bell"])
      expect(project.json("integration", "describe", name)).toMatchObject({
        name: "@acme/zen-integration-bell",
        description: "Rings",
        flavors: [{ type: "alerter", flavor: "bell", contract: 0, ready: true, problem: null }],
      });
    expect(project.json("integration", "describe", "local")).toMatchObject({ name: "@zen/integration-local", through: "@zen/cli" });
    expect(project.zen(["integration", "describe", "bell"]).stdout).toContain("'@acme/zen-integration-bell' Integration");
    expect(project.zen(["__complete", "--", "integration", "describe", "@acme/zen-i"]).stdout).toBe("@acme/zen-integration-bell\tRings\n");
  });

  it("a name that none has", () => {
    const project = new TestProject();
    expect(project.error("integration", "describe", "locl")).toEqual({
      code: "integration_not_found",
      message: 'No package "locl" with flavors is installed here. Did you mean "local"?',
      hint: "See all: zen integration list",
      exitCode: 2,
    });
    for (const [name, hint] of [
      ["pigeons", "Search for one: zen integration search pigeons"],
      ["gcp", "Install it: zen integration install gcp"],
      ["@acme/zen-x", "Install it: zen integration install @acme/zen-x"],
      ["$(x)", "See all: zen integration list"],
    ] as const)
      expect(project.error("integration", "describe", name)).toEqual({
        code: "integration_not_found",
        message: `No package "${name}" with flavors is installed here.`,
        hint,
        exitCode: 2,
      });
  });

  it("a list says of dependencies that are not installed, as after a checkout", () => {
    const project = new TestProject({ "yarn.lock": "__metadata:\n" });
    for (const name of ["@acme/zen-integration-x", "left-pad"]) depend(project, name);
    project.json("stack", "list");
    expect(project.zen(["integration", "list"]).stderr).toBe(
      `@acme/zen-integration-x: it is a dependency of ${project.folder}/package.json, and is not installed. What mends it: yarn install\nMore: zen integration search WORD\n`,
    );
  });
});

describe("zen <type> flavor list", () => {
  it("says of a preset which package it lacks, and what mends it in this project", () => {
    const project = new TestProject({ "pnpm-lock.yaml": "" });
    install(project, "@acme/zen-platform", { zen: { flavors: [], includes: ["@acme/zen-integration-bell"] } });
    const lacks =
      "@acme/zen-platform: it includes @acme/zen-integration-bell, which is not installed. What mends it: pnpm add @acme/zen-integration-bell@latest\n";
    project.json("stack", "list");
    expect(project.zen(["alerter", "flavor", "list"]).stderr).toBe(
      "Running without an active repository root.\nRunning with active profile: 'default' (global)\n" +
        "No flavor of alerter is installed. A package brings it: npm install @zen/integration-… Or register a class of your own: zen alerter flavor register --help\n" +
        `${lacks}More flavors: zen integration search WORD. By convention WORD is in @zen/integration-WORD: npm install @zen/integration-WORD\n`,
    );
    const described = project.zen(["integration", "describe", "@acme/zen-platform"]);
    expect(described.stderr).toBe(lacks);
    expect(described.stdout).toMatch(/^┃ INCLUDES +│ @acme\/zen-integration-bell +┃$/m);
    expect(project.error("alerter", "register", "loud", "--flavor=bell")).toEqual({
      code: "flavor_not_found",
      message: 'There is no alerter flavor "bell" among the installed packages.',
      hint:
        "Search for a package that has it: zen integration search bell. By convention it would be in @zen/integration-bell: npm install @zen/integration-bell\n" +
        "Or it is in what is installed and needs mending (zen integration doctor): @acme/zen-platform: it includes @acme/zen-integration-bell, which is not installed",
      exitCode: 2,
    });
  });

  it("says of a package that can't be read why, wherever it is named", () => {
    const project = new TestProject({ "node_modules/zen-integration-torn/package.json": '{ "zen": {' });
    depend(project, "zen-integration-torn");
    project.json("stack", "list");
    const torn =
      "zen-integration-torn: its package.json is not JSON. What mends it: npm uninstall zen-integration-torn && npm install zen-integration-torn\n";
    expect(project.zen(["alerter", "flavor", "list"]).stderr).toContain(`\n${torn}More flavors: `);
    expect(project.zen(["integration", "list"]).stderr).toBe(
      `${torn}What is wrong, and what mends it: zen integration doctor\nMore: zen integration search WORD\n`,
    );
    expect(project.error("integration", "describe", "zen-integration-torn")).toEqual({
      code: "integration_unreadable",
      message: "zen-integration-torn is installed, and what it has can't be read: its package.json is not JSON.",
      hint: "What mends it: zen integration doctor",
      exitCode: 1,
    });
  });

  it("says why a flavor is not ready, and ends with how to find more", () => {
    const project = new TestProject();
    install(project, "zen-integration-newer", { flavor: { contract: 7 } });
    const { stdout, stderr } = project.zen(["alerter", "flavor", "list"]);
    expect(stdout).toMatch(/^┃ bell +│ zen-integration-newer +│ 1\.0\.0 +│ ❌ /m);
    expect(stderr.trimEnd().split("\n").slice(-2)).toEqual([
      "bell of zen-integration-newer can't be used: it was built on contract 7 of alerters, and this zen has contract 0: install a newer zen (npm install @zen/core@latest @zen/cli@latest)",
      "More flavors: zen integration search WORD. By convention WORD is in @zen/integration-WORD: npm install @zen/integration-WORD",
    ]);
    expect(project.error("alerter", "register", "b", "--flavor=bell")).toEqual({
      code: "flavor_unusable",
      message:
        'The alerter flavor "bell" of zen-integration-newer 1.0.0 can\'t be used: it was built on contract 7 of alerters, and this zen has contract 0: install a newer zen (npm install @zen/core@latest @zen/cli@latest).',
      hint: "Update zen: npm install @zen/core@latest @zen/cli@latest",
      exitCode: 1,
    });
  });
});

describe("zen integration doctor", () => {
  it("has nothing to say where nothing is wrong", () => {
    const { stdout, code } = new TestProject().zen(["integration", "doctor"]);
    expect([code, stdout]).toEqual([0, "2 packages, 3 flavors: nothing is wrong.\n"]);
  });

  it("names what mends it in the words of the project's package manager, and counts", () => {
    const project = new TestProject({ "pnpm-lock.yaml": "" });
    install(project, "zen-integration-old", { flavor: { module: undefined } });
    depend(project, "zen-integration-gone");
    const { stdout, code } = project.zen(["integration", "doctor"]);
    expect(code).toBe(1);
    expect(stdout).toBe(
      [
        '✗ zen-integration-old (alerter:bell): "module" is missing from its manifest',
        "    pnpm add zen-integration-old@latest",
        `✗ zen-integration-gone: it is a dependency of ${project.folder}/package.json, and is not installed`,
        "    pnpm install",
        "3 packages, 4 flavors: 2 problems, 0 warnings.",
        "",
      ].join("\n"),
    );
  });

  it("warns of a package that is linked and not declared, and of no other link", () => {
    const project = new TestProject();
    for (const name of ["@acme/zen-integration-bell", "zen-integration-horn", "declared"]) {
      install(project, name);
      const installed = path.join(project.folder, "node_modules", name);
      const source = path.join(project.root, "sources", name);
      mkdirSync(path.dirname(source), { recursive: true });
      renameSync(installed, source);
      symlinkSync(source, installed);
    }
    project.write({ "package.json": JSON.stringify({ name: "project", dependencies: { declared: "*" } }) });
    // pnpm's own links lead to a folder within node_modules.
    project.write({ "node_modules/.pnpm/x/node_modules/within/package.json": '{ "name": "within", "zen": { "manifestVersion": 1 } }' });
    symlinkSync(".pnpm/x/node_modules/within", path.join(project.folder, "node_modules/within"));
    symlinkSync("nowhere", path.join(project.folder, "node_modules/broken"));
    const { stdout, code } = project.zen(["integration", "doctor"]);
    const problem = `it is linked into node_modules, and is not a dependency of ${project.folder}/package.json: only these count`;
    expect([code, stdout]).toEqual([
      0,
      [
        `! @acme/zen-integration-bell: ${problem}`,
        "    npm link @acme/zen-integration-bell --save",
        `! zen-integration-horn: ${problem}`,
        "    npm link zen-integration-horn --save",
        "3 packages, 4 flavors: 0 problems, 2 warnings.",
        "",
      ].join("\n"),
    ]);
  });

  it("names the component that needs a package which is gone", () => {
    const project = new TestProject();
    install(project, "zen-integration-bell", { version: "1.2.0", module: bell() });
    project.json("alerter", "register", "loud", "--flavor=bell");
    rmSync(path.join(project.folder, "node_modules/zen-integration-bell"), { recursive: true });
    project.write({ "package.json": JSON.stringify({ name: "project", dependencies: {} }) });
    const { stdout, code } = project.zen(["integration", "doctor"]);
    expect(code).toBe(1);
    expect(stdout).toContain(
      '✗ zen-integration-bell (alerter:bell): the alerter "loud" has its flavor "bell", and it is not installed\n    npm install zen-integration-bell@1.2.0\n',
    );
  });

  it.each<[kind: string, module: string, code: string, problem: RegExp]>([
    ["exports nothing", "", "missing_export", /its module \. exports no class "Bell"$/],
    ["has another base class", "export class Bell {}", "wrong_base", /the class Bell doesn't extend a base class of @zen\/core$/],
    [
      "has another FLAVOR",
      bell().replace('"bell"', '"bel"'),
      "wrong_flavor",
      /its manifest says "bell", and the class Bell has FLAVOR "bel"$/,
    ],
    [
      "has another TYPE",
      bell('static TYPE = "orchestrator";'),
      "wrong_type",
      /its manifest says "alerter", and the class Bell has TYPE "orchestrator"$/,
    ],
    ["has another CONTRACT", bell("static CONTRACT = 3;"), "wrong_contract", /its manifest says 0, and the class Bell has CONTRACT 3$/],
    ["throws", 'throw new Error("no rope");', "flavor_import_failed", /can't be loaded: no rope$/],
    ["needs what isn't there", 'import "rope";', "flavor_import_failed", /can't be loaded: Cannot find package 'rope'/],
    ["never ends", "for (;;);", "never_finishes", /^importing it had not finished after 1 s$/],
    [
      "waits for ever",
      "await new Promise(() => {});",
      "never_finishes",
      /^importing it waits for something that can't happen any more: a top-level await$/,
    ],
    [
      "waits with a timer",
      "await new Promise(() => setInterval(() => {}, 100));",
      "never_finishes",
      /^importing it had not finished after 1 s$/,
    ],
    ["exits", "process.exit(3);", "exits_on_import", /^importing it ended the process, with exit code 3$/],
    ["exits as if all were well", "process.exit(0);", "exits_on_import", /^importing it ended the process, with exit code 0$/],
    [
      "says that all is well, and exits",
      "process.send({ failure: null }); process.send({ started: true, failure: null }, () => process.exit(0)); await new Promise(() => {});",
      "exits_on_import",
      /^importing it ended the process, with exit code 0$/,
    ],
    [
      "sends nonsense",
      "for (const one of [null, 1, 'x', {}, { failure: {} }]) process.send(one); throw new Error('no');",
      "flavor_import_failed",
      /: no$/,
    ],
    [
      "steers the terminal",
      'throw new Error("\\u001b[2J\\u202egone");',
      "flavor_import_failed",
      /can't be loaded: \\u001b\[2J\\u202egone$/,
    ],
    [
      "asks for a command",
      "throw new Error(\"Cannot find package 'a;touch${IFS}/tmp/pwned'\");",
      "flavor_import_failed",
      /Cannot find package/,
    ],
    [
      "kills itself",
      'process.kill(process.pid, "SIGKILL"); await new Promise(() => setTimeout(() => {}, 1e6));',
      "exits_on_import",
      /with the signal SIGKILL$/,
    ],
  ])("--load finds a class that %s", (_, module, kind, problem) => {
    const project = new TestProject();
    install(project, "zen-integration-bell", { module: `console.log("noise");${module}` });
    expect(project.zen(["integration", "doctor"]).code).toBe(0);
    const { stdout, code } = project.zen(["integration", "doctor", "--load", "--timeout", "1", "--output", "json"]);
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as { findings: unknown }).findings).toEqual([
      expect.objectContaining({
        severity: "error",
        code: kind,
        package: "zen-integration-bell",
        flavor: "alerter:bell",
        problem: expect.stringMatching(problem),
        mend: module.includes('"rope";') && module.startsWith("import") ? "npm install rope" : "npm install zen-integration-bell@latest",
      }),
    ]);
  });

  it("--load names the package, and not the path within it, that a class needs", () => {
    const project = new TestProject();
    install(project, "zen-integration-bell", {
      module: 'import { createRequire } from "node:module"; createRequire(import.meta.url)("@acme/rope/knots/bowline");',
    });
    expect(project.zen(["integration", "doctor", "--load"]).stdout).toContain("\n    npm install @acme/rope\n");
  });

  it("--load says of a core that can't be imported that it is the core", () => {
    const project = new TestProject();
    install(project, "zen-integration-bell", { module: bell() });
    const core = path.join(project.folder, "node_modules/@zen/core");
    rmSync(core);
    project.write({
      "node_modules/@zen/core/package.json":
        '{ "name": "@zen/core", "version": "0.1.0", "type": "module", "exports": { "./host": "./host.js" } }',
      "node_modules/@zen/core/host.js": "throw new Error('half of it is missing');",
    });
    const { stdout, code } = project.zen(["integration", "doctor", "--load"]);
    expect(code).toBe(1);
    expect(stdout).toContain(
      "✗ @zen/core: it can't be imported, which ended with exit code 1: no class can be tried\n    npm uninstall @zen/core && npm install @zen/core\n",
    );
  });

  it.each(["doctor", "search"])("%s takes no time limit that no timer has", (command) => {
    expect(new TestProject().error("integration", command, "--timeout", "3000000")).toMatchObject({
      message: '"3000000" is no value for --timeout. It must be at most 86400 seconds, which is a day.',
      exitCode: 2,
    });
  });

  it("--load is content with classes that are as their manifests say", () => {
    const project = new TestProject();
    install(project, "zen-integration-bell", { module: bell() });
    expect(project.json("integration", "doctor", "--load")).toMatchObject({ loaded: true, errors: 0, findings: [] });
  });
});

describe("two flavors of one name", () => {
  it("are both listed, and the package picks one", () => {
    const project = new TestProject();
    install(project, "@acme/zen-integration-bell", { module: bell() });
    install(project, "zen-integration-bell", { module: bell() });
    expect(project.json("alerter", "flavor", "list")).toMatchObject([
      { name: "bell", package: "@acme/zen-integration-bell", ready: true },
      { name: "bell", package: "zen-integration-bell", ready: true },
    ]);
    expect(project.error("alerter", "register", "loud", "--flavor=bell")).toEqual({
      code: "flavor_ambiguous",
      message: 'The alerter flavor "bell" is in more than one package: @acme/zen-integration-bell and zen-integration-bell.',
      hint: "Say which: --flavor @acme/zen-integration-bell:bell or --flavor zen-integration-bell:bell",
      exitCode: 2,
    });
    expect(project.json("alerter", "register", "loud", "--flavor=zen-integration-bell:bell")).toMatchObject({ flavor: "bell" });
    expect(project.json("alerter", "check", "loud")).toMatchObject({ name: "loud" });
  });

  it("a custom one keeps its components when a package brings the same name", () => {
    const project = new TestProject({ "bell.ts": bell() });
    project.json("alerter", "flavor", "register", "./bell.ts#Bell");
    project.json("alerter", "register", "loud", "--flavor=bell");
    install(project, "zen-integration-bell", { module: bell() });
    expect(project.error("alerter", "register", "louder", "--flavor=bell")).toMatchObject({
      code: "flavor_ambiguous",
      hint: "Say which: --flavor ./bell.ts:bell or --flavor zen-integration-bell:bell",
    });
    for (const from of ["./bell.ts", "zen-integration-bell"]) {
      const name = from.replaceAll(/\W/g, "");
      expect(project.json("alerter", "register", name, `--flavor=${from}:bell`)).toMatchObject({ name, flavor: "bell" });
      expect(project.json("alerter", "check", name)).toMatchObject({ name });
    }
    expect(project.json("alerter", "check", "loud")).toMatchObject({ name: "loud" });
    expect(project.json("integration", "doctor")).toMatchObject({
      errors: 0,
      findings: [
        {
          severity: "warning",
          code: "custom_conflict",
          problem: 'zen-integration-bell has the alerter flavor "bell" as well: the short name picks neither',
          mend: "zen alerter register NAME --flavor=./bell.ts:bell",
        },
      ],
    });
  });
});

describe("a component whose flavor changed", () => {
  const withSettings = (fields: string): string => `import { BaseAlerter } from "@zen/core";
import * as z from "zod";
export class Bell extends BaseAlerter { static FLAVOR = "bell"; static configSchema = BaseAlerter.configSchema.extend({ ${fields} }); }
`;

  it("is kept, says which settings don't fit, and works again once it is updated", () => {
    const project = new TestProject();
    symlinkSync(realpathSync(path.join(CLI, "node_modules/zod")), path.join(project.folder, "node_modules/zod"));
    install(project, "zen-integration-bell", { module: withSettings("tone: z.string(), volume: z.number().optional()") });
    project.json("alerter", "register", "loud", "--flavor=bell", "--tone=c", "--volume=3");
    project.json("stack", "register", "s", "-o", "default", "-m", "default", "-a", "default", "-al", "loud", "--set");
    install(project, "zen-integration-bell", { version: "2.0.0", module: withSettings('tone: z.enum(["d", "e"]), rope: z.string()') });
    project.write({
      "p.ts": `import { pipeline, step } from "@zen/core";\nexport const p = pipeline("p", () => step("a", () => 42)());\n`,
    });

    const refused = {
      code: "component_outdated",
      message: expect.stringMatching(
        /^The alerter "loud" was registered with zen-integration-bell 1\.0\.0, and 2\.0\.0, which is installed, takes other settings: "tone": .*; "rope" is missing; it has no setting "volume" any more\.$/,
      ) as unknown,
      hint: "Update it: zen alerter update loud --tone=… --rope=… (which drops what it has no more). Or go back: npm install zen-integration-bell@1.0.0",
      exitCode: 1,
    };
    expect(project.error("pipeline", "run", "p.ts")).toEqual(refused);
    expect(project.json("alerter", "describe", "loud")).toMatchObject({ config: { tone: "c", volume: 3 } });
    project.json("alerter", "update", "loud", "--tone=d", "--rope=hemp");
    expect(project.json("alerter", "describe", "loud")).toMatchObject({ config: { tone: "d", rope: "hemp" } });
    expect(readFileSync(path.join(project.config, "profiles/default/zen.yaml"), "utf8")).toContain("version: 2.0.0");
    expect(project.zen(["pipeline", "run", "p.ts"]).stdout).toContain("output  42");
  });
});

describe("zen integration install and uninstall", () => {
  /** A package manager that notes how it was called. */
  function withManagers(project: TestProject, script = ""): { env: Record<string, string>; calls: () => string } {
    const bin = path.join(project.root, "bin");
    mkdirSync(bin);
    for (const name of ["npm", "pnpm", "yarn", "bun"]) {
      writeFileSync(path.join(bin, name), `#!/bin/sh\necho "${name} $*" >> "${project.root}/calls"\necho "says ${name}"\n${script}`);
      chmodSync(path.join(bin, name), 0o755);
    }
    return { env: { PATH: `${bin}:${process.env["PATH"]}` }, calls: () => readFileSync(path.join(project.root, "calls"), "utf8") };
  }

  it.each<[files: Record<string, string>, command: string]>([
    [{}, "npm install @zen/integration-s3"],
    [{ "package-lock.json": "{}" }, "npm install @zen/integration-s3"],
    [{ "pnpm-lock.yaml": "" }, "pnpm add @zen/integration-s3"],
    [{ "pnpm-lock.yaml": "", "pnpm-workspace.yaml": "" }, "pnpm add --workspace-root @zen/integration-s3"],
    [{ "yarn.lock": "__metadata:\n" }, "yarn add @zen/integration-s3"],
    [
      { "yarn.lock": "# yarn lockfile v1\n", "package.json": '{"name":"p","workspaces":["a"]}' },
      "yarn add --ignore-workspace-root-check @zen/integration-s3",
    ],
    [{ "bun.lock": "" }, "bun add @zen/integration-s3"],
    [{ "yarn.lock": "", "package.json": '{"name":"p","packageManager":"pnpm@10.1.0"}' }, "pnpm add @zen/integration-s3"],
  ])("with %j it is %s", (files, command) => {
    const project = new TestProject(files);
    expect(project.zen(["integration", "install", "s3", "--dry-run"]).stdout).toBe(`${command}\n`);
    expect(project.json("integration", "install", "s3", "--dry-run")).toEqual({ command });
  });

  it("in a package of a workspace its root decides, and a folder above it doesn't", () => {
    const project = new TestProject({
      "pnpm-workspace.yaml": "packages: [apps/*]\n",
      "pnpm-lock.yaml": "",
      "apps/a/package.json": '{"name":"a"}',
    });
    const dryRun = ["integration", "install", "s3", "--dry-run"];
    expect(project.zen(dryRun, { cwd: path.join(project.folder, "apps/a") }).stdout).toBe("pnpm add @zen/integration-s3\n");
    rmSync(path.join(project.folder, "pnpm-workspace.yaml"));
    expect(project.zen(dryRun, { cwd: path.join(project.folder, "apps/a") }).stdout).toBe("npm install @zen/integration-s3\n");
  });

  it("takes names in full or short, with versions, and nothing else", () => {
    const project = new TestProject();
    depend(project, "acme-bells");
    const names = ["s3@^1.2", "@acme/x@latest", "zen-integration-y", "acme-bells@2", "./z.tgz"];
    expect(project.zen(["integration", "install", ...names, "--dry-run"]).stdout).toBe(
      "npm install '@zen/integration-s3@^1.2' @acme/x@latest zen-integration-y acme-bells@2 ./z.tgz\n",
    );
    for (const name of ["$(rm)", "a b", "@acme", "s3@$(rm)", "S3/../x"])
      expect(project.error("integration", "install", name, "--dry-run")).toMatchObject({ code: "bad_package_name", exitCode: 2 });
  });

  it("runs it, shows what is run, passes on what it says, and lists the new flavors", () => {
    const project = new TestProject();
    const folder = `${project.folder}/node_modules/@zen/integration-bell`;
    const json = JSON.stringify({
      name: "@zen/integration-bell",
      version: "1.0.0",
      zen: { manifestVersion: 1, flavors: [{ type: "alerter", flavor: "bell", contract: 0, module: ".", export: "Bell" }] },
    });
    const { env, calls } = withManagers(
      project,
      `mkdir -p ${folder}\necho '${json}' > ${folder}/package.json\necho '{"name":"project","dependencies":{"@zen/integration-bell":"1"}}' > package.json\n`,
    );
    const { stdout, stderr, code } = project.zen(["integration", "install", "bell"], { env });
    expect(code).toBe(0);
    expect(calls()).toBe("npm install @zen/integration-bell\n");
    expect(stderr).toContain(`$ npm install @zen/integration-bell    (in ${project.folder}; no lockfile says otherwise)\n`);
    expect(stdout).toMatch(/^says npm\n/);
    expect(stdout).toMatch(/^┃ alerter │ bell +│ @zen\/integration-bell │ 1\.0\.0 +│ ✅ +┃$/m);
  });

  it("ends as the package manager did", () => {
    const project = new TestProject({ "pnpm-lock.yaml": "" });
    const { env } = withManagers(project, "echo no such package >&2\nexit 7\n");
    const { stdout, stderr, code } = project.zen(["integration", "install", "nope"], { env });
    expect([code, stdout]).toEqual([7, "says pnpm\n"]);
    expect(stderr).toContain(
      'no such package\nError: pnpm ended with exit code 7.\nIt was: pnpm add @zen/integration-nope\n"nope" is short for @zen/integration-nope. Another package is named in full: zen integration search nope\n',
    );
    expect(JSON.parse(project.zen(["integration", "install", "nope", "--output", "json"], { env }).stderr)).toEqual({
      error: {
        code: "package_manager_failed",
        message: "pnpm ended with exit code 7. says pnpm no such package",
        hint: 'It was: pnpm add @zen/integration-nope\n"nope" is short for @zen/integration-nope. Another package is named in full: zen integration search nope',
      },
    });
  });

  it("says so where there is no such program, or no project", () => {
    const project = new TestProject({ "bun.lock": "" });
    expect(project.zen(["integration", "install", "s3"], { env: { PATH: "/nowhere" } }).stderr).toContain(
      "Error: The project uses bun, and there is no bun on this machine.\nInstall it: npm install -g bun\n",
    );
    rmSync(path.join(project.folder, "package.json"));
    expect(project.error("integration", "install", "s3", "gcp@^1")).toEqual({
      code: "no_project",
      message: `@zen/integration-s3, @zen/integration-gcs@^1 can't be installed: there is no package.json in ${project.folder} or above it.`,
      hint: "Make one: npm init -y. For a zen that was installed globally: npm install -g @zen/integration-s3 '@zen/integration-gcs@^1'",
      exitCode: 2,
    });
    expect(project.error("integration", "uninstall", "s3")).toEqual({
      code: "no_project",
      message: `@zen/integration-s3 can't be uninstalled: there is no package.json in ${project.folder} or above it.`,
      hint: "For a zen that was installed globally: npm uninstall -g @zen/integration-s3",
      exitCode: 2,
    });
    // What npm would install into, though it says nothing yet.
    project.write({ "package.json": "{}" });
    expect(project.zen(["integration", "install", "s3", "--dry-run"]).stdout).toBe("bun add @zen/integration-s3\n");
  });

  it("uninstalls by the name that a package gives itself", () => {
    const project = new TestProject();
    install(project, "@acme/gzip", { zen: { integration: "small" } });
    expect(project.zen(["integration", "uninstall", "small", "--dry-run"]).stdout).toBe("npm uninstall @acme/gzip\n");
  });

  it("uninstalls in a package of a workspace what is its own, and says where the rest is", () => {
    const project = new TestProject({
      "package.json": '{"name":"root","workspaces":["apps/*"],"dependencies":{"@zen/integration-s3":"1"}}',
      "apps/a/package.json": '{"name":"a"}',
    });
    const { stderr, code } = project.zen(["integration", "uninstall", "s3"], { cwd: path.join(project.folder, "apps/a") });
    expect(code).toBe(2);
    expect(stderr).toBe(
      `Error: @zen/integration-s3 is no dependency of ${project.folder}/apps/a.\nIt is one of the workspace's root: do this in ${project.folder}.\n`,
    );
  });

  it("uninstalls in spite of another profile that is broken, and says what it couldn't look at", () => {
    const project = new TestProject();
    install(project, "@zen/integration-bell", { module: bell() });
    project.json("profile", "create", "other");
    project.json("profile", "set", "default");
    const stacks = path.join(project.config, "profiles/other/stacks.yaml");
    writeFileSync(stacks, "stacks: [");
    const { env, calls } = withManagers(project);
    const { stdout, stderr, code } = project.zen(["integration", "uninstall", "bell"], { env });
    expect([code, stdout]).toEqual([0, "says npm\nUninstalled @zen/integration-bell.\n"]);
    expect(stderr).toMatch(
      new RegExp(
        `^Whether profile 'other' has components that need @zen/integration-bell can't be seen: The file ${RegExp.escape(stacks)} is broken at line 1, column 10: [^\n]*\\.\n\\$ npm uninstall @zen/integration-bell [^\n]*\n$`,
      ),
    );
    expect(calls()).toBe("npm uninstall @zen/integration-bell\n");
    const json = project.zen(["integration", "uninstall", "bell", "--output", "json"], { env });
    expect(json.stderr).toBe("");
    expect(JSON.parse(json.stdout)).toEqual({
      command: "npm uninstall @zen/integration-bell",
      packages: ["@zen/integration-bell"],
      unusable: [],
      unseen: [{ profile: "other", problem: expect.stringContaining(`The file ${stacks} is broken at line 1, column 10: `) as unknown }],
    });
  });

  it("says of a new package without flavors where to look if something is wrong with it", () => {
    const project = new TestProject();
    const folder = `${project.folder}/node_modules/@acme/zen-preset`;
    const json = JSON.stringify({
      name: "@acme/zen-preset",
      version: "1.0.0",
      zen: { manifestVersion: 1, flavors: [], includes: ["acme-x"] },
    });
    const { env } = withManagers(
      project,
      `mkdir -p ${folder}\necho '${json}' > ${folder}/package.json\necho '{"name":"project","dependencies":{"@acme/zen-preset":"1"}}' > package.json\n`,
    );
    expect(project.zen(["integration", "install", "@acme/zen-preset"], { env }).stderr).toMatch(
      /There is no flavor that was not there before\. .*\nWhat is wrong, and what mends it: zen integration doctor\n$/,
    );
  });

  it("asks before it takes away what components use", () => {
    const project = new TestProject();
    install(project, "@zen/integration-bell", { module: bell() });
    project.json("alerter", "register", "loud", "--flavor=bell");
    project.json("profile", "create", "other");
    project.json("alerter", "register", "louder", "--flavor=bell");
    const { env, calls } = withManagers(project);
    const { stderr, code } = project.zen(["integration", "uninstall", "bell"], { env });
    expect(code).toBe(2);
    expect(stderr).toContain(
      "Error: alerter 'loud', alerter 'louder' can't be used without it: @zen/integration-bell. That has to be confirmed, and there is no terminal to ask on.\nIf you are sure: zen integration uninstall bell --yes\n",
    );
    expect(project.zen(["integration", "uninstall", "bell", "--yes"], { env })).toMatchObject({
      code: 0,
      stdout: "says npm\nUninstalled @zen/integration-bell.\n",
    });
    expect(calls()).toBe("npm uninstall @zen/integration-bell\n");
    expect(project.error("integration", "uninstall", "local")).toMatchObject({
      code: "not_a_dependency",
      message: `@zen/integration-local is no dependency of ${project.folder}.`,
      hint: "It comes with @zen/cli: uninstall that.",
    });
  });
});

describe("zen integration search", () => {
  const FOUND = [
    { name: "@acme/zen-integration-bell", version: "2.0.0", description: "Rings", keywords: ["zen-integration"] },
    { name: "unrelated", version: "1.0.0", keywords: ["bell"] },
    { name: "../evil", version: "1.0.0", keywords: ["zen-integration"] },
  ];

  async function registry(
    answer: (text: string) => unknown,
  ): Promise<{ url: string; asked: string[]; tokens: unknown[]; close: () => void }> {
    const [asked, tokens]: [string[], unknown[]] = [[], []];
    const server = createServer((request, response) => {
      const text = new URL(request.url!, "http://x").searchParams.get("text")!;
      asked.push(text);
      tokens.push(request.headers.authorization);
      const found = answer(text);
      if (found !== undefined) response.end(typeof found === "string" ? found : JSON.stringify({ objects: found }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const close = (): void => {
      server.closeAllConnections();
      server.close();
    };
    onTestFinished(close);
    return { close, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/npm/`, asked, tokens };
  }
  const packages = FOUND.map((one) => ({ package: one }));

  it("asks the registry of the project's .npmrc, with its token", async () => {
    const { url, asked, tokens } = await registry(() => packages);
    const project = new TestProject();
    install(project, "@acme/zen-integration-bell");
    project.write({ ".npmrc": `# ours\nregistry = ${url}\n${url.slice(5)}:_authToken="\${NPM_TOKEN}"\n` });
    const env = { NPM_TOKEN: "s3cret", npm_config_registry: undefined } as unknown as Record<string, string>;
    const { stdout, code } = await finished(project.start(["integration", "search", "bell", "--output", "json"], { env }));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual([
      { name: "@acme/zen-integration-bell", version: "2.0.0", description: "Rings", installed: "1.0.0" },
    ]);
    expect([asked, tokens]).toEqual([["keywords:zen-integration bell"], ["Bearer s3cret"]]);
  });

  it("asks again in other words where a registry doesn't know keywords", async () => {
    const { url, asked } = await registry((text) => (text.startsWith("keywords:") ? [] : packages));
    const project = new TestProject();
    const { stdout, stderr } = await finished(project.start(["integration", "search", "bell"], { env: { npm_config_registry: url } }));
    expect(stdout).toMatch(/^┃ @acme\/zen-integration-bell │ 2\.0\.0 +│ +│ Rings +┃$/m);
    expect(stderr).toContain("Install one: zen integration install @acme/zen-integration-bell\n");
    expect(asked).toEqual(["keywords:zen-integration bell", "bell"]);
  });

  it("finds all where a registry looks at names alone, and gives a version as a tag", async () => {
    const { url, asked } = await registry((text) =>
      text === ""
        ? [{ package: { name: "@acme/gzip", description: "Small", "dist-tags": { latest: "2.0.0" }, keywords: ["zen-integration"] } }]
        : [],
    );
    const env = { npm_config_registry: url };
    const { stdout } = await finished(new TestProject().start(["integration", "search", "--output", "json"], { env }));
    expect(JSON.parse(stdout)).toEqual([{ name: "@acme/gzip", version: "2.0.0", description: "Small", installed: null }]);
    expect(asked).toEqual(["keywords:zen-integration", "zen-integration", ""]);
  });

  it.each<[string, string | undefined, RegExp]>([
    ["nothing listens", undefined, /can't be searched: connect ECONNREFUSED 127\.0\.0\.1:\d+$/],
    ["it answers no JSON", "<html>", /can't be searched: Unexpected token '<', "<html>" is not valid JSON$/],
    ["it doesn't answer", "", /can't be searched: no answer within 1 s$/],
  ])("fails in a line where %s", async (_, answer, problem) => {
    const { url, close } = await registry(() => (answer === "" ? undefined : answer));
    if (answer === undefined) close();
    const project = new TestProject();
    const { stdout, stderr, code } = await finished(
      project.start(["integration", "search", "bell", "--timeout", "1"], { env: { npm_config_registry: url } }),
    );
    expect([code, stdout]).toEqual([1, ""]);
    const [message, hint, ...rest] = stderr.trimEnd().split("\n");
    expect(message!.replace(/\.$/, "")).toMatch(problem);
    expect([hint, rest]).toEqual(["When you are online: npm search keywords:zen-integration bell", []]);
  });
});
