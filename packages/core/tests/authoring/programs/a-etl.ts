import { createReadStream, readFileSync } from "node:fs";
import { pipeline, step, json } from "@zen/core";
import { data } from "./data.ts";
type Penguin = { species: string; island: string; mass: number | null };
type Stats = { species: string; n: number; mean: number }[];
export const read = step("read", async ({ path }: { path: string }) => {
  const [head, ...lines] = readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((l) => l.split(","));
  return lines.map((l) => Object.fromEntries(head!.map((h, i) => [h, l[i] ?? ""])) as Record<string, string>);
});
export const clean = step(
  "clean",
  { outputs: { good: json<Penguin[]>(), bad: json<Record<string, string>[]>() }, retries: 1 },
  ({ rows, need = "body_mass_g" }: { rows: Record<string, string>[]; need?: string }, { log, metadata }) => {
    const bad = rows.filter((r) => !r[need]);
    log.info(`${bad.length} rows lack ${need}`);
    metadata({ dropped: bad.length }, "good");
    return { good: rows.filter((r) => r[need]).map((r) => ({ species: r.species!, island: r.island!, mass: Number(r.body_mass_g) })), bad };
  },
);
export const stats = step("stats", ({ rows }: { rows: Penguin[] }): Stats =>
  [...Map.groupBy(rows, (r) => r.species)].map(([species, rs]) => ({
    species,
    n: rs.length,
    mean: rs.reduce((a, r) => a + (r.mass ?? 0), 0) / rs.length,
  })),
);
export const etl = pipeline("etl", ({ path }: { path: string }) => {
  const rows = read({ path });
  const { good, bad } = clean({ rows });
  return { stats: stats({ rows: good }), bad };
});
if (import.meta.main) {
  const run = await etl({ path: data("penguins.csv") }).run();
  const s = await run.outputs.stats.read();
  console.log("a", s.map((x) => `${x.species} ${x.n} ${x.mean.toFixed(0)}`).join("; "), (await run.outputs.bad.read()).length);
}
