import { pipeline, step } from "@zen/core";

const one = step("one", () => 1);
export const training = pipeline("training", () => ({ one: one() }));

if (import.meta.main) {
  const run = await training().run({ runtimeParam1: 3, anotherParam: "luna" });
  console.log(await run.outputs.one.read());
}
