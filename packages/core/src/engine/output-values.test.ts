import { expect, it, vi } from "vitest";
import { ZenError } from "../error/zen-error.ts";
import type { ArtifactRecord } from "../metadata/record.ts";
import { withValues } from "./output-values.ts";

const record = (size: number, materializer: ArtifactRecord["materializer"] = "json") => ({ size, materializer }) as ArtifactRecord;

async function valueOf(value: unknown, of = record(10)): Promise<unknown> {
  const [output] = await withValues(
    [{ name: "x", id: "1" }],
    () => of,
    () => Promise.resolve(value),
  );
  return output!.value;
}

it("shows numbers, booleans and short texts", async () => {
  expect(await valueOf(0.969)).toBe(0.969);
  expect(await valueOf(false)).toBe(false);
  expect(await valueOf("")).toBe("");
  expect(await valueOf("x".repeat(60), record(60, "text"))).toBe("x".repeat(60));
  for (const other of ["x".repeat(61), Number.NaN, null, undefined, 3n, [1], { a: 1 }, new Date()])
    expect(await valueOf(other)).toBeUndefined();
});

it("reads no large artifact, no bytes and no file", async () => {
  for (const of of [record(1025), record(1, "bytes"), record(1, "file")]) expect(await valueOf(1, of)).toBeUndefined();
  expect(await valueOf(1, record(1024))).toBe(1);
});

it("leaves an output as it is that isn't known or can't be read", async () => {
  const output = { name: "x", id: "1", path: ["a"] };
  expect(
    await withValues(
      [output],
      () => undefined,
      () => Promise.resolve(1),
    ),
  ).toEqual([output]);
  expect(
    await withValues(
      [output],
      () => record(1),
      () => Promise.reject(new Error("gone")),
    ),
  ).toEqual([output]);
});

it("reads a hundred outputs at most, and each its own part", async () => {
  const outputs = Array.from({ length: 150 }, (_, i) => ({ name: `x[${i}]`, id: "1", path: [i] }));
  const read = vi.fn<Parameters<typeof withValues>[2]>((_, path) => Promise.resolve(path[0]));
  const described = await withValues(outputs, () => record(600), read);
  expect(read).toHaveBeenCalledTimes(100);
  expect(described[99]).toEqual({ name: "x[99]", id: "1", path: [99], value: 99 });
  expect(described.slice(100)).toEqual(outputs.slice(100));
});

it("waits once, not for each value, for a store that can't be reached; an artifact that is gone hides no other", async () => {
  const outputs = ["a", "b", "c"].map((id) => ({ name: id, id }));
  const shown = async (code: string): Promise<[values: unknown[], reads: number]> => {
    const read = vi.fn<() => Promise<unknown>>(() => Promise.resolve(1)).mockRejectedValueOnce(new ZenError(code, "It can't be read."));
    const described = await withValues(outputs, () => record(1), read);
    return [described.map(({ value }) => value), read.mock.calls.length];
  };
  expect(await shown("artifact_missing")).toEqual([[undefined, 1, 1], 3]);
  expect(await shown("store_unavailable")).toEqual([[undefined, undefined, undefined], 1]);
});
