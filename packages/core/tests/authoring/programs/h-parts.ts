// Values that are stored in parts: what maps and branches give, as outputs and as inputs of the next run.
import { pipeline, step, map, when, type Handle } from "@zen/core";
const make = step("make", () => ({ a: 1, rows: [{ x: 1 }, { x: 2 }] }));
const add = step("add", ({ a, b = 10 }: { a: number; b?: number }) => a + b);
const show = step("show", ({ v }: { v: unknown }) => JSON.stringify(v));
const parts = pipeline("parts", ({ flag }: { flag: boolean }) => {
  const made = make();
  const sums = map(made.rows, (row) => ({ sum: add({ a: row.x }), label: "x" }));
  const either = when(
    flag,
    () => ({ text: show({ v: 1 }), n: 1, made }),
    () => ({ text: show({ v: 2 }) }),
  );
  const one = when(
    flag,
    () => made,
    () => ({ a: 5, rows: [] }),
  );
  return { sums, either, a: one.a, all: add({ a: one.a, b: 0 }), plain: [1, { label: "y" }] as const };
});
const next = pipeline("next", ({ sums, deep }: { sums: Handle<number[]>; deep: Handle<{ sums: number[] }> }) => ({
  sums,
  first: map(sums, (sum) => add({ a: sum })),
  text: show({ v: { sums, again: [deep.sums] } }),
  inside: map([1, 2], () => sums),
}));
for (const flag of [true, false]) {
  const { outputs: o } = await parts({ flag }).run();
  console.log(
    flag,
    await o.sums.sum.read(),
    await o.sums.label.read(),
    await o.either.text.read(),
    await o.either.n.read(),
    await o.either.made.read(),
  );
  console.log(await o.a.read(), await o.all.read(), await o.plain[0].read(), await o.plain[1].label.read());
  const { outputs: p } = await next({ sums: o.sums.sum, deep: { sums: o.sums.sum } }).run();
  console.log(await p.sums.read(), await p.first.read(), await p.text.read(), await p.inside.read());
}
