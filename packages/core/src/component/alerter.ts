import * as z from "zod";
import { StackComponent } from "./stack-component.ts";

/**
 * Sends messages about runs to people.
 *
 * @experimental Contract 0: it has its name, its configuration and its life cycle; its own methods come with the first
 * flavor that needs them.
 */
export abstract class BaseAlerter<Schema extends z.ZodObject = z.ZodObject> extends StackComponent<Schema> {
  static override readonly TYPE = "alerter";
  static override readonly CONTRACT: number = 0;
  static override readonly configSchema = z.object({});
}
