import { json, step } from "@zen/core";
import { learn, type Model } from "./classifier.ts";
import { pause } from "./pause.ts";
import type { SourceFile } from "./source-file.ts";

export const train = step(
  "train",
  { outputs: { model: json<Model>() } },
  async ({ files, longest, epochs, seed }: { files: SourceFile[]; longest: number; epochs: number; seed: number }, context) => {
    const onBatch = (done: number, total: number) => pause(context, done, total, "files learned from");
    return { model: await learn(files, { longest, epochs, seed, onBatch }) };
  },
);
