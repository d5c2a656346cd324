import { pipeline, step, type Handle, type Wire } from "@zen/core";
import { data } from "./data.ts";
import { read, clean, stats } from "./a-etl.ts";
type Stats = { species: string; n: number; mean: number }[];
// as a package would have it
export const summarise = step(
  "summarise",
  ({ stats, title = "Report" }: { stats: Stats; title?: string }) => `${title}: ${stats.map((s) => s.species).join("/")}`,
);
// a sub-pipeline: Handle<…> marks what arrives as a wire; the rest are plain values
export const describe = pipeline(
  "describe",
  ({ rows, shout }: { rows: Handle<{ species: string; island: string; mass: number | null }[]>; shout: boolean }) => {
    const s = stats({ rows });
    return { s, text: summarise({ stats: s, title: shout ? "REPORT" : "report" }) };
  },
);
export const outer = pipeline("outer", ({ path }: { path: string }) => {
  const { good } = clean({ rows: read({ path }) });
  const one = describe({ rows: good, shout: true });
  const two = describe.with({ as: "quiet" })({ rows: good, shout: false });
  return { a: one.text, b: two.text };
});
if (import.meta.main) {
  const call = outer({ path: data("penguins.csv") });
  const run = await call.run();
  console.log("d", await run.outputs.a.read(), await run.outputs.b.read(), call.spec.nodes.map((n) => n.id).join(" "));
  // the same sub-pipeline alone, with plain values, and with an artifact of an earlier run
  const alone = await describe({ rows: [{ species: "X", island: "", mass: 1 }], shout: true }).run();
  const again = await pipeline("again", ({ stats }: { stats: Handle<Stats> }) => summarise({ stats }))({ stats: alone.outputs.s }).run();
  console.log("d", await again.outputs.read());
}
