import * as z from "zod";
import { StackComponent } from "./stack-component.ts";

/**
 * Keeps the container images that steps run in.
 *
 * @experimental Contract 0: it has its name, its configuration and its life cycle; its own methods come with the first
 * flavor that needs them.
 */
export abstract class BaseContainerRegistry<Schema extends z.ZodObject = z.ZodObject> extends StackComponent<Schema> {
  static override readonly TYPE = "container_registry";
  static override readonly CONTRACT: number = 0;
  static override readonly configSchema = z.object({});
}
