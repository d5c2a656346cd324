import { describe, expect, it } from "vitest";
import { toPlainJson, toReadableText } from "./present.ts";

const cycle: Record<string, unknown> = { name: "loop" };
cycle["self"] = cycle;

describe("toPlainJson", () => {
  it.each<[string, unknown, unknown]>([
    ["plain data", { a: [1, "x", null, true] }, { a: [1, "x", null, true] }],
    ["a date", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["an invalid date", new Date(Number.NaN), null],
    ["a bigint", 2n ** 70n, "1180591620717411303424"],
    ["a Map with names", new Map([["a", new Set([1])]]), { a: [1] }],
    [
      "a Map with other keys",
      new Map<unknown, unknown>([
        ["a", 1],
        [2, new Date(0)],
      ]),
      [
        ["a", 1],
        [2, "1970-01-01T00:00:00.000Z"],
      ],
    ],
    ["bytes", Buffer.from("hi"), "aGk="],
    ["bytes in a buffer", new Uint8Array([104, 105]).buffer, "aGk="],
    ["numbers in a typed array", new Float32Array([0.5, Number.NaN]), [0.5, "NaN"]],
    ["bigints in a typed array", new BigInt64Array([-1n]), ["-1"]],
    ["numbers beyond JSON", [Number.NaN, Infinity, -Infinity], ["NaN", "Infinity", "-Infinity"]],
    ["what isn't there", { a: undefined, b: [1, , 3] }, { a: null, b: [1, null, 3] }],
    ["a RegExp and a URL", [/a/g, new URL("https://example.com/x")], ["/a/g", "https://example.com/x"]],
    ["a cycle", cycle, { name: "loop", self: "[circular]" }],
    ["__proto__ as a key", JSON.parse('{"__proto__": 1}'), JSON.parse('{"__proto__": 1}')],
  ])("%s", (_, value, json) => {
    const got = toPlainJson(value);
    expect(got).toEqual(json);
    expect(JSON.parse(JSON.stringify(got))).toEqual(json);
  });

  it("turns what stands in many places into JSON once", () => {
    let value: unknown[] = [new Date(0)];
    for (let i = 0; i < 60; i++) value = [value, value];
    expect(toPlainJson(value)).toHaveLength(2);
  });
});

describe("toReadableText", () => {
  it("leaves a string as it is", () => {
    expect(toReadableText('two\nlines "here"')).toBe('two\nlines "here"');
  });

  it("is JSON for plain data, what is short on one line", () => {
    const value = {
      accuracy: 0.93,
      empty: [{}, []],
      confusion: [
        [50, 0],
        [3, 47],
      ],
      rows: [
        { name: "x".repeat(50), other: "y".repeat(40) },
        { name: "short", other: null },
      ],
      weights: Array.from({ length: 60 }, (_, i) => i * 100),
    };
    const text = toReadableText(value);
    expect(JSON.parse(text)).toEqual(value);
    expect(text).toMatchInlineSnapshot(`
      "{
        "accuracy": 0.93,
        "empty": [{}, []],
        "confusion": [[50, 0], [3, 47]],
        "rows": [
          {
            "name": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "other": "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
          },
          { "name": "short", "other": null }
        ],
        "weights": [
          0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1100, 1200, 1300, 1400, 1500, 1600, 1700,
          1800, 1900, 2000, 2100, 2200, 2300, 2400, 2500, 2600, 2700, 2800, 2900, 3000, 3100, 3200, 3300,
          3400, 3500, 3600, 3700, 3800, 3900, 4000, 4100, 4200, 4300, 4400, 4500, 4600, 4700, 4800, 4900,
          5000, 5100, 5200, 5300, 5400, 5500, 5600, 5700, 5800, 5900
        ]
      }"
    `);
  });

  it("is what Node prints for rich values, to any depth and without colours", () => {
    expect(toReadableText({ at: new Date(0), deep: { a: { b: { c: { d: new Map([["k", 1n]]) } } } }, lost: undefined }))
      .toMatchInlineSnapshot(`
      "{
        at: 1970-01-01T00:00:00.000Z,
        deep: {
          a: {
            b: { c: { d: Map(1) { 'k' => 1n } } }
          }
        },
        lost: undefined
      }"
    `);
    expect(toReadableText(undefined)).toBe("undefined");
    expect(toReadableText(-0)).toBe("-0");
    expect(toReadableText(cycle)).toContain("[Circular *1]");
  });
});
