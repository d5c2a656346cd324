import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { discoverFlavors } from "./discovery.ts";
import { indexedFlavors } from "./flavor-index.ts";

const MANY = 120;

function write(path: string, content: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
}

/** What has just changed may change again within one tick of the file system's clock, and isn't indexed. */
async function settle(): Promise<void> {
  await sleep(150);
}

/** Writes a package with one flavor, as an installation does: a new file under its name. */
function install(root: string, name: string, flavor: string): void {
  const file = join(root, "node_modules", name, "package.json");
  const flavors = [{ type: "artifact_store", flavor, contract: 1, module: ".", export: "Store" }];
  write(`${file}.new`, { name, version: "1.0.0", zen: { manifestVersion: 1, flavors } });
  renameSync(`${file}.new`, file);
}

function project(packages: number): { root: string; config: string; file: () => string } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "zen-index-")));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [root, config] = [join(folder, "project"), join(folder, "config")];
  const names = Array.from({ length: packages }, (_, n) => `p${n}`);
  for (const [n, name] of names.entries()) install(root, name, `f${n}`);
  write(join(root, "package.json"), { name: "project", dependencies: Object.fromEntries([...names, "later"].map((name) => [name, "1"])) });
  return { root, config, file: () => join(config, "flavor_index", readdirSync(join(config, "flavor_index"))[0]!) };
}

test("what many packages bring comes from the index, until one of them changes", async () => {
  const { root, config, file } = project(MANY);
  await settle();
  const first = indexedFlavors({ folder: root }, config);
  expect(first).toEqual(discoverFlavors({ folder: root }));
  // What only the index says tells that it was asked.
  writeFileSync(file(), readFileSync(file(), "utf8").replace('"description":""', '"description":"indexed"'));
  expect(indexedFlavors({ folder: root }, config).flavors.filter(({ description }) => description === "indexed")).toHaveLength(1);
  install(root, "p7", "x7");
  const changed = indexedFlavors({ folder: root }, config);
  expect(changed).toEqual(discoverFlavors({ folder: root }));
  expect(changed.flavors.some(({ flavor }) => flavor === "x7")).toBe(true);
});

test("which packages there are is in the index as well, and is found out again where that part of it is damaged", async () => {
  const { root, config, file } = project(3);
  await settle();
  const { packages } = indexedFlavors({ folder: root }, config);
  expect(packages.map((one) => one.package)).toEqual(["p0", "p1", "p2"]);
  const whole = readFileSync(file(), "utf8");
  writeFileSync(file(), whole.replace('"package":"p2"', '"package":"indexed"'));
  expect(indexedFlavors({ folder: root }, config).packages.map((one) => one.package)).toEqual(["p0", "p1", "p2"]);
  writeFileSync(file(), whole.slice(0, -1));
  expect(indexedFlavors({ folder: root }, config).packages).toEqual(packages);
});

test("what has changed a moment ago isn't indexed yet", () => {
  const { root, config } = project(MANY);
  expect(indexedFlavors({ folder: root }, config)).toEqual(discoverFlavors({ folder: root }));
  expect(existsSync(config)).toBe(false);
});

test("projects, and folders, have indexes of their own, of which the newest are kept", async () => {
  const { root, config } = project(MANY);
  await settle();
  for (let n = 0; n < 55; n++) {
    write(join(root, `src/${n}/x.ts`), "");
    indexedFlavors({ folder: join(root, `src/${n}`) }, config);
  }
  expect(readdirSync(join(config, "flavor_index"))).toHaveLength(50);
});

const HEAD = 0;
const FLAVORS = 1;
const PACKAGES = 2;
test.each<[line: number, text: string]>([
  ...["", "{", "null", "5", "{}", '{"format":1}'].map((text): [number, string] => [HEAD, text]),
  ...["", "null", "{}", '{"flavors":{}}', '{"flavors":[null],"broken":[]}', '{"flavors":[],"broken":[{}]}'].map(
    (text): [number, string] => [FLAVORS, text],
  ),
  ...["", "null", "5", "{}", "[{}]", "[null]", '[{"package":1}]'].map((text): [number, string] => [PACKAGES, text]),
])("an index whose line %d is %j is made anew", async (line, text) => {
  const { root, config, file } = project(3);
  await settle();
  const listing = discoverFlavors({ folder: root });
  indexedFlavors({ folder: root }, config);
  const lines = readFileSync(file(), "utf8").split("\n");
  writeFileSync(file(), lines.with(line, text).join("\n"));
  expect(indexedFlavors({ folder: root }, config)).toEqual(listing);
  expect(indexedFlavors({ folder: root }, config)).toEqual(listing);
  expect(readFileSync(file(), "utf8").split("\n")[line]).toBe(lines[line]);
});

test("an index that others may write is not read", async () => {
  const { root, config, file } = project(3);
  await settle();
  const listing = indexedFlavors({ folder: root }, config);
  writeFileSync(file(), readFileSync(file(), "utf8").replaceAll('"flavor":"f1"', '"flavor":"evil"'));
  chmodSync(file(), 0o666);
  expect(indexedFlavors({ folder: root }, config)).toEqual(listing);
});

test("a linked package that was moved and linked anew is noticed, in a scope as well", async () => {
  const { root, config } = project(3);
  for (const name of ["later", "@acme/later"]) {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { dependencies: object };
    write(join(root, "package.json"), { ...manifest, dependencies: { ...manifest.dependencies, [name]: "1" } });
    const [before, after] = [join(root, "..", `${name}-before`), join(root, "..", `${name}-after`)];
    install(before, "x", name.replace("/", "-").replace("@", ""));
    const link = join(root, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(before, "node_modules/x"), link);
    await settle();
    expect(indexedFlavors({ folder: root }, config)).toEqual(discoverFlavors({ folder: root }));
    renameSync(before, after);
    rmSync(link);
    symlinkSync(join(after, "node_modules/x"), link);
    expect(indexedFlavors({ folder: root }, config)).toEqual(discoverFlavors({ folder: root }));
  }
});

test("where no index can be kept, there is none", () => {
  const { root, config } = project(MANY);
  write(config, "a file, where the folder should be");
  expect(indexedFlavors({ folder: root }, config)).toEqual(discoverFlavors({ folder: root }));
});

test("a link that leads to the same file elsewhere is noticed by what the package manager has left", async () => {
  const { root, config } = project(MANY);
  const modules = join(root, "node_modules");
  for (const variant of ["a", "b"]) install(join(modules, ".pnpm", variant), "later", "linked");
  symlinkSync(".pnpm/a/node_modules/later", join(modules, "later"));
  write(join(modules, ".modules.yaml"), "1");
  await settle();
  const folderOf = (): string => indexedFlavors({ folder: root }, config).flavors.find(({ flavor }) => flavor === "linked")!.folder;
  expect(folderOf()).toBe(join(modules, ".pnpm/a/node_modules/later"));
  rmSync(join(modules, "later"));
  symlinkSync(".pnpm/b/node_modules/later", join(modules, "later"));
  write(join(modules, ".modules.yaml"), "22");
  expect(folderOf()).toBe(join(modules, ".pnpm/b/node_modules/later"));
});

test("whatever is installed, changed, removed or made unreadable: the index says what a discovery would", async () => {
  const { root, config } = project(MANY);
  const name = fc.constantFrom("p0", "p1", "p119", "later");
  const change = fc.oneof(
    fc.record({ kind: fc.constant("install" as const), name, flavor: fc.constantFrom("a", "b", "c") }),
    fc.record({ kind: fc.constant("remove" as const), name }),
    fc.record({ kind: fc.constant("break" as const), name, text: fc.constantFrom("", "{", '{"zen": 1}', '{"name": "x"}') }),
    fc.record({ kind: fc.constant("elsewhere" as const), name }),
    fc.constant({ kind: "settle" as const }),
    fc.constant({ kind: "settle" as const }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
      for (const one of changes) {
        if (one.kind === "settle") await settle();
        if (one.kind === "install") install(root, one.name, one.flavor);
        if (one.kind === "remove") rmSync(join(root, "node_modules", one.name), { recursive: true, force: true });
        if (one.kind === "break") write(join(root, "node_modules", one.name, "package.json"), one.text);
        // Further up, where it is found only while nothing is nearer.
        if (one.kind === "elsewhere") install(dirname(root), one.name, "upper");
        expect(indexedFlavors({ folder: root }, config)).toEqual(discoverFlavors({ folder: root }));
      }
    }),
    { numRuns: 12 },
  );
});
