import * as z from "zod";
import { StackComponent } from "./stack-component.ts";

/**
 * Serves features, historical ones for training and current ones for inference.
 *
 * @experimental Contract 0: it has its name, its configuration and its life cycle; its own methods come with the first
 * flavor that needs them.
 */
export abstract class BaseFeatureStore<Schema extends z.ZodObject = z.ZodObject> extends StackComponent<Schema> {
  static override readonly TYPE = "feature_store";
  static override readonly CONTRACT: number = 0;
  static override readonly configSchema = z.object({});
}
