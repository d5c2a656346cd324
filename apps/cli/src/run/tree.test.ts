import type { RunEvent } from "@zen/core/host";
import { describe, expect, it } from "vitest";
import { prepareWidths } from "../output/text-width.ts";
import { RunProgress } from "./run-progress.ts";
import { treeLines } from "./tree.ts";

const common = { time: "2026-11-23T21:00:00.000Z", runId: "0192" } as const;
const started: RunEvent = { ...common, type: "run.started", name: "training-1", pipeline: "training", stack: "default", steps: 3 };
const of = (node: string) => ({ ...common, node, step: node.split("/").at(-1)!.replace(/\[.*/, "") });

async function draw(events: RunEvent[], space: { columns?: number; rows?: number } = {}): Promise<string> {
  await prepareWidths(["…─"]);
  const progress = new RunProgress();
  for (const event of events) progress.apply(event, 1000);
  return treeLines(progress, { columns: 80, rows: 24, colours: false, now: 3500, ...space }).join("\n");
}

describe("the tree", () => {
  it("shows what runs, what is done, and why something was cached", async () => {
    const tree = await draw([
      started,
      { ...of("load"), type: "step.started", attempt: 1 },
      { ...of("load"), type: "step.completed", reason: "", milliseconds: 420 },
      { ...of("split"), type: "step.cached", reason: "same code and inputs as run training-0" },
      { ...of("train/fit"), type: "step.started", attempt: 1 },
      { ...of("train/fit"), type: "step.progress", done: 25, total: 100, message: "batches" },
      { ...of("train/fit"), type: "step.log", level: "info", message: "loss 0.31" },
      { ...of("report"), type: "step.skipped" },
    ]);
    expect(tree).toMatchInlineSnapshot(`
      "training-1 on stack default
      ✔ load    420 ms
      ✔ split   cached: same code and inputs as run training-0
        train
      ⠸   fit   ████░░░░░░░░░░░░ 25 of 100 batches  2.5 s
      ○ report  skipped"
    `);
  });

  it("keeps the items of a map on one line", async () => {
    const items = Array.from({ length: 100 }, (_, i): RunEvent[] => [
      { ...of(`sweep/fit[${i}]`), type: "step.started", attempt: 1 },
      i % 10 === 3
        ? { ...of(`sweep/fit[${i}]`), type: "step.cached", reason: "same inputs" }
        : { ...of(`sweep/fit[${i}]`), type: "step.completed", reason: "", milliseconds: 5 },
    ]);
    const tree = await draw([
      started,
      ...items.flat(),
      { ...of("sweep/fit[100]"), type: "step.started", attempt: 1 },
      { ...of("sweep/fit[101]"), type: "step.failed", message: "no data", attempts: 1 },
      { ...of("sweep/fit[102]"), type: "step.completed", reason: "", milliseconds: 5 },
    ]);
    expect(tree).toMatchInlineSnapshot(`
      "training-1 on stack default
        sweep
      ⠸   fit  101 done (10 cached), 1 failed, 1 running  no data"
    `);
  });

  it("tells of attempts that failed", async () => {
    expect(
      await draw([
        started,
        { ...of("fit"), type: "step.started", attempt: 1 },
        { ...of("fit"), type: "step.retried", attempt: 1, message: "timed out", delayMilliseconds: 100 },
      ]),
    ).toContain("⠸ fit  2.5 s  attempt 1 failed: timed out");
    expect(await draw([started, { ...of("fit"), type: "step.failed", attempts: 2, message: "boom\nat x" }])).toContain(
      "✖ fit  failed: boom at x",
    );
    expect(await draw([started, { ...of("fit"), type: "step.cancelled" }])).toContain("■ fit  cancelled");
  });

  it("never gets wider than the terminal", async () => {
    const tree = await draw(
      [started, { ...of("a-step-with-a-long-name/データ-to-fit"), type: "step.failed", attempts: 1, message: "x".repeat(200) }],
      { columns: 30 },
    );
    for (const line of tree.split("\n")) expect(line.replace(/[ぁ-ヿ]/g, "xx").length).toBeLessThan(30);
  });

  it("shows what runs and what failed first where the terminal is too short", async () => {
    const events = Array.from({ length: 40 }, (_, i): RunEvent => ({
      ...of(`step-${i}`),
      type: "step.completed",
      reason: "",
      milliseconds: 1,
    }));
    const tree = await draw(
      [
        started,
        { ...of("early"), type: "step.started", attempt: 1 },
        { ...of("bad"), type: "step.failed", attempts: 1, message: "boom" },
        ...events,
      ],
      { rows: 8 },
    );
    expect(tree).toMatchInlineSnapshot(`
      "training-1 on stack default
      ⠸ early    2.5 s
      ✖ bad      failed: boom
      ✔ step-36  1 ms
      ✔ step-37  1 ms
      ✔ step-38  1 ms
      ✔ step-39  1 ms
        … 36 more"
    `);
  });

  it("lets no message steer the terminal", async () => {
    expect(
      await draw([started, { ...of("a"), type: "step.failed", attempts: 1, message: "\u001b[31mred\u001b[0m\rover\u001b[2J" }]),
    ).toContain("✖ a  failed: red over");
  });
});
