// Every mistake below is a compile error: tsc -p .
import { pipeline, step, json, map, when, atLeast, type Handle, type Settled } from "@zen/core";
type Row = { x: number; y: number };
type Model = { rate: number; accuracy: number };
const load = step("load", async ({ path }: { path: string }): Promise<Row[]> => [{ x: path.length, y: 2 }]);
const split = step(
  "split",
  { outputs: { train: json<Row[]>(), test: json<Row[]>() }, retries: 2 },
  ({ rows, ratio }: { rows: Row[]; ratio: number }) => ({ train: rows, test: rows.slice(0, ratio) }),
);
const fit = step("fit", ({ rate, data }: { rate: number; data: { rows: Row[] } }): Model => ({ rate, accuracy: data.rows.length * rate }));
const best = step(
  "best",
  ({ models }: { models: Model[] }, { log }) => (log.info("x"), models.toSorted((a, b) => b.accuracy - a.accuracy)[0]!),
);
const deploy = step("deploy", { cache: false }, ({ model }: { model: Model }) => `http://${model.rate}`);
const count = step("count", ({ of }: { of: Settled<Model>[] }) => of.filter((m) => m.ok).length);
export const ship = pipeline("ship", ({ model, limit }: { model: Handle<Model>; limit: number }) =>
  when(atLeast(model.accuracy, limit), () => deploy({ model })),
);
export const training = pipeline("training", ({ path, ratio = 1 }: { path: string; ratio?: number }) => {
  const rows = load({ path });
  const { train, test } = split({ rows, ratio });
  const model = best({ models: [0.1, 1].map((rate) => fit({ rate, data: { rows: train } })) });
  const swept = map([0.1, 1], (rate) => fit({ rate, data: { rows: train } }), { concurrency: 2, onError: "settle" });
  const url = ship({ model, limit: 0.5 });
  // @ts-expect-error wrong wire
  load({ path: rows });
  // @ts-expect-error wrong property
  load({ path: model.accuracy });
  // @ts-expect-error missing input
  split({ rows });
  // @ts-expect-error misspelt input
  split({ rows, ration: 1 });
  // @ts-expect-error a handle is not its value
  const n: number = model.accuracy;
  // @ts-expect-error nor an array
  rows.length;
  // @ts-expect-error nor comparable
  model.accuracy > 1;
  // @ts-expect-error nor a condition
  if (model.accuracy) rows;
  // @ts-expect-error may have been skipped
  load({ path: url });
  // @ts-expect-error a limit is a plain value
  ship({ model, limit: model.accuracy });
  return { model, accuracy: model.accuracy, url, ok: count({ of: swept }), test };
});
// @ts-expect-error forgot to return
step("a", { outputs: { n: json<number>() } }, () => {});
// @ts-expect-error forgot one
step("b", { outputs: { n: json<number>(), m: json<number>() } }, () => ({ n: 1 }));
// @ts-expect-error recorded, not run
pipeline("c", async () => ({ rows: await load({ path: "" }) }));
// @ts-expect-error no parameters
() => training();
// @ts-expect-error an option of the run, not runtime configuration
() => training({ path: "" }).run({ stack: "prod" });
