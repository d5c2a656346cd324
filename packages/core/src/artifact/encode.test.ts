import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isZenError } from "../error/zen-error.ts";
import { decodeValue, encodeValue } from "./encode.ts";

function roundTrip(value: unknown): unknown {
  const { materializer, text } = encodeValue(value);
  return decodeValue(materializer, text);
}

/** Where two values differ in anything that a program could see; undefined if nowhere. */
function difference(a: unknown, b: unknown, at = "value", seen = new Map<unknown, unknown>()): string | undefined {
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) return Object.is(a, b) ? undefined : at;
  if (seen.has(a)) return seen.get(a) === b ? undefined : `${at} (a cycle elsewhere)`;
  seen.set(a, b);
  if (Object.getPrototypeOf(a) !== (Buffer.isBuffer(a) ? Uint8Array.prototype : Object.getPrototypeOf(b))) return `${at} (prototype)`;
  const tag = Object.prototype.toString.call(a);
  if (tag !== Object.prototype.toString.call(b)) return `${at} (type)`;
  if (a instanceof Date) return Object.is(a.getTime(), (b as Date).getTime()) ? undefined : at;
  if (a instanceof RegExp || a instanceof URL) return a.toString() === (b as RegExp | URL).toString() ? undefined : at;
  if (a instanceof ArrayBuffer) return Buffer.from(a).equals(Buffer.from(b as ArrayBuffer)) ? undefined : at;
  if (ArrayBuffer.isView(a)) {
    const bytes = (view: ArrayBufferView): Buffer => Buffer.from(view.buffer, view.byteOffset, view.byteLength);
    return bytes(a).equals(bytes(b as ArrayBufferView)) ? undefined : at;
  }
  if (a instanceof Map) return difference([...a].flat(1), [...(b as Map<unknown, unknown>)].flat(1), `${at}.entries()`, seen);
  if (a instanceof Set) return difference([...a], [...(b as Set<unknown>)], `${at}.values()`, seen);
  const [keys, others] = [Reflect.ownKeys(a), Reflect.ownKeys(b)];
  if (keys.length !== others.length || keys.some((key, index) => key !== others[index]))
    return `${at} (keys ${keys.map(String).join()} against ${others.map(String).join()})`;
  for (const key of keys) {
    const found = difference(Reflect.get(a, key), Reflect.get(b, key), `${at}.${String(key)}`, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}

function expectExact(value: unknown): void {
  expect(difference(value, roundTrip(value))).toBeUndefined();
}

function refusal(value: unknown): { message: string; hint: string | undefined; path: unknown } {
  try {
    encodeValue(value);
  } catch (error) {
    if (!isZenError(error) || error.code !== "not_storable") throw error;
    return { message: error.message, hint: error.hint, path: error.details["path"] };
  }
  throw new Error("It was stored.");
}

const nested = (levels: number): unknown => {
  let value: unknown = null;
  for (let i = 0; i < levels; i++) value = { next: value };
  return value;
};

describe("the strict equality of these tests", () => {
  it.each([
    [0, -0],
    [{}, Object.create(null)],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [{ a: undefined }, {}],
    [
      [1, , 2],
      [1, undefined, 2],
    ],
    [new Map([[1, 2]]), new Map([[1, 3]])],
    [new Float32Array([1]), new Int32Array(new Float32Array([1]).buffer)],
    [new Date(Number.NaN), new Date(0)],
  ])("tells %o from %o", (a, b) => {
    expect(difference(a, b)).toBeDefined();
  });
});

describe("what JSON keeps exactly is stored as plain JSON", () => {
  it.each([
    ["a string", "é\u2028\ud800 </script>"],
    ["numbers", [0, 1, -1, 0.1, 5e-324, Number.MAX_VALUE, 2 ** 53]],
    ["nesting", { rows: [{ id: 1, tags: ["a", null, true] }, {}], empty: [] }],
    ["__proto__ as a key", JSON.parse('{"__proto__": {"a": 1}, "b": 2}')],
    ["keys like numbers", { b: 1, 2: "two", 1: "one" }],
    ["a property toJSON that is no function", { toJSON: "text" }],
    ["many objects that are one", Array.from({ length: 60 }, () => Object.freeze({ a: 1 }))],
    ["a long list", Array.from({ length: 5_000 }, (_, i) => i / 7)],
  ])("%s", (_, value) => {
    expect(encodeValue(value)).toEqual({ materializer: "json", text: JSON.stringify(value) });
    expectExact(value);
  });

  it("objects of another node:vm context, where test runners evaluate code", () => {
    const value: unknown = runInNewContext("({ rows: [{ a: 1 }] })");
    expect(encodeValue(value)).toEqual({ materializer: "json", text: '{"rows":[{"a":1}]}' });
  });
});

describe("what JSON would change is kept by devalue", () => {
  const cycle: Record<string, unknown> = { name: "cycle" };
  cycle["self"] = cycle;
  const cyclicMap = new Map<unknown, unknown>();
  cyclicMap.set(cyclicMap, [cyclicMap]);
  const escaped = Object.assign(JSON.parse('{"__proto__": 1, "~__proto__": {"x": 2}, "~~__proto__": 3, "x__proto__": 4}') as object, {
    n: Number.NaN,
  });
  const bare: Record<string, unknown> = Object.assign(Object.create(null) as object, { a: 1 });
  Object.defineProperty(bare, "__proto__", { value: bare, enumerable: true, writable: true, configurable: true });
  const holes: unknown[] = Array.from({ length: 80 });
  Reflect.deleteProperty(holes, 3);
  const farApart: unknown[] = [];
  farApart[4_000_000_000] = { far: true };

  it.each<[string, unknown]>([
    ["undefined", undefined],
    ["numbers beyond JSON", [Number.NaN, Infinity, -Infinity, -0, 0]],
    ["bigint", [0n, -(2n ** 70n)]],
    ["a property that is undefined", { a: undefined }],
    ["a date", new Date("2024-02-29T12:00:00.123Z")],
    ["an invalid date", new Date(Number.NaN)],
    ["the first and last date", [new Date(-8.64e15), new Date(8.64e15)]],
    [
      "a Map with keys of all kinds",
      new Map<unknown, unknown>([
        ["a", 1],
        [1n, 2],
        [{ deep: new Set([1]) }, 3],
        [Number.NaN, 4],
        [undefined, 5],
      ]),
    ],
    ["a Set", new Set<unknown>(["a", -0, new Date(0), [new Map()]])],
    ["regular expressions", [/a\/b\n/giu, new RegExp(""), /[/\]]/]],
    ["a URL", new URL("https://user:pw@example.com:8443/a%20b?c=d&c=%26#e")],
    ["an ArrayBuffer", new Uint8Array([0, 255, 128]).buffer],
    ["a DataView", new DataView(new Uint8Array([1, 2, 3]).buffer)],
    [
      "typed arrays",
      [
        new Int8Array([-1]),
        new Uint8Array([1]),
        new Uint8ClampedArray([300]),
        new Int16Array([-2]),
        new Uint16Array([2]),
        new Int32Array([-3]),
        new Uint32Array([3]),
        new Float16Array([0.5]),
        new Float32Array([0.1]),
        new Float64Array([0.1, Number.NaN, -0]),
        new BigInt64Array([-4n]),
        new BigUint64Array([4n]),
      ],
    ],
    ["empty ones", [new Map(), new Set(), new Uint8Array(), new ArrayBuffer(0), new Float64Array()]],
    ["an object without a prototype", bare],
    ["holes", [[1, , 3], [, ,], holes]],
    ["items far apart", farApart],
    ["a cycle", cycle],
    ["a cycle through a Map's key", cyclicMap],
    ["__proto__ as a key, and keys that look like its escape", escaped],
  ])("%s", (_, value) => {
    expect(encodeValue(value).materializer).toBe("rich");
    expectExact(value);
  });

  it("a Buffer comes back as a Uint8Array, and a view has only the bytes that it shows", () => {
    const secret = Buffer.from("secret|shown|secret");
    const shown = secret.subarray(7, 12);
    const { text } = encodeValue({ shown });
    const back = (decodeValue("rich", text) as { shown: Uint8Array }).shown;
    expect(Object.getPrototypeOf(back)).toBe(Uint8Array.prototype);
    expect(Buffer.from(back).toString()).toBe("shown");
    expect(back.buffer.byteLength).toBe(5);
    expect(Buffer.from(text, "latin1").includes(Buffer.from("secret").toString("base64").slice(0, 6))).toBe(false);
  });

  it("keeps one object one object, also where JSON would write it 2^60 times", () => {
    let value: unknown[] = [new Date(0)];
    for (let i = 0; i < 60; i++) value = [value, value];
    const back = roundTrip(value) as unknown[];
    expect(back[0]).toBe(back[1]);
  });

  it("decodes a fresh value each time", () => {
    const { materializer, text } = encodeValue({ list: [1], date: new Date(0) });
    expect(decodeValue(materializer, text)).not.toBe(decodeValue(materializer, text));
  });
});

describe("arbitrary values", () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withSparseArray: true,
    withTypedArray: true,
    withUnicodeString: true,
    maxDepth: 4,
  });
  const proto = fc
    .tuple(fc.constantFrom("__proto__", "~__proto__", "toJSON", "then", "constructor", "length", "0"), anything)
    .map(([key, value]) => {
      const object = { before: 1 };
      Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
      return object;
    });

  it("come back exactly", () => {
    fc.assert(fc.property(fc.oneof(anything, proto, fc.array(proto)), expectExact), { numRuns: 400 });
  });

  it("are stored as JSON exactly if JSON keeps them exactly", () => {
    const keptByJson = (value: unknown): boolean => {
      try {
        return difference(value, JSON.parse(JSON.stringify(value))) === undefined;
      } catch {
        // A bigint, or undefined as a whole.
        return false;
      }
    };
    fc.assert(
      fc.property(fc.oneof(anything, fc.jsonValue()), (value) => {
        expect(encodeValue(value).materializer).toBe(keptByJson(value) ? "json" : "rich");
      }),
      { numRuns: 300 },
    );
  });
});

describe("what can't be kept exactly is refused", () => {
  class Tree {
    depth = 3;
  }
  class Ordered extends Map {}
  class Stack2 extends Array {}
  const transferred = new ArrayBuffer(4);
  structuredClone(transferred, { transfer: [transferred] });

  it.each<[string, unknown, string]>([
    ["a function", { a: [0, 1, 2, { b: function score() {} }] }, "its .a[3].b is the function score."],
    ["an arrow without a name", [() => 1][0] ?? null, "it is a function."],
    ["a class", { model: Tree }, "its .model is the class Tree."],
    ["an instance", { model: { tree: new Tree() } }, "its .model.tree is an instance of the class Tree."],
    ["a symbol", { "two words": [Symbol("s")] }, 'its ["two words"][0] is a symbol.'],
    ["a promise", new Map([["k", Promise.resolve(1)]]), 'its .get("k") is a promise.'],
    ["a thenable", { then: () => {} }, "its .then is the function then."],
    ["a stream", { rows: new ReadableStream() }, "its .rows is a stream (ReadableStream)."],
    ["a WeakMap", { weights: new WeakMap() }, "its .weights is a WeakMap, whose entries can't be listed."],
    ["an Error", [new TypeError("no")], "its [0] is an error (TypeError)."],
    [
      "an accessor",
      {
        get a() {
          return 1;
        },
      },
      "its .a is an accessor (a get or set property).",
    ],
    ["a hidden property", Object.defineProperty({}, "a", { value: 1 }), "its .a is not enumerable and would be lost."],
    ["a symbol key", { a: { [Symbol("id")]: 1 } }, "its .a has a property whose key is a symbol (Symbol(id))."],
    ["a Map's subclass", new Ordered(), "it is an instance of the class Ordered, not a plain Map."],
    ["an array's subclass", new Stack2(), "it is an instance of the class Stack2, not a plain array."],
    [
      "a Date with a property",
      Object.assign(new Date(0), { zone: "CET" }),
      "it is not a plain Date: its own properties, or its own prototype, would be lost.",
    ],
    [
      "a RegExp with a property",
      Object.assign(/a/, { x: 1 }),
      "it is not a plain RegExp: its own properties, or its own prototype, would be lost.",
    ],
    [
      "a typed array with a property",
      Object.assign(new Float64Array(100), { unit: "m" }),
      "it is not a plain Float64Array: its own properties, or its own prototype, would be lost.",
    ],
    ["a short array with a property", "ab".match(/b/), "its .index is a property that an array has beside its items, and would be lost."],
    [
      "a long array with a property",
      Object.assign(
        Array.from({ length: 100 }, () => 0),
        { total: 1 },
      ),
      "its .total is a property that an array has beside its items, and would be lost.",
    ],
    ["shared memory", new SharedArrayBuffer(1), "it is a SharedArrayBuffer, which other threads may change."],
    [
      "a view of shared memory",
      [new Uint8Array(new SharedArrayBuffer(1))],
      "its [0] is a SharedArrayBuffer, which other threads may change.",
    ],
    [
      "a resizable buffer",
      new ArrayBuffer(1, { maxByteLength: 2 }),
      "it is in a resizable ArrayBuffer, which would come back with a fixed size.",
    ],
    ["a transferred buffer", transferred, "it has no bytes any more: they were transferred to somewhere else."],
    ["an Intl object", { format: new Intl.NumberFormat("en") }, "its .format is an Intl.NumberFormat."],
    ["a boxed number", Object(1), "it is a Number object."],
    ["an iterator", [1].values(), "it is an iterator."],
    ["a prototype of its own", Object.create({ inherited: 1 }), "it is an object with a prototype of its own."],
    [
      "arguments",
      (function (..._: unknown[]) {
        return arguments;
      })(1),
      "it has a property whose key is a symbol (Symbol(Symbol.iterator)).",
    ],
    ["inside a Map's key", new Map([[{ f: Symbol() }, 1]]), "its .keys()[0].f is a symbol."],
    ["inside a Set", new Set([1, [new Tree()]]), "its .values()[1][0] is an instance of the class Tree."],
    ["a file inside a value", { file: { "~zen": { kind: "file_ref" } } }, "its .file is a file inside a value."],
    [
      "a handle",
      { wired: Object.assign(() => {}, { "~zen": { kind: "handle" } }) },
      "its .wired is a handle, which has no value in a step.",
    ],
    [
      "a Proxy that throws",
      new Proxy(
        {},
        {
          ownKeys() {
            throw new Error("keep out");
          },
        },
      ),
      "it can't be read (keep out).",
    ],
  ])("%s", (_, value, said) => {
    expect(refusal(value).message).toBe(`A value can't be stored: ${said}`);
  });

  it("says what to do instead, and where it is", () => {
    expect(refusal({ a: [1, 2, 3, new Map([["k", new Error("x")]])] })).toMatchInlineSnapshot(`
      {
        "hint": "Return what matters of it, such as its message; or throw it, and the step fails.",
        "message": "A value can't be stored: its .a[3].get("k") is an error (Error).",
        "path": ".a[3].get("k")",
      }
    `);
  });

  it("stores 1,000 levels and refuses more, never with a stack overflow", () => {
    expectExact(nested(1_000));
    expectExact({ rich: new Date(0), deep: nested(999) });
    for (const levels of [1_001, 10_000, 200_000]) {
      expect(refusal(nested(levels)).message).toContain("is nested more than 1000 levels deep");
    }
    expect(refusal(nested(1_001)).message.length).toBeLessThan(250);
  });

  it("names the size of what no string can hold", () => {
    expect(refusal(new Uint8Array(420_000_000))).toMatchInlineSnapshot(`
      {
        "hint": "Store it as bytes() or as a file(), or in several parts.",
        "message": "A value can't be stored: it is too big to be stored as one value (its text may have 512 MiB).",
        "path": "",
      }
    `);
  });
});
