import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { componentType } from "../component/component-type.ts";
import { discoverFlavors } from "./discovery.ts";
import type { FlavorEntry } from "./flavor-entry.ts";
import { configSchemaOf, loadFlavor } from "./load.ts";

const BASE = new URL("../component/alerter.ts", import.meta.url).href;
const ALERTER = `
import * as z from ${JSON.stringify(import.meta.resolve("zod"))};
import { BaseAlerter } from ${JSON.stringify(BASE)};
export class PigeonAlerter extends BaseAlerter {
  static FLAVOR = "pigeon";
  static configSchema = BaseAlerter.configSchema.extend({ loftId: z.number().optional() });
}
`;

/** The entry of a package that is installed in a project of its own. */
function installed(
  source: string,
  { exports = { "./alerter": "./alerter.mjs" }, module = "./alerter" }: { exports?: unknown; module?: string } = {},
): FlavorEntry {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "zen-load-")));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const folder = join(root, "node_modules/@acme/pigeon");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(root, "package.json"), JSON.stringify({ name: "p", dependencies: { "@acme/pigeon": "1" } }));
  const zen = { manifestVersion: 1, flavors: [{ type: "alerter", flavor: "pigeon", contract: 0, module, export: "PigeonAlerter" }] };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "@acme/pigeon", version: "1.0.0", exports, zen }));
  writeFileSync(join(folder, "alerter.mjs"), source);
  return discoverFlavors({ folder: root }).flavors[0]!;
}

async function failure(entry: FlavorEntry): Promise<string> {
  const error = (await loadFlavor(entry).catch((thrown: unknown) => thrown)) as { code: string; message: string; hint: string };
  return `${error.code}\n${error.message}\n${error.hint}`;
}

test("the class of a flavor is loaded, though it is built on another copy of core", async () => {
  const entry = installed(ALERTER);
  const flavorClass = await loadFlavor(entry);
  expect(new flavorClass({ name: "home", loftId: 7 } as never)).toMatchObject({
    name: "home",
    type: "alerter",
    flavor: "pigeon",
    config: { loftId: 7 },
  });
  expect(configSchemaOf(entry, flavorClass).properties).toMatchObject({ loftId: { type: "number" } });
});

test("a package without exports is loaded by its path, also where it is in no node_modules", async () => {
  const entry = installed(ALERTER, { exports: null, module: "./alerter.mjs" });
  expect((await loadFlavor(entry)).FLAVOR).toBe("pigeon");
  const workspace = join(entry.folder, "../../../workspace");
  renameSync(entry.folder, workspace);
  expect((await loadFlavor({ ...entry, folder: workspace })).FLAVOR).toBe("pigeon");
});

test("a module that isn't exported, fails or needs what isn't there", async () => {
  expect(await failure(installed(ALERTER, { exports: { ".": "./alerter.mjs" } }))).toMatchInlineSnapshot(`
    "flavor_import_failed
    The alerter flavor "pigeon" of @acme/pigeon 1.0.0 can't be loaded: the package doesn't export "./alerter" under the condition "default".
    Its authors have to add to "exports" in its package.json: "./alerter": { "default": … }"
  `);
  expect(await failure(installed(ALERTER, { exports: { "./alerter": { import: "./alerter.mjs" } } }))).toContain(
    'under the condition "default"',
  );
  expect(await failure(installed('throw new Error("no feathers.\\nat all");'))).toMatchInlineSnapshot(`
    "flavor_import_failed
    The alerter flavor "pigeon" of @acme/pigeon 1.0.0 can't be loaded: no feathers.
    Install the package again (npm install @acme/pigeon), or another version of it."
  `);
  expect(await failure(installed('throw "feathers";'))).toContain("can't be loaded: feathers.");
  expect(await failure(installed('import "pigeon-sdk";'))).toContain("Install what it needs: npm install pigeon-sdk");
});

test("an export that is missing, no class, or another class than the manifest says", async () => {
  expect(await failure(installed("export class PigeonAlertr {}"))).toMatchInlineSnapshot(`
    "bad_flavor
    The alerter flavor "pigeon" of @acme/pigeon 1.0.0 can't be used: its module ./alerter exports no class "PigeonAlerter". Did you mean "PigeonAlertr"?
    Report it to the authors of the package, or install another version of it."
  `);
  expect(await failure(installed("export const PigeonAlerter = 7;"))).toContain('exports no class "PigeonAlerter".');
  expect(await failure(installed("export class PigeonAlerter {}"))).toContain(
    "the class PigeonAlerter doesn't extend a base class of @zen/core.",
  );
  expect(await failure(installed(ALERTER.replace('"pigeon"', '"dove"')))).toContain(
    'its manifest says "pigeon", and the class PigeonAlerter has FLAVOR "dove".',
  );
  expect(await failure(installed(ALERTER.replace("static FLAVOR", 'static TYPE = "orchestrator"; static FLAVOR')))).toContain(
    'its manifest says "alerter", and the class PigeonAlerter has TYPE "orchestrator".',
  );
  expect(await failure(installed(ALERTER.replace("static FLAVOR", "static CONTRACT = 3; static FLAVOR")))).toContain(
    "its manifest says 0, and the class PigeonAlerter has CONTRACT 3.",
  );
  expect(await failure({ ...installed(ALERTER), problem: "it is odd" })).toContain("can't be used: it is odd.");
});

test("a module that a link has outside of its package is not imported", async () => {
  const entry = installed(ALERTER);
  const outside = join(entry.folder, "../../../outside.mjs");
  renameSync(join(entry.folder, "alerter.mjs"), outside);
  symlinkSync(outside, join(entry.folder, "alerter.mjs"));
  expect(await failure(entry)).toMatch(/can't be loaded: "\.\/alerter" leads out of the package, to .*\/outside\.mjs\./);
});

test("a flavor that was built on an older contract is loaded and made, as long as zen speaks that one", async () => {
  const entry = installed(ALERTER);
  const info = componentType("alerter");
  const { contract, oldestContract } = info;
  onTestFinished(() => void Object.assign(info, { contract, oldestContract }));
  // As when the promises of alerters have changed since.
  Object.assign(info, { contract: 1, oldestContract: 0 });
  const flavorClass = await loadFlavor(entry);
  expect(flavorClass.CONTRACT).toBe(0);
  expect(new flavorClass({ name: "home", loftId: 7 } as never)["~zen"]).toMatchObject({ contract: 0 });
});
