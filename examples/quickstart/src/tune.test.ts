import { expect, test } from "vitest";
import { madeUpText } from "./made-up-sources.ts";
import type { SourceFile } from "./source-file.ts";
import { choose, tune } from "./tune.ts";

const files: SourceFile[] = ["css", "javascript"].flatMap((language) =>
  Array.from({ length: 30 }, (_, i) => ({ language, path: `${language}/${i}`, text: madeUpText(language, i) })),
);

test("a trial tells how well a length does, the same each time", async () => {
  const inputs = { files, longest: 2, epochs: 3, unseen: "files", seed: 1 } as const;
  const shown: unknown[] = [];
  const trial = await tune.fn({ ...inputs, files }, { progress: (done, total) => void shown.push([done, total]) });
  expect(trial.longest).toBe(2);
  expect(trial.macroF1).toBeGreaterThan(0.95);
  expect(await tune.fn({ ...inputs, files })).toEqual(trial);
  expect(shown.at(-1)).toEqual([336, 360]);
});

test("the best trial is chosen, and of equals the shortest", async () => {
  expect(
    await choose.fn({
      trials: [
        { longest: 1, macroF1: 0.8 },
        { longest: 3, macroF1: 0.9 },
        { longest: 2, macroF1: 0.9 },
      ],
    }),
  ).toEqual({ longest: 2, macroF1: 0.9 });
});
