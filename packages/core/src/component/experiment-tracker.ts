import * as z from "zod";
import { StackComponent } from "./stack-component.ts";

/**
 * Records the parameters, metrics and models of training steps.
 *
 * @experimental Contract 0: it has its name, its configuration and its life cycle; its own methods come with the first
 * flavor that needs them.
 */
export abstract class BaseExperimentTracker<Schema extends z.ZodObject = z.ZodObject> extends StackComponent<Schema> {
  static override readonly TYPE = "experiment_tracker";
  static override readonly CONTRACT: number = 0;
  static override readonly configSchema = z.object({});
}
