import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { artifactStoreConformance } from "@zen/conformance";
import { expect, test } from "vitest";
import { LocalArtifactStore } from "./artifact-store.ts";
import { AS_NOBODY, killAfterOutput, outputOf } from "./child-process.fixture.ts";
import { smallDisk } from "./small-disk.fixture.ts";
import { tempFolder } from "./temp-folder.fixture.ts";

const root = tempFolder();
const disk = smallDisk(root);
const storeAt = (folder: string): LocalArtifactStore => new LocalArtifactStore({ name: "test", path: folder });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = async (store: LocalArtifactStore, key: string): Promise<string> => new Response(await store.read(key)).text();

/** Writes 8 MiB, and then never goes on. */
const writeForEver = (folder: string, key: string): string => `
  const store = new LocalArtifactStore({ name: "test", path: ${JSON.stringify(folder)} });
  setInterval(() => {}, 1000);
  await store.write(${JSON.stringify(key)}, (async function* () {
    for (let n = 0; n < 8; n++) yield new Uint8Array(1 << 20);
    console.log("half");
    await new Promise(() => {});
  })());`;

artifactStoreConformance({
  name: "LocalArtifactStore",
  create: (place) => storeAt(path.join(root, place)),
  dispose: (place) => rmSync(path.join(root, place), { recursive: true, force: true }),
  killAmidWrite: (place, key) => killAfterOutput(writeForEver(path.join(root, place), key)),
  // A disk that has gone: nothing is where its folder was, and nothing can be made there.
  break: (place) => {
    const folder = path.join(root, place);
    renameSync(folder, `${folder}.away`);
    symlinkSync(folder, folder);
    return () => {
      rmSync(folder);
      renameSync(`${folder}.away`, folder);
    };
  },
  failing: {
    ...(disk !== undefined && { store_full: () => storeAt(path.join(disk, "store")) }),
    // The kernel's own files: not even root makes folders there.
    ...(process.platform === "linux" && { store_forbidden: () => storeAt("/sys/zen-artifacts") }),
    store_unavailable: () => {
      writeFileSync(path.join(root, "a-file"), "");
      return storeAt(path.join(root, "a-file", "store"));
    },
  },
});

test("a plain key is the path of its file, and every address leads to one", async () => {
  const store = storeAt(path.join(root, "layout"));
  const keys = [
    "0198a000-0000-7000-8000-000000000001/0198a000-0000-7000-8000-000000000002",
    "run/attempt.0.log",
    "run",
    "run/deep/er",
    "Models/Best Model.bin",
    "run/é",
    "x".repeat(200),
  ];
  for (const key of keys) await store.write(key, bytes(key));
  for (const key of keys) expect(readFileSync(store.uri(key), "utf8")).toBe(key);
  expect(keys.map((key) => path.relative(store.path, store.uri(key)))).toEqual([
    "0198a000-0000-7000-8000-000000000001/0198a000-0000-7000-8000-000000000002",
    "run/attempt.0.log",
    "run%",
    "run/deep%/er",
    "%4dodels/%42est%20%4dodel.bin",
    "run/%c3%a9",
    `${"x".repeat(80)}%+/${"x".repeat(80)}%+/${"x".repeat(40)}%`,
  ]);
});

test("files that aren't the store's are neither listed, nor read, nor touched", async () => {
  const folder = path.join(root, "foreign");
  const store = storeAt(folder);
  await store.write("run/object", bytes("object"));
  const foreign = ["zen.db", ".DS_Store", "run/.hidden", "run/Thumbs.db", "run/sub/file", "run/a%2g"];
  for (const name of foreign) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), "foreign");
  }
  expect((await store.list("")).objects.map(({ key }) => key)).toEqual(["run/object"]);
  for (const key of ["zen.db", "run/sub", "run/sub/file", "zen.db/below"]) {
    expect(await store.exists(key)).toBe(false);
    await expect(store.read(key)).rejects.toMatchObject({ code: "object_not_found" });
  }
  await store.write("zen.db", bytes("object"));
  expect(await store.deleteTree("run")).toBe(1);
  await store.delete("zen.db");
  for (const name of foreign) expect(readFileSync(path.join(folder, name), "utf8")).toBe("foreign");
});

test("folders go with their last object", async () => {
  const store = storeAt(path.join(root, "folders"));
  await store.write("a/b/c/d", bytes("x"));
  await store.rename("a/b/c/d", "a/e");
  expect(readdirSync(path.join(store.path, "a"))).toEqual(["e"]);
  await store.delete("a/e");
  expect(readdirSync(store.path)).toEqual([".tmp"]);
});

test("what a killed process left is swept by the next one that writes, what others are writing is not", async () => {
  const folder = path.join(root, "sweep");
  const temp = path.join(folder, ".tmp");
  await killAfterOutput(writeForEver(folder, "run/object"));
  const [left] = readdirSync(temp);
  const living = left!.replace(/-\d+-/, `-${process.pid}-`);
  const elsewhere = left!.replace(/^[^-]+/, "0123456789ab");
  const abandoned = `${elsewhere}9`;
  for (const name of [living, elsewhere, abandoned]) writeFileSync(path.join(temp, name), "");
  const twoDaysAgo = Date.now() / 1000 - 2 * 86_400;
  utimesSync(path.join(temp, abandoned), twoDaysAgo, twoDaysAgo);
  await storeAt(folder).write("run/object", bytes("x"));
  expect(readdirSync(temp).sort()).toEqual([elsewhere, living].sort());
});

test("a large write leaves no file behind, however it ends", async () => {
  const store = storeAt(path.join(root, "clean"));
  const large = new Uint8Array(3_000_000);
  const source = async function* (end: () => Promise<void>) {
    yield large;
    await end();
  };
  await store.write(
    "run/object",
    source(async () => {}),
  );
  await store
    .write(
      "run/object",
      source(async () => {}),
      { ifAbsent: true },
    )
    .catch(() => {});
  await store
    .write(
      "run/object",
      source(() => Promise.reject(new Error("bad"))),
    )
    .catch(() => {});
  const aborter = new AbortController();
  await store
    .write(
      "run/object",
      source(async () => aborter.abort()),
      { signal: aborter.signal },
    )
    .catch(() => {});
  await store.copy("run/object", "run/copy");
  await store.copy("run/object", "run/copy", { ifAbsent: true }).catch(() => {});
  expect(readdirSync(path.join(store.path, ".tmp"))).toEqual([]);
  expect((await store.stat("run/object"))?.size).toBe(3_000_000);
});

test.skipIf(disk === undefined)("a full disk keeps what was there, and has room again for what fits", async () => {
  const store = storeAt(path.join(disk!, "full"));
  await store.write("run/small", bytes("kept"));
  for (const size of [2_000_000, 60_000]) {
    // Small ones until there is no room left.
    const fill = async (): Promise<void> => {
      for (let n = 0; n < 40; n++) await store.write(`run/${size}-${n}`, new Uint8Array(size));
    };
    await expect(fill()).rejects.toMatchObject({ code: "store_full" });
  }
  expect(readdirSync(path.join(store.path, ".tmp"))).toEqual([]);
  expect(await textOf(store, "run/small")).toBe("kept");
  await store.deleteTree("run");
  await store.write("run/small", bytes("again"));
});

test("a folder that this user may not write to, or not read, is named", async () => {
  const folder = path.join(root, "forbidden");
  const store = storeAt(folder);
  await store.write("run/object", bytes("x"));
  await store.write("run/private", bytes("x"));
  chmodSync(root, 0o755);
  chmodSync(store.uri("run/private"), 0o600);
  for (const made of [folder, path.join(folder, ".tmp"), path.join(folder, "run")]) chmodSync(made, 0o555);
  const output = await outputOf(`
    ${AS_NOBODY}
    const store = new LocalArtifactStore({ name: "test", path: ${JSON.stringify(folder)} });
    for (const work of [() => store.write("run/new", new Uint8Array(3)), () => store.write("run/new", new Uint8Array(3e6)), () => store.delete("run/object"), () => store.deleteTree("run"), () => store.copy("run/object", "run/copy"), () => store.read("run/private")]) {
      await work().then(() => console.log("no error"), ({ code, message, hint }) => console.log(code + ": " + message + "\\n  " + hint));
    }`);
  for (const made of [folder, path.join(folder, ".tmp"), path.join(folder, "run")]) chmodSync(made, 0o755);
  expect(output.replaceAll(root, "ROOT")).toMatchInlineSnapshot(`
    "store_forbidden: Can't write "run/new" in the artifact store "test": this user has no right to do that at ROOT/forbidden/run/new.
      Give the user that runs zen the right to read and write the folder and all that is in it.
    store_forbidden: Can't write "run/new" in the artifact store "test": this user has no right to do that at ROOT/forbidden/run/new.
      Give the user that runs zen the right to read and write the folder and all that is in it.
    store_forbidden: Can't delete "run/object" in the artifact store "test": this user has no right to do that at ROOT/forbidden/run/object.
      Give the user that runs zen the right to read and write the folder and all that is in it.
    store_forbidden: Can't delete the tree "run" in the artifact store "test": this user has no right to do that at ROOT/forbidden.
      Give the user that runs zen the right to read and write the folder and all that is in it.
    store_forbidden: Can't copy to "run/copy" in the artifact store "test": this user has no right to do that at ROOT/forbidden/run/copy.
      Give the user that runs zen the right to read and write the folder and all that is in it.
    store_forbidden: Can't read "run/private" in the artifact store "test": this user has no right to do that at ROOT/forbidden/run/private.
      Give the user that runs zen the right to read and write the folder and all that is in it.
    "
  `);
  expect(statSync(store.uri("run/object")).size).toBe(1);
});

test("errors say what was asked, of which store, and what to do", async () => {
  const store = storeAt(path.join(root, "errors"));
  await store.write("run/object", bytes("x"));
  writeFileSync(path.join(store.path, "blocked"), "");
  const text = async (work: Promise<unknown>): Promise<string> => {
    const { code, message, hint } = (await work.catch((error: unknown) => error)) as { code: string; message: string; hint: string };
    return `${code}: ${message} ${hint}`.replaceAll(root, "ROOT");
  };
  expect([
    await text(store.read("run/none")),
    await text(store.write("run/object", bytes("y"), { ifAbsent: true })),
    await text(store.copy("run/none", "run/b")),
    await text(store.read("run/object", { range: { start: 1 } })),
    await text(store.write("blocked/object", bytes("y"))),
    await text(store.write("run/text", "text" as never)),
    await text(store.write("run/text", new Blob(["text"]).stream().pipeThrough(new TextDecoderStream()) as never)),
    await text(store.write("run/number", 5 as never)),
    await text(store.list("", { limit: 0 })),
  ]).toMatchInlineSnapshot(`
    [
      "object_not_found: Can't read "run/none": the artifact store "test" has no such object. It may have been deleted. Its file would be ROOT/errors/run/none.",
      "object_exists: Can't write "run/object": the artifact store "test" has that object already, and it was to be created. Use another key, or leave ifAbsent out to replace it.",
      "object_not_found: Can't copy "run/none": the artifact store "test" has no such object. It may have been deleted. Its file would be ROOT/errors/run/none.",
      "bad_range: Can't read bytes 1 to the last of "run/object": it has 1. A range starts at 0 or later and before 1, and its end, which is included, doesn't come before its start.",
      "store_unavailable: Can't write "blocked/object" in the artifact store "test" (at ROOT/errors/blocked/object): ENOTDIR: not a directory. A file stands where the store needs a folder: move it away, or use another path.",
      "bad_source: Can't write "run/text": the source gave string, not bytes. Give a Uint8Array, or an async iterable of them, such as a ReadableStream. Text becomes bytes by new TextEncoder().encode(text).",
      "bad_source: Can't write "run/text": the source gave string, not bytes. Give a Uint8Array, or an async iterable of them, such as a ReadableStream. Text becomes bytes by new TextEncoder().encode(text).",
      "bad_source: Can't write "run/number": the source gave number, not bytes. Give a Uint8Array, or an async iterable of them, such as a ReadableStream. Text becomes bytes by new TextEncoder().encode(text).",
      "bad_limit: A page of a listing can't have 0 objects. Ask for 1 to 1,000, and for the next page with the cursor of this one.",
    ]
  `);
});

test("a path that depends on where one stands is refused, with the one to write", () => {
  const refusal = (given: string): string => {
    try {
      return storeAt(given).path;
    } catch (error) {
      const { code, message, hint } = error as { code: string; message: string; hint: string };
      return `${code}: ${message} ${hint}`.replaceAll(process.cwd(), "CWD").replaceAll(process.env["HOME"]!, "HOME");
    }
  };
  expect(["artifacts", "./a/../b", "~/artifacts", "", "s3://bucket/artifacts", "/tmp/artifacts/"].map(refusal)).toMatchInlineSnapshot(`
    [
      "bad_config: The artifact store "test" (flavor local) can't be made: "path": "artifacts" is not an absolute path, write CWD/artifacts. Its fields are: path.",
      "bad_config: The artifact store "test" (flavor local) can't be made: "path": "./a/../b" is not an absolute path, write CWD/b. Its fields are: path.",
      "bad_config: The artifact store "test" (flavor local) can't be made: "path": "~/artifacts" is not an absolute path, write HOME/artifacts. Its fields are: path.",
      "bad_config: The artifact store "test" (flavor local) can't be made: "path": it is empty. Its fields are: path.",
      "bad_config: The artifact store "test" (flavor local) can't use the path "s3://bucket/artifacts": it takes a path without a scheme. Another flavor may serve s3://: zen artifact-store flavor list",
      "/tmp/artifacts/",
    ]
  `);
});
