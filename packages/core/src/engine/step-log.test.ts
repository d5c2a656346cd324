import { expect, test } from "vitest";
import type { BaseArtifactStore } from "../component/artifact-store.ts";
import { StepLog } from "./step-log.ts";

/** A store that keeps what is written, and fails as often as it is told. */
function store(failures = 0): { store: BaseArtifactStore; objects: Map<string, string> } {
  const objects = new Map<string, string>();
  const write = async (key: string, bytes: Uint8Array): Promise<void> => {
    if (failures-- > 0) throw new Error("full");
    objects.set(key, Buffer.from(bytes).toString());
  };
  return { store: { write } as unknown as BaseArtifactStore, objects };
}

const messages = (text: string | undefined): unknown[] =>
  (text ?? "").split("\n").flatMap((line) => (line === "" ? [] : [(JSON.parse(line) as { message: string }).message]));

test("a log is written in parts while it grows, in order; without lines there is none", async () => {
  const { store: artifacts, objects } = store();
  const log = new StepLog(artifacts, "r", "a");
  const line = "x".repeat(100_000);
  for (let n = 0; n < 7; n++) log.add("info", `${n} ${line}`, { n });
  expect(await log.close()).toBe(3);
  expect([...objects.keys()]).toEqual(["r/a.0.log", "r/a.1.log", "r/a.2.log"]);
  expect([...objects.values()].flatMap(messages)).toEqual(Array.from({ length: 7 }, (_, n) => `${n} ${line}`));
  expect(JSON.parse(objects.get("r/a.0.log")!.split("\n")[0]!)).toMatchObject({
    level: "info",
    fields: { n: 0 },
    time: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  expect(await new StepLog(artifacts, "r", "b").close()).toBe(0);
});

test("a part that can't be written is missing, and hides none of those after it", async () => {
  const { store: artifacts, objects } = store(1);
  const log = new StepLog(artifacts, "r", "a");
  const line = "x".repeat(300_000);
  for (const n of [1, 2, 3]) log.add("info", `${n} ${line}`);
  expect(await log.close()).toBe(2);
  expect(messages(objects.get("r/a.0.log"))).toEqual([`2 ${line}`]);
  expect(messages(objects.get("r/a.1.log"))).toEqual([`3 ${line}`]);
});
