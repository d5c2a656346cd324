// The documentation: pipeline.run(runtime_param_1=3, another_param='luna')
import { pipeline, step } from "@zen/core";
abstract class BaseExperimentTracker {
  abstract logMetrics(m: Record<string, number>): void;
}
class MLflowExperimentTracker extends BaseExperimentTracker {
  logMetrics() {}
  activeRun = "r1";
}
const loadData = step("loadData", () => [1, 2, 3]);
const train = step(
  "train",
  { settings: { "experiment_tracker.mlflow": { nested: true } }, cache: false },
  ({ data }: { data: number[] }, ctx) => {
    if (false as boolean) {
      const t = ctx.component(MLflowExperimentTracker);
      t.activeRun;
      ctx.component(BaseExperimentTracker).logMetrics({ a: 1 });
    }
    return { sum: data.reduce((a, b) => a + b), runtime: ctx.run.runtime, name: ctx.run.name };
  },
);
const firstPipeline = pipeline("first_pipeline", () => ({ out: train({ data: loadData() }) }));
const run = await firstPipeline().run({ runtime_param_1: 3, another_param: "luna" }, { name: "mine" });
console.log("g", await run.outputs.out.read());
