import { describe, expect, it } from "vitest";
import { count, duration, localTime, size } from "./format.ts";

describe("duration", () => {
  it.each([
    [0, "0 ms"],
    [-5, "0 ms"],
    [999, "999 ms"],
    [1000, "1.0 s"],
    [59_949, "59.9 s"],
    [59_950, "1 min 0 s"],
    [125_000, "2 min 5 s"],
    [3_599_600, "1 h 0 min"],
    [7_620_000, "2 h 7 min"],
  ])("%d ms is %s", (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });
});

describe("size", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [9_949, "9.9 kB"],
    [9_950, "10 kB"],
    [999_500, "1.0 MB"],
    [1_073_741_824, "1.1 GB"],
  ])("%d bytes are %s", (bytes, text) => {
    expect(size(bytes)).toBe(text);
  });
});

describe("localTime", () => {
  it("shows the wall clock's time", () => {
    const time = new Date(2026, 10, 3, 4, 5, 6, 7);
    expect(localTime(time.toISOString())).toBe("2026-11-03 04:05:06");
    expect(localTime(time.toISOString(), { milliseconds: true })).toBe("2026-11-03 04:05:06.007");
    expect(localTime(null)).toBe("");
  });
});

it("counts", () => {
  expect([count(0, "step"), count(1, "step"), count(2, "step")]).toEqual(["0 steps", "1 step", "2 steps"]);
});
