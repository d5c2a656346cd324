import { setImmediate as tick } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { chunksOf } from "./source-chunks.ts";

test("what a source throws after an abort is heard, and ends no process", async () => {
  const unheard: unknown[] = [];
  const hear = (reason: unknown): number => unheard.push(reason);
  process.on("unhandledRejection", hear);
  onTestFinished(() => void process.off("unhandledRejection", hear));
  const [abort, reason] = [new AbortController(), new Error("stopped")];
  async function* source(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(1);
    abort.abort(reason);
    await tick();
    throw new Error("the source noticed it as well");
  }
  const read: number[] = [];
  const reading = (async () => {
    for await (const chunk of chunksOf(source(), "run/artifact", abort.signal)) read.push(chunk.byteLength);
  })();
  await expect(reading).rejects.toBe(reason);
  for (let n = 0; n < 3; n++) await tick();
  expect([read, unheard]).toEqual([[1], []]);
});
