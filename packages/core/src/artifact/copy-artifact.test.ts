import { writeFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import type { BaseArtifactStore } from "../component/artifact-store.ts";
import { artifactOf, artifactStore, runOf } from "../host/local-stores.fixture.ts";
import { ZenError } from "../error/zen-error.ts";
import type { ArtifactRecord } from "../metadata/record.ts";
import { copyArtifact } from "./copy-artifact.ts";

const SIZES = { small: 1_000, large: 5 * 2 ** 20 };

interface Given {
  readonly record: ArtifactRecord;
  readonly from: BaseArtifactStore;
  readonly to: BaseArtifactStore;
  readonly bytes: Uint8Array;
}

/** An artifact in one of two stores. */
async function given(size: number): Promise<Given> {
  const [from, to] = [artifactStore("from"), artifactStore("to")];
  const bytes = new Uint8Array(size).map((_, n) => n % 251);
  const record = artifactOf(2, runOf(1), "make", bytes, from.path);
  await from.write(record.key, bytes);
  return { record, from, to, bytes };
}

async function bytesIn(store: BaseArtifactStore, { key }: ArtifactRecord): Promise<Buffer | undefined> {
  return (await store.exists(key)) ? Buffer.from(await new Response(await store.read(key)).arrayBuffer()) : undefined;
}

async function failureOf(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  return work.then(
    () => expect.unreachable("it should fail"),
    (error: { code: string; message: string }) => error,
  );
}

test.each(Object.entries(SIZES))("a %s artifact arrives whole, and isn't written again", async (_, size) => {
  const { record, from, to, bytes } = await given(size);
  expect(await copyArtifact({ record, from, to })).toBe("copied");
  expect((await bytesIn(to, record))!.equals(bytes)).toBe(true);
  const written = await to.stat(record.key);
  expect(await copyArtifact({ record, from, to })).toBe("present");
  expect(await to.stat(record.key)).toEqual(written);
});

test.each(Object.entries(SIZES))("of a %s artifact that is damaged, or gone, nothing is written", async (_, size) => {
  const { record, from, to, bytes } = await given(size);
  for (const damaged of [bytes.with(size - 1, 255), bytes.subarray(1)]) {
    writeFileSync(from.uri(record.key), damaged);
    expect(await failureOf(copyArtifact({ record, from, to }))).toMatchObject({ code: "artifact_damaged" });
    expect(await bytesIn(to, record)).toBeUndefined();
  }
  await from.delete(record.key);
  expect(await failureOf(copyArtifact({ record, from, to }))).toMatchObject({ code: "artifact_missing" });
  expect((await to.list("")).objects).toEqual([]);
});

test("a copy that its store itself finds damaged is made anew", async () => {
  const { record, from, to, bytes } = await given(SIZES.small);
  await to.write(record.key, bytes);
  vi.spyOn(to, "read").mockRejectedValueOnce(new ZenError("object_corrupt", "The bytes don't match their checksum."));
  expect(await copyArtifact({ record, from, to })).toBe("repaired");
  expect((await bytesIn(to, record))!.equals(bytes)).toBe(true);
});

test.each(Object.entries(SIZES))(
  "a copy of a %s artifact that is damaged is made anew, unless the original is as well",
  async (_, size) => {
    const { record, from, to, bytes } = await given(size);
    for (const damaged of [bytes.with(0, 255), bytes.subarray(1)]) {
      await to.write(record.key, damaged);
      expect(await copyArtifact({ record, from, to })).toBe("repaired");
      expect((await bytesIn(to, record))!.equals(bytes)).toBe(true);
    }
    await to.write(record.key, bytes.with(0, 255));
    writeFileSync(from.uri(record.key), bytes.with(1, 255));
    expect(await failureOf(copyArtifact({ record, from, to }))).toMatchObject({ code: "artifact_damaged" });
    expect((await bytesIn(to, record))!.equals(bytes.with(0, 255))).toBe(true);
  },
);

test("of many copiers at once all end well, and the artifact is there once", async () => {
  const { record, from, to, bytes } = await given(SIZES.large);
  const results = await Promise.all(Array.from({ length: 8 }, () => copyArtifact({ record, from, to })));
  expect(results.every((result) => result === "copied" || result === "present")).toBe(true);
  expect((await bytesIn(to, record))!.equals(bytes)).toBe(true);
  expect((await to.list("")).objects).toHaveLength(1);
});

test("an aborted copy rejects with the signal's reason and leaves nothing", async () => {
  const { record, from, to } = await given(SIZES.large);
  const [abort, reason] = [new AbortController(), new Error("stopped")];
  const sent: number[] = [];
  const onBytes = (bytes: number): void => {
    sent.push(bytes);
    abort.abort(reason);
  };
  expect(await failureOf(copyArtifact({ record, from, to, signal: abort.signal, onBytes }))).toBe(reason);
  expect(sent.at(-1)).toBeLessThan(SIZES.large);
  expect((await to.list("")).objects).toEqual([]);
});

test("onto itself, what is there is looked at, and what is wrong with it is said", async () => {
  const { record, from, bytes } = await given(SIZES.small);
  const same = artifactStore("same", from.path);
  expect(await copyArtifact({ record, from, to: same })).toBe("present");
  writeFileSync(from.uri(record.key), bytes.with(0, 255));
  expect(await failureOf(copyArtifact({ record, from, to: same }))).toMatchObject({ code: "artifact_damaged" });
  await from.delete(record.key);
  expect(await failureOf(copyArtifact({ record, from, to: same }))).toMatchObject({ code: "artifact_missing" });
});
