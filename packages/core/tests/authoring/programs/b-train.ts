import { pipeline, step, map, when, json } from "@zen/core";
import { data } from "./data.ts";
import * as z from "zod";
import { read, clean } from "./a-etl.ts";
type Row = { species: string; mass: number | null };
type Model = { k: number; means: Record<string, number>; accuracy: number };
const split = step(
  "split",
  { outputs: { train: json<Row[]>(), test: json<Row[]>() } },
  ({ rows, ratio }: { rows: Row[]; ratio: number }) => ({
    train: rows.slice(0, rows.length * ratio),
    test: rows.slice(rows.length * ratio),
  }),
);
const fit = step("fit", ({ rate, rows, test }: { rate: number; rows: Row[]; test: Row[] }): Model => {
  const means: Record<string, number> = {};
  for (const r of rows) means[r.species] = (means[r.species] ?? 3500) * (1 - rate) + rate * (r.mass ?? 0);
  const guess = (m: number) => Object.entries(means).sort((a, b) => Math.abs(a[1] - m) - Math.abs(b[1] - m))[0]?.[0];
  return { k: rate, means, accuracy: test.filter((t) => guess(t.mass ?? 0) === t.species).length / Math.max(1, test.length) };
});
const best = step("best", ({ models }: { models: Model[] }) => models.toSorted((a, b) => b.accuracy - a.accuracy)[0]!);
const atLeast = step("at-least", ({ value, limit }: { value: number; limit: number }) => value >= limit);
const deploy = step("deploy", { cache: false, timeout: "5s" }, ({ model }: { model: Model }) => `http://models/${model.k}`);
const report = step(
  "report",
  ({ url, accuracy }: { url: string | undefined; accuracy: number }) => `${url ?? "not deployed"} ${accuracy.toFixed(2)}`,
);
export const training = pipeline(
  "training",
  { params: z.object({ path: z.string(), rates: z.array(z.number()).default([0.01, 0.1, 0.5]), limit: z.coerce.number().default(0.5) }) },
  ({ path, rates, limit }) => {
    const { good } = clean({ rows: read({ path }) });
    const { train, test } = split({ rows: good, ratio: 0.8 });
    // list known while recording: plain JavaScript
    const bySimple = best({
      models: rates.map((rate) => fit.with({ as: `fit-${String(rate).replace(".", "_")}` })({ rate, rows: train, test })),
    });
    // list made by a step, or a fan-out that should be one node in the picture
    const models = map(rates, (rate) => fit({ rate, rows: train, test }), { as: "sweep", concurrency: 2, key: (r) => `rate=${r}` });
    const model = best({ models });
    const url = when(atLeast({ value: model.accuracy, limit }), () => deploy({ model }));
    return { model, accuracy: model.accuracy, url, report: report({ url, accuracy: model.accuracy }), bySimple };
  },
);
if (import.meta.main) {
  for (const limit of ["0.1", 1.1]) {
    const call = training({ path: data("penguins.csv"), limit });
    const run = await call.run({ runtimeParam: 3 }, { name: "b", steps: { "sweep/fit": { retries: 2 } } });
    console.log("b", await run.outputs.report.read(), "|", await run.outputs.url.read(), "|", await run.outputs.accuracy.read());
    if (limit === 1.1) console.log("  nodes:", call.spec.nodes.map((n) => n.id).join(" "));
  }
}
