import { beforeEach, expect, test } from "vitest";
import { sha256 } from "../artifact/digest.ts";
import { encodeValue } from "../artifact/encode.ts";
import type { BaseArtifactStore } from "../component/artifact-store.ts";
import type { MapItem } from "../component/deployment.ts";
import type { ArtifactRecord, ResolvedBinding } from "../metadata/record.ts";
import type { Node } from "../pipeline/spec.ts";
import { placesOf } from "./node-path.ts";
import { reference, RunValues } from "./run-values.ts";

/** Objects in memory; counts how often each is read. */
class Objects {
  readonly path = "/store";
  readonly objects = new Map<string, Uint8Array>();
  readonly reads = new Map<string, number>();
  uri(key: string): string {
    return `${this.path}/${key}`;
  }
  async read(key: string): Promise<ReadableStream<Uint8Array>> {
    this.reads.set(key, (this.reads.get(key) ?? 0) + 1);
    return new Blob([this.objects.get(key)!]).stream();
  }
}

const nodes = [
  { kind: "step", id: "load" },
  {
    kind: "map",
    id: "sweep",
    onError: "fail",
    body: [
      { kind: "step", id: "sweep/fit" },
      { kind: "map", id: "sweep/map", onError: "fail", body: [{ kind: "step", id: "sweep/map/part" }] },
    ],
  },
] as unknown as Node[];

let store: Objects;
let values: RunValues;
beforeEach(() => {
  store = new Objects();
  values = new RunValues(store as unknown as BaseArtifactStore, placesOf(nodes));
});

/** Stores a value as the output of a step. */
function made(id: string, value: unknown, fileName?: string): ResolvedBinding {
  const { materializer, text } = encodeValue(value);
  const bytes = Buffer.from(text);
  store.objects.set(id, bytes);
  const kind = fileName === undefined ? materializer : "file";
  const record: ArtifactRecord = {
    id,
    runId: "r",
    node: "load",
    output: "output",
    name: "load.output",
    store: "/store",
    key: id,
    size: bytes.length,
    digest: sha256(bytes),
    materializer: kind,
    fileName: fileName ?? null,
    metadata: {},
    createdAt: "",
  };
  values.addArtifact(record);
  return { kind: "artifact", id };
}
const part = (binding: ResolvedBinding, ...path: (string | number)[]): ResolvedBinding => ({
  ...(binding as Extract<ResolvedBinding, { kind: "artifact" }>),
  path,
});
const plain = (value: unknown): ResolvedBinding => reference(encodeValue(value));

test.each([
  ["JSON", { rows: [{ a: 1 }, { a: 2 }] }, ["rows", 1], { a: 2 }],
  ["a rich value", { rows: [new Date(0), new Map([[1, 2n]])] }, ["rows", 1], new Map([[1, 2n]])],
  ["JSON in a rich value", { at: new Date(0), n: { deep: [1] } }, ["n"], { deep: [1] }],
  ["what isn't there", { a: 1 }, ["b"], undefined],
])("a part of %s has the digest and the value of that part alone, wherever it comes from", async (_what, whole, path, expected) => {
  const binding = part(made("w", whole), ...path);
  expect(await values.read(binding)).toEqual(expected);
  expect(await values.digest(binding)).toBe(await values.digest(made("alone", expected)));
  expect(await values.digest(binding)).toBe(await values.digest(plain(expected)));
});

test("digests tell different content apart, also where the text is the same", async () => {
  const bindings: ResolvedBinding[] = [
    ...[-1, "-1", undefined, null, [], {}, [[]], [1, 2], [12], [1, [2]], { a: 1, b: 2 }, { a: { b: 2 } }, -0, 0].map(plain),
    { kind: "list", items: [plain(1), plain([2])] },
    { kind: "list", items: [plain([1]), plain(2)] },
    { kind: "object", fields: { a: plain(1), b: made("two", 2) } },
    { kind: "object", fields: { "a,b": plain(1), c: made("also two", 2) } },
    made("file a", "text", "a.txt"),
    made("file b", "text", "b.txt"),
    { kind: "list", items: [made("f1", 1, `x",file:y:"z`), made("f2", 2, "w")] },
    { kind: "list", items: [made("f3", 1, "x"), made("f4", 2, `y:"z",w`)] },
  ];
  const digests: string[] = [];
  for (const binding of bindings) digests.push(await values.digest(binding));
  expect(new Set(digests).size).toBe(bindings.length);
});

test("the fields of a record count in any order", async () => {
  const [a, b] = [made("a", 1), made("b", 2)];
  expect(await values.digest({ kind: "object", fields: { a, b } })).toBe(await values.digest({ kind: "object", fields: { b, a } }));
});

test("what is handed out is a fresh copy each time, and stored bytes are read once", async () => {
  const whole = made("w", { list: [3, 1, 2], at: new Date(0) });
  const mixed: ResolvedBinding = { kind: "object", fields: { whole, list: part(whole, "list"), plain: plain({ n: [1] }) } };
  const first = (await values.read(mixed)) as { whole: { list: number[] }; list: number[]; plain: { n: number[] } };
  first.whole.list.sort((a, b) => a - b);
  first.list.pop();
  first.plain.n.push(2);
  expect(await values.read(mixed)).toEqual({ whole: { list: [3, 1, 2], at: new Date(0) }, list: [3, 1, 2], plain: { n: [1] } });
  expect(store.reads.get("w")).toBe(1);
});

test("__proto__ is a key like any other", async () => {
  const binding: ResolvedBinding = {
    kind: "object",
    fields: Object.defineProperty({}, "__proto__", { value: plain(1), enumerable: true }) as Record<string, ResolvedBinding>,
  };
  const value = (await values.read(binding)) as object;
  expect(Object.keys(value)).toEqual(["__proto__"]);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

test("an item of a map is what stands for it, through maps within maps", async () => {
  const lists = made("lists", [[10, 11], [20]]);
  const outer: MapItem = { map: "sweep", index: 1, key: "b" };
  const inner: MapItem = { map: "sweep/map", index: 0, key: "0" };
  values.setItems("sweep", [], await values.listItems(lists, "sweep"));
  const item = await values.resolve({ kind: "item", map: "sweep" }, [outer]);
  expect(item).toEqual({ kind: "artifact", id: "lists", path: [1] });
  values.setItems("sweep/map", [outer], await values.listItems(item, "sweep/map"));
  const resolved = await values.resolve(
    {
      kind: "list",
      items: [
        { kind: "item", map: "sweep/map" },
        { kind: "index", map: "sweep" },
        { kind: "index", map: "sweep/map" },
      ],
    },
    [outer, inner],
  );
  expect(await values.read(resolved)).toEqual([20, 1, 0]);
});

test("an output is found from inside a map, whether it was made there or outside", async () => {
  made("loaded", "outside");
  made("fitted", "inside");
  const items: MapItem[] = [{ map: "sweep", index: 0, key: "a" }];
  values.setStep("load", [], { output: "loaded" });
  values.setStep("sweep/fit", items, { output: "fitted" });
  const both = await values.resolve(
    {
      kind: "list",
      items: [
        { kind: "output", node: "load", output: "output" },
        { kind: "output", node: "sweep/fit", output: "output" },
      ],
    },
    items,
  );
  expect(await values.read(both)).toEqual(["outside", "inside"]);
});

test.each([
  [{ a: 1 }, "an object"],
  ["text", `the text "text"`],
  [undefined, "undefined"],
])("a map over %j says what it was given", async (value, what) => {
  await expect(values.listItems(made("x", value), "sweep")).rejects.toMatchObject({
    code: "not_a_list",
    message: `Map "sweep" was given ${what} where it needs a list.`,
  });
});

test("a comparison of what is no number says so; equals takes anything", async () => {
  const compare = (op: ">=" | "==", left: unknown, right: unknown): Promise<ResolvedBinding> =>
    values.resolve({ kind: "compare", op, left: plain(left) as never, right: plain(right) as never }, []);
  expect(await compare(">=", 2, 1)).toEqual({ kind: "value", json: true });
  expect(await compare("==", "a", "b")).toEqual({ kind: "value", json: false });
  await expect(compare(">=", "2", 1)).rejects.toMatchObject({
    code: "not_a_number",
    message: `A comparison was given the text "2" where it needs a number.`,
  });
});

test("an artifact that the store doesn't know is an error that says on which stacks it is known", () => {
  expect(() => values.artifact("nowhere")).toThrow("The metadata store of this stack knows no artifact nowhere.");
});
