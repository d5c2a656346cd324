import { readFileSync } from "node:fs";
import { pipeline, step, map, type Settled } from "@zen/core";
import { data } from "./data.ts";
const messages = step("messages", ({ path, n }: { path: string; n: number }) =>
  readFileSync(path, "utf8")
    .split("\n")
    .slice(0, n)
    .map((l, id) => ({ id, label: l.split("\t")[0]!, text: l.split("\t")[1]! })),
);
let now = 0,
  peak = 0,
  calls = 0;
const classify = step(
  "classify",
  { retries: { limit: 2, delay: "1s", factor: 2 }, timeout: "2s" },
  async ({ text, id }: { text: string; id: number }, { signal, step }) => {
    calls++;
    peak = Math.max(peak, ++now);
    try {
      await new Promise((r) => setTimeout(r, 3));
      signal.throwIfAborted();
      if (id % 50 === 7) throw new Error(`model refused ${id}`); // always fails
      if (id % 10 === 3 && step.attempt === 1) throw new Error("429"); // succeeds on retry
      return { guess: /free|win|txt|prize/i.test(text) ? "spam" : "ham" };
    } finally {
      now--;
    }
  },
);
const compare = step("compare", ({ m, guess }: { m: { label: string }; guess: string }) => m.label === guess);
const aggregate = step("aggregate", ({ results }: { results: Settled<boolean>[] }) => ({
  right: results.filter((r) => r.ok && r.value).length,
  errors: results.flatMap((r) => (r.ok ? [] : [r.error.message])),
}));
export const batch = pipeline("batch", ({ path, n = 200 }: { path: string; n?: number }) => {
  const results = map(messages({ path, n }), (m) => compare({ m, guess: classify({ text: m.text, id: m.id }).guess }), {
    concurrency: 8,
    onError: "settle",
    key: (m) => `sms-${m.id}`,
  });
  return aggregate({ results });
});
if (import.meta.main) {
  const run = await batch({ path: data("sms.tsv") }).run({}, { concurrency: 50 });
  console.log("c", await run.outputs.read(), { peak, calls });
}
