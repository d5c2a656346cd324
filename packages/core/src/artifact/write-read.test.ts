import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { BaseArtifactStore, type ByteRange, type ByteSource, type ObjectPage, type ObjectStat } from "../component/artifact-store.ts";
import { ZenError } from "../error/zen-error.ts";
import type { ArtifactRecord } from "../metadata/record.ts";
import type { FileRef } from "../pipeline/types.ts";
import { hashing, sha256 } from "./digest.ts";
import { isFileRef } from "./file-ref.ts";
import { AUTO, bytes, file, json, text, type MaterializerDefinition } from "./materializer.ts";
import { createOutputFile } from "./output-file.ts";
import { decodeArtifact, readArtifactBytes, readArtifactStream, readArtifactValue } from "./read.ts";
import { writeOutput, type WrittenArtifact } from "./write.ts";

class MemoryStore extends BaseArtifactStore {
  static override readonly FLAVOR = "memory";
  static override readonly SUPPORTED_SCHEMES = ["memory://"];
  readonly objects = new Map<string, Buffer>();
  reads = 0;

  async read(key: string, { range }: { range?: ByteRange | undefined } = {}): Promise<ReadableStream<Uint8Array>> {
    this.reads++;
    const object = this.objects.get(key);
    if (!object) throw new ZenError("object_not_found", `no ${key}`);
    const part = object.subarray(range?.start ?? 0, (range?.end ?? object.length - 1) + 1);
    return ReadableStream.from(
      Array.from({ length: Math.ceil(part.length / 7) }, (_, i) => new Uint8Array(part.subarray(i * 7, i * 7 + 7))),
    );
  }

  async write(
    key: string,
    source: ByteSource,
    { ifAbsent, signal }: { ifAbsent?: boolean | undefined; signal?: AbortSignal | undefined } = {},
  ): Promise<ObjectStat> {
    signal?.throwIfAborted();
    const object = source instanceof Uint8Array ? Buffer.from(source) : Buffer.concat(await Array.fromAsync(source));
    if (ifAbsent !== true || this.objects.has(key)) throw new ZenError("object_exists", `there is ${key}`);
    this.objects.set(key, object);
    return { key, size: object.length, modifiedAt: new Date() };
  }

  stat(): Promise<ObjectStat | undefined> {
    throw new Error("unused");
  }
  list(): Promise<ObjectPage> {
    throw new Error("unused");
  }
  copy(): Promise<ObjectStat> {
    throw new Error("unused");
  }
  rename(): Promise<ObjectStat> {
    throw new Error("unused");
  }
  delete(): Promise<void> {
    throw new Error("unused");
  }
  deleteTree(): Promise<number> {
    throw new Error("unused");
  }
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "zen-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

const newStore = (at = "memory://a"): MemoryStore => new MemoryStore({ name: "memory", path: at });
const definition = (materializer: unknown): MaterializerDefinition => materializer as MaterializerDefinition;

function write(
  value: unknown,
  materializer: unknown = AUTO,
  { store = newStore(), output = "output", key = "run/1" } = {},
): Promise<WrittenArtifact> {
  return writeOutput({ value, definition: definition(materializer), store, key, where: { step: "fit", output } });
}

function record({ bytes: _, ...written }: WrittenArtifact): ArtifactRecord {
  return {
    ...written,
    id: "0198-id",
    runId: "run",
    node: "fit",
    output: "output",
    name: "fit.output",
    metadata: {},
    createdAt: "2025-01-01T00:00:00.000Z",
  };
}

/** Stores a value, and reads it. */
async function through(value: unknown, materializer?: unknown): Promise<unknown> {
  const store = newStore();
  return readArtifactValue({ record: record(await write(value, materializer, { store })), store, scratch: () => folder });
}

async function refusal(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof ZenError)) throw error;
    return `${error.code}: ${error.message}\n${error.hint}`;
  }
  throw new Error("It was accepted.");
}

describe("values", () => {
  it("are stored as the bytes that the record says", async () => {
    const store = newStore();
    const written = await write({ rows: [1, "é"] }, AUTO, { store });
    const stored = Buffer.from('{"rows":[1,"é"]}');
    expect(written).toEqual({
      materializer: "json",
      size: stored.length,
      digest: sha256(stored),
      fileName: null,
      store: "memory://a",
      key: "run/1",
      bytes: stored,
    });
    expect(store.objects.get("run/1")).toEqual(stored);
  });

  it.each<[string, unknown, unknown]>([
    ["json", { a: [1, null] }, AUTO],
    ["rich", { a: new Map([["k", new Date(0)]]) }, AUTO],
    ["nothing", undefined, AUTO],
    ["text", "\ufeffwith a byte order mark, é, \u{1f600}", text()],
    ["no text", "", text()],
    ["bytes", new Uint8Array([0, 255, 1]), bytes()],
    ["no bytes", new Uint8Array(), bytes()],
  ])("%s comes back", async (_, value, materializer) => {
    expect(await through(value, materializer)).toEqual(value);
  });

  it("come back fresh, from the store and from bytes that were kept", async () => {
    const store = newStore();
    for (const [value, materializer] of [
      [{ a: 1 }, AUTO],
      [new Uint8Array([1]), bytes()],
    ]) {
      const written = await write(value, materializer, { store, key: `run/${store.objects.size}` });
      const kept = written.bytes ?? (await readArtifactBytes({ record: record(written), store }));
      const [one, other] = [decodeArtifact(record(written), kept, store), decodeArtifact(record(written), kept, store)];
      expect(one).toEqual(other);
      expect(one).not.toBe(other);
    }
  });

  it("a Buffer and shared memory come back as a Uint8Array; what the step still holds is not kept", async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(2)).fill(7);
    for (const value of [Buffer.from([7, 7]), shared]) {
      const back = await through(value, bytes());
      expect(Object.getPrototypeOf(back)).toBe(Uint8Array.prototype);
      expect(back).toEqual(new Uint8Array([7, 7]));
    }
    expect((await write(new Uint8Array(2), bytes())).bytes).toBeUndefined();
  });

  it("are stored as their schema makes them", async () => {
    const schema = z.object({ rate: z.coerce.number(), kind: z.string().default("tree") });
    expect(await through({ rate: "0.5" }, json(schema))).toEqual({ rate: 0.5, kind: "tree" });
    const later = z.number().refine(async (value) => value > 0, { error: "must be positive" });
    expect(await through(1, json(later))).toBe(1);
    expect(await refusal(() => write(-1, json(later)))).toContain("output: must be positive.");
    expect(
      await refusal(() =>
        write({ rows: [{ id: 1 }, { id: "2" }] }, json(z.object({ rows: z.array(z.object({ id: z.number() })) })), { output: "train" }),
      ),
    ).toMatchInlineSnapshot(`
      "bad_output: Step "fit" returned a value that its schema refuses: train.rows[1].id: Invalid input: expected number, received string.
      Change what the step returns, or the schema in json(…)."
    `);
  });

  it("that can't be stored are named with step, output and path", async () => {
    expect(await refusal(() => write({ model: { weights: new WeakMap() } }))).toMatchInlineSnapshot(`
      "not_storable: Step "fit" returned a value that can't be stored: output.model.weights is a WeakMap, whose entries can't be listed.
      Use a Map."
    `);
    expect(await refusal(() => write([() => {}], AUTO, { output: "models" }))).toMatchInlineSnapshot(`
      "not_storable: Step "fit" returned a value that can't be stored: models[0] is a function.
      Return the data that it works on, and call it in the step that reads it."
    `);
    expect(await refusal(() => write(Promise.resolve(1)))).toMatchInlineSnapshot(`
      "not_storable: Step "fit" returned a value that can't be stored: output is a promise.
      Await it before you return it."
    `);
    expect(await refusal(() => write(new ReadableStream(), AUTO, { output: "dump" }))).toMatchInlineSnapshot(`
      "not_storable: Step "fit" returned a value that can't be stored: dump is a file or a stream.
      Declare the output with file(): { outputs: { dump: file() } }"
    `);
    expect(await refusal(() => write(1, text()))).toMatchInlineSnapshot(`
      "not_storable: Step "fit" returned a number, but the output is declared with text(), which takes a string.
      Return what text() takes, or leave text() out: then any plain data can be stored."
    `);
    expect(await refusal(() => write("a\ud800", text()))).toMatchInlineSnapshot(`
      "not_storable: Step "fit" returned a string, but it has half a surrogate pair in it, which UTF-8 can't hold.
      Mend it with text.toWellFormed(), or leave out text(): any string can be stored as a value."
    `);
    expect(await refusal(() => write(new ArrayBuffer(1), bytes()))).toMatchInlineSnapshot(`
      "not_storable: Step "fit" returned an instance of ArrayBuffer, but the output is declared with bytes(), which takes a Uint8Array.
      Return a view of it: new Uint8Array(buffer)"
    `);
    expect(await refusal(() => write(undefined, file()))).toMatchInlineSnapshot(`
      "not_storable: Step "fit" returned nothing, but the output is declared with file(), which takes ctx.file(…), the path of a file, a stream of bytes, a Uint8Array or a FileRef.
      Return the output. (A missing return?)"
    `);
    expect(await refusal(() => write(new URL("file:///tmp/x"), file()))).toMatchInlineSnapshot(`
      "not_storable: Step "fit" returned an instance of URL, but the output is declared with file(), which takes ctx.file(…), the path of a file, a stream of bytes, a Uint8Array or a FileRef.
      Return its path: fileURLToPath(url)"
    `);
  });

  it("are never written over others, and not at all after an abort", async () => {
    const store = newStore();
    await write(1, AUTO, { store });
    expect(await refusal(() => write(2, AUTO, { store }))).toContain("object_exists");
    const signal = AbortSignal.abort(new Error("cancelled"));
    await expect(
      writeOutput({ value: 1, definition: AUTO, store, key: "run/2", signal, where: { step: "fit", output: "output" } }),
    ).rejects.toThrow("cancelled");
  });
});

describe("files", () => {
  const content = randomBytes(10_000);
  const hex = createHash("sha256").update(content).digest("hex");
  const saved = async (name: string): Promise<string> => {
    const target = path.join(folder, name);
    await writeFile(target, content);
    return target;
  };

  it.each<[string, () => unknown, string]>([
    ["a path", () => saved("a model.bin"), "a model.bin"],
    ["a relative path", async () => path.relative(process.cwd(), await saved("b.bin")), "b.bin"],
    ["a stream", () => new Blob([content]).stream(), "output"],
    ["bytes", () => new Uint8Array(content), "output"],
  ])("from %s, read in every way", async (_, make, name) => {
    const store = newStore();
    const written = await write(await make(), file(), { store });
    expect(written).toEqual({
      materializer: "file",
      size: 10_000,
      digest: `sha256:${hex}`,
      fileName: name,
      store: "memory://a",
      key: "run/1",
    });
    const ref = (await readArtifactValue({
      record: record(written),
      store,
      scratch: () => path.join(folder, "made when needed"),
    })) as FileRef;
    expect(store.reads).toBe(0);
    expect({ ...ref }).toEqual({ name, size: 10_000, sha256: hex });
    expect(Buffer.from(await ref.bytes()).equals(content)).toBe(true);
    expect(await new Response(ref.stream({ start: 5, end: 24 })).bytes()).toEqual(new Uint8Array(content.subarray(5, 25)));
    expect(await new Response(ref.stream({ start: 9_990 })).bytes()).toEqual(new Uint8Array(content.subarray(9_990)));
    const reads = store.reads;
    const [copy, same] = await Promise.all([ref.path(), ref.path()]);
    expect(copy).toBe(same);
    expect(store.reads).toBe(reads + 1);
    expect(path.basename(copy)).toBe(name);
    expect((await readFile(copy)).equals(content)).toBe(true);
    expect(await new Response(readArtifactStream({ record: record(written), store })).bytes()).toEqual(new Uint8Array(content));
  });

  it("from ctx.file(), where its own upload has put it", async () => {
    const store = newStore();
    const made = createOutputFile({
      name: "report.txt",
      scratch: folder,
      async upload(source) {
        const hashed = hashing(source);
        await store.write("run/own", hashed.bytes, { ifAbsent: true });
        return { store: store.path, key: "run/own", ...hashed.result() };
      },
    });
    const writer = made.writable().getWriter();
    await writer.write(Buffer.from("\ufeffréport"));
    await writer.close();
    const written = await write(made, file(), { store });
    expect(written).toMatchObject({ fileName: "report.txt", key: "run/own", size: 10 });
    expect(await ((await readArtifactValue({ record: record(written), store })) as FileRef).text()).toBe("\ufeffréport");
  });

  it("returned again are the same object: no copy within a store, a copy from another", async () => {
    const store = newStore();
    const written = await write(await saved("c.bin"), file(), { store });
    const ref = (await readArtifactValue({ record: record(written), store })) as FileRef;
    expect(isFileRef(ref)).toBe(true);
    expect(await write(ref, file(), { store, key: "run/2" })).toEqual(written);
    expect(store.objects.size).toBe(1);
    const other = newStore("memory://b");
    expect(await write(ref, file(), { store: other, key: "run/2" })).toEqual({ ...written, store: "memory://b", key: "run/2" });
    expect(other.objects.get("run/2")?.equals(content)).toBe(true);
  });

  it("outside of a step, have a local copy too, deleted when the process ends", async () => {
    const store = newStore();
    const ref = (await readArtifactValue({ record: record(await write(new Uint8Array(content), file(), { store })), store })) as FileRef;
    expect((await readFile(await ref.path())).equals(content)).toBe(true);
  });

  it("can be empty", async () => {
    const ref = (await through(new Uint8Array(), file())) as FileRef;
    expect(ref.size).toBe(0);
    expect(await ref.text()).toBe("");
    expect(await readFile(await ref.path(), "utf8")).toBe("");
  });

  it("that aren't there, aren't files or give no bytes are refused", async () => {
    const at = (said: string): string => said.replaceAll(folder, "FOLDER");
    expect(at(await refusal(() => write(path.join(folder, "none.csv"), file())))).toMatchInlineSnapshot(`
      "not_storable: Step "fit" returned the file FOLDER/none.csv, but it does not exist.
      A file's path is returned once the file is there. A relative path counts from the working directory of the process."
    `);
    expect(at(await refusal(() => write(folder, file(), { output: "data" })))).toMatchInlineSnapshot(`
      "not_storable: Step "fit" returned the file FOLDER as "data", but it is a folder.
      Folders as outputs come later. Pack it into one file (tar, zip) and return that, or declare an output for each file."
    `);
    expect(await refusal(() => write("/dev/null", file()))).toContain(
      'Step "fit" returned the file /dev/null, but it is not a regular file.',
    );
    expect(await refusal(() => write(ReadableStream.from(["text"]), file()))).toMatchInlineSnapshot(`
      "not_storable: Step "fit" returned a stream, but it gives a string where it should give bytes (Uint8Array).
      Pipe text through new TextEncoderStream()."
    `);
    const locked = new Blob(["x"]).stream();
    locked.getReader();
    expect(await refusal(() => write(locked, file()))).toMatchInlineSnapshot(`
      "not_storable: Step "fit" returned a stream, but somebody else is reading it (it is locked).
      Return a stream that nobody reads, or one branch of stream.tee()."
    `);
  });

  it("a stream that fails fails the step with its own error, and is released when the store fails", async () => {
    await expect(
      write(
        new ReadableStream({
          pull() {
            throw new Error("connection lost");
          },
        }),
        file(),
      ),
    ).rejects.toThrow("connection lost");
    let cancelled = false;
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(10)),
      cancel: () => void (cancelled = true),
    });
    const full = newStore();
    full.write = async (_key, source) => {
      const iterator = (source as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
      await iterator.next();
      await iterator.return?.();
      throw new ZenError("store_full", "no space left");
    };
    expect(await refusal(() => write(endless, file(), { store: full }))).toContain("store_full");
    expect(cancelled).toBe(true);
  });

  it("have no range beyond their end", async () => {
    const ref = (await through(new Uint8Array(3), file())) as FileRef;
    expect(await refusal(() => ref.stream({ start: 3 }))).toMatchInlineSnapshot(`
      "bad_range: There is no range 3 to the end in the artifact fit.output (0198-id), which has 3 bytes.
      A range is { start, end }: the first and the last byte, both included and counted from 0."
    `);
    for (const range of [{ start: -1 }, { start: 2, end: 1 }, { start: 0.5 }]) expect(() => ref.stream(range)).toThrow("There is no range");
    expect((await new Response(ref.stream({ start: 1, end: 99 })).bytes()).length).toBe(2);
  });
});

describe("artifacts that are not what they were", () => {
  async function broken(
    change: (store: MemoryStore) => void,
    materializer: unknown = AUTO,
  ): Promise<{ record: ArtifactRecord; store: MemoryStore }> {
    const store = newStore();
    const written = await write(materializer === AUTO ? { a: "some value" } : new Uint8Array(20), materializer, { store });
    change(store);
    return { record: record(written), store };
  }
  const set = (content: string | Buffer) => (store: MemoryStore) => store.objects.set("run/1", Buffer.from(content as string));

  it("are named, with what to do", async () => {
    const read = async (change: (store: MemoryStore) => void): Promise<string> => {
      const options = await broken(change);
      return refusal(() => readArtifactValue(options));
    };
    expect(await read((store) => store.objects.clear())).toMatchInlineSnapshot(`
      "artifact_missing: The artifact fit.output (0198-id) is not in the artifact store any more: there is nothing at memory://a/run/1.
      Put it back from a backup, or make it again: zen pipeline run FILE --no-cache"
    `);
    expect(await read(set('{"a":"other data"}'))).toMatchInlineSnapshot(`
      "artifact_damaged: The artifact fit.output (0198-id) is damaged: what is at memory://a/run/1 is not what was stored there (another sha256).
      Somebody has changed it, or the disk is failing. Put it back from a backup, or make it again: zen pipeline run FILE --no-cache"
    `);
    expect(await read(set("{}"))).toContain("(2 bytes instead of 18)");
    expect(await read(set("x".repeat(100)))).toContain("(more than 18 bytes)");
  });

  it("a damaged file fails every whole read at its end, and leaves no local copy", async () => {
    const options = await broken(set(Buffer.alloc(20, 1)), file());
    const ref = (await readArtifactValue({ ...options, scratch: () => path.join(folder, "damaged") })) as FileRef;
    for (const read of [
      () => ref.bytes(),
      () => ref.text(),
      () => ref.path(),
      () => new Response(ref.stream()).bytes(),
      () => new Response(ref.stream({ start: 0 })).bytes(),
    ]) {
      expect(await refusal(read)).toContain("artifact_damaged: The artifact fit.output (0198-id) is damaged");
    }
    set(Buffer.alloc(10))(options.store);
    expect(await refusal(() => new Response(ref.stream({ start: 5, end: 14 })).bytes())).toContain("(5 bytes instead of 10)");
    set(Buffer.alloc(20))(options.store);
    expect(await readFile(await ref.path())).toEqual(Buffer.alloc(20));
  });

  it("one that a newer zen wrote is said to be so", async () => {
    const { record: known, store } = await broken(() => {});
    const parquet = { ...known, materializer: "parquet" as "json" };
    expect(await refusal(() => readArtifactValue({ record: parquet, store }))).toMatchInlineSnapshot(`
      "artifact_unreadable: The artifact fit.output (0198-id) can't be read: what is at memory://a/run/1 is no "parquet" that this version of zen knows.
      A newer zen may have written it: update @zen/core here."
    `);
    expect(await refusal(() => readArtifactValue({ record: { ...known, materializer: "rich" }, store }))).toContain("artifact_unreadable");
  });
});
