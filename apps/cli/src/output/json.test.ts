import { expect, it } from "vitest";
import { snakeCased } from "./json.ts";

it("spells our keys in snake_case, and leaves the user's alone", () => {
  expect(
    snakeCased({
      runId: "a",
      steps: [{ startedAt: "b", metadata: { myKey: 1 } }],
      fields: { learningRate: 2 },
      config: { aB: 1 },
      finishedAt: null,
    }),
  ).toEqual({
    run_id: "a",
    steps: [{ started_at: "b", metadata: { myKey: 1 } }],
    fields: { learningRate: 2 },
    config: { aB: 1 },
    finished_at: null,
  });
});
