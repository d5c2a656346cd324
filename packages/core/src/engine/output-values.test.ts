import { expect, it, vi } from "vitest";
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
