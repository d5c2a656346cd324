import { describe, expect, it } from "vitest";
import { keyValues } from "./key-value.ts";

describe("keyValues", () => {
  it("splits at the first = only", () => {
    expect({ ...keyValues(["a=1", "b=x=y", "c="], "--param", "zen pipeline run") }).toEqual({ a: "1", b: "x=y", c: "" });
  });

  it("takes names that objects have", () => {
    expect(Object.keys(keyValues(["__proto__=1", "constructor=2"], "--param", "zen"))).toEqual(["__proto__", "constructor"]);
  });

  it.each(["a", "=1", ""])("refuses %j", (pair) => {
    expect(() => keyValues([pair], "--param", "zen pipeline run")).toThrow(
      `"${pair}" is no value for --param. It has the form name=value.`,
    );
  });

  it("refuses a name given twice", () => {
    expect(() => keyValues(["a=1", "a=2"], "--param", "zen pipeline run")).toThrow("--param a=… is given twice.");
  });
});
