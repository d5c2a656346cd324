import { pipeline, step, map, when, json, file, secret, type Handle, type Wire, type Wired, type Step, type Artifact } from "@zen/core";
type Row = { x: number; y: number };
const rows = step("rows", ({ n = 3 }: { n?: number }) => Array.from({ length: n }, (_, x): Row => ({ x, y: x * 2 })));
const concat = step("concat", ({ parts }: { parts: Row[][] }) => parts.flat());
const fit = step("fit", ({ data, opts = {} }: { data: { rows: Row[]; tag?: string }; opts?: { depth?: number } }) => ({
  acc: 0.9,
  n: data.rows.length,
  tag: data.tag ?? null,
  depth: opts.depth ?? 0,
  nested: { a: { b: "deep" } },
}));
const show = step("show", ({ v }: { v: unknown }): void => {
  void v;
});
const fail = step("fail", (): never => {
  throw new Error("always");
});
const either = step("either", ({ a }: { a: string | number }) => a);
const shape = step("shape", ({ s }: { s: { kind: "circle"; r: number } | { kind: "square"; side: number } }) =>
  s.kind === "circle" ? s.r : s.side,
);
const flags = step("flags", ({ on }: { on: boolean }) => !on);
const maybe = step("maybe", ({ tag }: { tag?: string }) => (tag ? { found: tag } : undefined));
const lit = step("lit", () => "circle" as const);
const readonlyRows = step("readonly-rows", ({ rows }: { rows: readonly Readonly<Row>[] }) => rows.length);
const tuple = step("tuple", ({ t }: { t: [number, string] }) => t[0]);
const date = step("date", () => ({ at: new Date(0) }));
const useDate = step("use-date", ({ at }: { at: Date }) => String(at));
type Tree = { v: number; kids: Tree[] };
const tree = step("tree", (): Tree => ({ v: 1, kids: [] }));
const useTree = step("use-tree", ({ t }: { t: Tree }) => t.v);
const call = step("call", ({ key }: { key: string }) => key.length);
const gen = step("gen", ({ any }: { any: any }) => any);
const two = step("two", { outputs: { a: json<number>(), b: json<string>() } }, ({ x }: { x: number }) => ({ a: x, b: String(x) }));
// generic: a function that calls a step
const firstStep = step("first", ({ rows }: { rows: readonly unknown[] }) => rows[0]);
export const first = <V>(inputs: Wired<{ rows: readonly V[] }>) => firstStep(inputs) as unknown as Handle<V | undefined>;
// or: a factory
const last = <V>() => step("last", ({ rows }: { rows: V[] }) => rows.at(-1));

// runs once a stack has a secrets manager; until then the error says so
export const later = pipeline("later", () => ({ k: call({ key: secret("openai", "api_key") }) }));

export const odds = pipeline("odds", ({ fast = false, name }: { fast?: boolean; name: string }) => {
  const a = rows(),
    b = rows({ n: 2 }),
    c = rows({});
  const all = concat({ parts: [a, b, c, [{ x: 9, y: 9 }]] });
  const m = fit({ data: { rows: all, tag: `run-${name}` }, opts: { depth: fast ? 1 : 2 } });
  const { acc, nested } = m; // destructuring a handle
  const deep = either({ a: nested.a.b });
  const u = either({ a: fast ? acc : "x" }); // plain value or handle
  const sh = shape({ s: { kind: "square", side: acc } }); // handle inside a union literal
  const sh2 = shape({ s: { kind: lit(), r: 1 } });
  const f = flags({ on: flags({ on: true }) });
  const mb = maybe();
  const sel = when(
    f,
    () => m,
    () => fit({ data: { rows: b } }),
  );
  const maybeUrl = when(f, () => ({ url: deep, n: acc }));
  const rr = readonlyRows({ rows: all });
  const t = tuple({ t: [acc, "a"] });
  const d = useDate({ at: date().at });
  const tr = useTree({ t: { v: acc, kids: [tree(), { v: 2, kids: [] }] } });
  const tv = useTree({ t: tree() });
  const fx = first({ rows: all });
  const lx = last<Row>()({ rows: all });
  const g = gen({ any: { deep: [acc] } });
  const { a: ta, b: tb } = two({ x: acc });
  show({ v: { all, list: [acc, m.n] } });
  const whole = show.with({ after: [tb] })({ v: m });
  const inline = step("inline", ({ v }: { v: number }) => v * 2)({ v: acc });
  const nest = map(
    map([1, 2], (i) => rows({ n: i })),
    (rs) => map(rs, (r) => either({ a: r.x })),
  );
  const rec = map(all, (r, i) => ({ x: r.x, both: either({ a: r.y }), i }));
  return { deep, u, sh, sh2, mb, acc: sel.acc, maybeUrl, rr, t, tr, tv, fx, lx, g, ta, tb, inline, nest, rec, list: [deep, u], whole, d };
});
if (import.meta.main) {
  const run = await odds({ name: "n" }).run();
  const o = run.outputs;
  const n: number = await o.acc.read();
  const b: (string | number)[][] = await o.nest.read();
  const url: string | number | undefined = await o.maybeUrl.url.read();
  const xs: number[] = await o.rec.x.read();
  const v: Row | undefined = await o.fx.read();
  console.log("f", n, JSON.stringify(b), url, xs, v, await o.tr.read(), await o.inline.read(), await o.list[0]!.read());
  for (const bad of [
    () =>
      pipeline("p", () => {
        `${rows()}`;
      })(),
    () =>
      pipeline("p", () => {
        (rows() as any) * 2;
      })(),
    () =>
      pipeline("p", () => {
        ({ ...rows() });
      })(),
    () =>
      pipeline("p", () => {
        for (const r of rows() as any) r;
      })(),
    () =>
      pipeline("p", () => {
        JSON.stringify(rows());
      })(),
    () => rows(),
    () => odds({ name: "x", fats: true } as any),
    () => pipeline("p", (async () => {}) as any)(),
    () =>
      pipeline("p", () => {
        let x: any;
        map(rows(), (r) => {
          x = either({ a: r.x });
        });
        either({ a: x });
      })(),
    () =>
      pipeline("p", () => {
        show({ v: rows });
      })(),
    () =>
      pipeline("p", () => {
        rows.with({ as: "a" })();
        rows.with({ as: "a" })();
      })(),
    () =>
      pipeline("p", () => {
        show.with({ as: "a b" })({ v: 1 });
      })(),
  ]) {
    try {
      bad();
      console.log("NO ERROR", String(bad));
    } catch (e: any) {
      console.log("  !", e.message.slice(0, 230));
    }
  }
  try {
    await fail.fn({});
  } catch (e: any) {
    console.log("  !", e.message);
  }
  const nothing = step("split", { outputs: { a: json<number>() } }, (() => {}) as any);
  await pipeline("p", () => ({ x: (nothing as any)().a }))()
    .run()
    .catch((e) => console.log("  !", e.message));
}
