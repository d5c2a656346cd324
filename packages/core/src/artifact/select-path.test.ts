import { describe, expect, it } from "vitest";
import { ZenError } from "../error/zen-error.ts";
import { selectPath } from "./select-path.ts";

const model = { accuracy: 0.9, layers: [{ size: 3 }], maybe: undefined, seen: new Map([["a", 1]]), note: "fine" };

function refusal(path: (string | number)[], value: unknown = model): string {
  try {
    selectPath(value, path, "fit.output");
  } catch (error) {
    const { code, message, hint } = error as ZenError;
    return `${code}: ${message} ${hint}`;
  }
  throw new Error("It was found.");
}

describe("selectPath", () => {
  it.each<[(string | number)[], unknown]>([
    [[], model],
    [["accuracy"], 0.9],
    [["layers", 0, "size"], 3],
    [["maybe"], undefined],
    [["seen"], model.seen],
  ])("%j", (path, part) => {
    expect(selectPath(model, path)).toBe(part);
  });

  it("finds what is an object's own, whatever its name", () => {
    expect(selectPath(JSON.parse('{"__proto__": 1}'), ["__proto__"])).toBe(1);
    expect(selectPath(Object.assign(Object.create(null) as object, { a: 1 }), ["a"])).toBe(1);
    expect(selectPath([1, , 3], [1])).toBeUndefined();
  });

  it("gives undefined for a property that a plain object doesn't have, also for an inherited one", () => {
    expect(selectPath(model, ["f1"])).toBeUndefined();
    expect(selectPath({}, ["toString"])).toBeUndefined();
  });

  it("names what is there instead", () => {
    expect(refusal(["layers", 1])).toMatchInlineSnapshot(
      `"bad_path: fit.output at .layers has no item 1: it is an array of 1. Items are counted from 0."`,
    );
    expect(refusal(["layers", "length"])).toMatchInlineSnapshot(
      `"bad_path: fit.output at .layers is an array of 1, so it has no .length to pass on. A handle lifts the properties of plain objects. Take anything else out of the value in a step."`,
    );
    expect(refusal(["seen", "a"])).toMatchInlineSnapshot(
      `"bad_path: fit.output at .seen is of the class Map, so it has no .a to pass on. A handle lifts the properties of plain objects. Take anything else out of the value in a step."`,
    );
    expect(refusal(["note", "length"])).toContain('fit.output at .note is the text "fine", so it has no .length');
    expect(refusal(["maybe", "x"])).toContain("fit.output at .maybe is undefined, so it has no .x");
    expect(refusal(["x"], null)).toContain("fit.output is null, so it has no .x");
  });
});
