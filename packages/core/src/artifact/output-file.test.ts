import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ZenError } from "../error/zen-error.ts";
import { hashing, sha256 } from "./digest.ts";
import { createOutputFile, isOutputFile, type StoredObject } from "./output-file.ts";

const where = { step: "fit", output: "model" };
let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), "zen-test-"));
});
afterAll(() => rm(scratch, { recursive: true }));

/** An output file whose upload collects what comes, one chunk at a time when told to. */
function output(upload?: (source: AsyncIterable<Uint8Array>) => Promise<StoredObject>) {
  const received: Uint8Array[] = [];
  const file = createOutputFile({
    name: "model.bin",
    scratch,
    upload:
      upload ??
      (async (source) => {
        const hashed = hashing(source);
        for await (const chunk of hashed.bytes) received.push(chunk);
        return { store: "memory", key: "run/1", ...hashed.result() };
      }),
  });
  return { file, received, brand: file["~zen"], text: () => Buffer.concat(received).toString() };
}

async function refusal(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    const { code, message, hint } = error as ZenError;
    return `${code}: ${message} ${hint}`;
  }
  throw new Error("It was accepted.");
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("writable()", () => {
  it("stores bytes as they come, hashed on the way", async () => {
    const { file, brand, text } = output();
    const writer = file.writable().getWriter();
    for (const part of ["a", "b", "c"]) await writer.write(bytes(part));
    await writer.close();
    expect(await brand.finish(where)).toEqual({ store: "memory", key: "run/1", size: 3, digest: sha256("abc") });
    expect(text()).toBe("abc");
    expect(isOutputFile(file)).toBe(true);
  });

  it("gathers small writes, and the writer may use its buffer again", async () => {
    const { file, brand, received } = output();
    const writer = file.writable().getWriter();
    const buffer = new Uint8Array(1_000);
    for (let i = 0; i < 1_000; i++) {
      buffer.fill(i % 256);
      await writer.write(buffer);
    }
    await writer.close();
    const { size } = await brand.finish(where);
    expect(size).toBe(1_000_000);
    expect(received.length).toBeLessThan(10);
    expect(Buffer.concat(received).every((byte, index) => byte === Math.floor(index / 1_000) % 256)).toBe(true);
  });

  it("makes a fast writer wait for a slow store", async () => {
    let taken = 0;
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const { file, brand } = output(async (source) => {
      for await (const chunk of source) {
        taken += chunk.byteLength;
        await gate;
      }
      return { store: "memory", key: "k", size: taken, digest: "" };
    });
    let written = 0;
    const writer = file.writable().getWriter();
    const writing = (async () => {
      for (; written < 100; written++) await writer.write(new Uint8Array(2 ** 18));
      await writer.close();
    })();
    await wait(20);
    expect(written).toBeLessThan(5);
    release();
    await writing;
    expect((await brand.finish(where)).size).toBe(100 * 2 ** 18);
  });

  it("takes a pipe, and a close that nobody waited for", async () => {
    const piped = output();
    await new Blob(["from a blob"]).stream().pipeTo(piped.file.writable());
    await piped.brand.finish(where);
    expect(piped.text()).toBe("from a blob");

    const hasty = output();
    const writer = hasty.file.writable().getWriter();
    for (let i = 0; i < 5; i++) void writer.write(new Uint8Array(2 ** 18));
    void writer.close();
    expect((await hasty.brand.finish(where)).size).toBe(5 * 2 ** 18);
  });

  it("can be empty", async () => {
    const { file, brand } = output();
    await file.writable().close();
    expect(await brand.finish(where)).toMatchObject({ size: 0, digest: sha256("") });
  });

  it("passes on what the store fails with, to the writer and to the step", async () => {
    const { file, brand } = output(async (source) => {
      await source[Symbol.asyncIterator]().next();
      throw new Error("no space left");
    });
    const writer = file.writable().getWriter();
    const writing = (async () => {
      for (let i = 0; i < 20; i++) await writer.write(new Uint8Array(2 ** 18));
    })();
    await expect(writing).rejects.toThrow("no space left");
    await expect(brand.finish(where)).rejects.toThrow("no space left");
  });
});

describe("path", () => {
  it("is in a folder that is there, and is stored when the step returns", async () => {
    const { file, brand, text } = output();
    expect(path.basename(file.path)).toBe("model.bin");
    expect(file.path).toBe(file.path);
    await writeFile(file.path, "by a library");
    expect(await brand.finish(where)).toMatchObject({ size: 12, digest: sha256("by a library") });
    expect(text()).toBe("by a library");
  });

  it("is another one for another file of the same name", () => {
    expect(output().file.path).not.toBe(output().file.path);
  });
});

describe("mistakes", () => {
  it("are named, with what to do", async () => {
    const unclosed = output();
    const writer = unclosed.file.writable().getWriter();
    await writer.write(bytes("half"));
    expect(await refusal(() => unclosed.brand.finish(where))).toMatchInlineSnapshot(
      `"bad_output_file: Step "fit" returned the file "model.bin" as "model", but it was not closed, so it may not be whole. Close the writer before you return the file: await writer.close()"`,
    );

    const aborted = output();
    await aborted.file.writable().abort(new Error("out of patience"));
    expect(await refusal(() => aborted.brand.finish({ step: "fit", output: "output" }))).toMatchInlineSnapshot(
      `"bad_output_file: Step "fit" returned the file "model.bin", but writing it was aborted: out of patience. Return a file that was written to its end, or let the step throw."`,
    );

    expect(await refusal(() => output().brand.finish(where))).toMatchInlineSnapshot(
      `"bad_output_file: Step "fit" returned the file "model.bin" as "model", but nothing was written to it. Write to file.writable() and close it, or to file.path, before you return it."`,
    );

    const twice = output();
    await twice.file.writable().close();
    expect(await refusal(() => twice.file.writable())).toMatchInlineSnapshot(
      `"bad_output_file: The output file "model.bin" is being written already: writable() was called twice. Keep the first stream, or make another file."`,
    );
    expect(await refusal(() => twice.file.path)).toMatchInlineSnapshot(
      `"bad_output_file: The output file "model.bin" is written through writable() already, so it has no path. Use writable() or path, not both."`,
    );

    const byPath = output();
    const target = byPath.file.path;
    expect(await refusal(() => byPath.file.writable())).toMatchInlineSnapshot(
      `"bad_output_file: The output file "model.bin" has given its path away already, so it can't be written through writable(). Use writable() or path, not both."`,
    );
    expect((await refusal(() => byPath.brand.finish(where))).replace(target, "PATH")).toMatchInlineSnapshot(
      `"not_storable: Step "fit" returned the file PATH as "model", but it does not exist. A file's path is returned once the file is there. A relative path counts from the working directory of the process."`,
    );

    const text = output();
    expect(
      await refusal(() =>
        text.file
          .writable()
          .getWriter()
          .write("text" as never),
      ),
    ).toMatchInlineSnapshot(
      `"bad_output_file: The output file "model.bin" was given a string to write, where it takes bytes (Uint8Array). Write text as new TextEncoder().encode(text), or pipe it through new TextEncoderStream()."`,
    );
  });

  it.each(["", ".", "..", "a/b", "a\\b", "a\nb", "x".repeat(256), "\ud800"])("%j is no file name", async (name) => {
    expect(await refusal(() => createOutputFile({ name, scratch, upload: () => Promise.reject(new Error("unused")) }))).toContain(
      `bad_file_name: ${JSON.stringify(name)} can't be the name of an output file.`,
    );
  });

  it("can be aborted while a store hangs", async () => {
    const { file, brand } = output(() => new Promise(() => {}));
    const writer = file.writable().getWriter();
    const writes = [1, 2, 3].map(() => writer.write(new Uint8Array(2 ** 18)));
    await wait(0);
    await writer.abort(new Error("enough"));
    expect((await Promise.allSettled(writes)).at(-1)?.status).toBe("rejected");
    expect(await refusal(() => brand.finish(where))).toContain("writing it was aborted: enough.");
  });

  it("a file that is never returned gives up its upload", async () => {
    let outcome: unknown;
    const { file, brand } = output(async (source) => {
      try {
        await Array.fromAsync(source);
      } catch (error) {
        outcome = error;
        throw error;
      }
      throw new Error("unreachable");
    });
    await file.writable().getWriter().write(bytes("a"));
    brand.discard(new Error("the attempt has ended"));
    await wait(0);
    expect(outcome).toEqual(new Error("the attempt has ended"));
  });

  it("creates nothing on disk until the path is asked for", async () => {
    const before = await readdir(scratch);
    await output().file.writable().close();
    expect(await readdir(scratch)).toEqual(before);
  });
});
