import { expect, test } from "vitest";
import { pause } from "./pause.ts";

test("others have their turn, and a cancelled step ends with the reason", async () => {
  const controller = new AbortController();
  const shown: unknown[] = [];
  const context = { signal: controller.signal, progress: (...progress: unknown[]) => void shown.push(progress) };
  setImmediate(() => controller.abort(new Error("Ctrl-C")));
  const loop = async () => {
    for (let i = 0; i < 1000; i++) await pause(context, i, 1000, "files");
  };
  await expect(loop()).rejects.toThrow("Ctrl-C");
  expect(shown).toEqual([[0, 1000, "files"]]);
});
