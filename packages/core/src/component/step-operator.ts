import * as z from "zod";
import { StackComponent } from "./stack-component.ts";

/**
 * Executes single steps in an environment of their own, such as a machine with a GPU.
 *
 * @experimental Contract 0: it has its name, its configuration and its life cycle; its own methods come with the first
 * flavor that needs them.
 */
export abstract class BaseStepOperator<Schema extends z.ZodObject = z.ZodObject> extends StackComponent<Schema> {
  static override readonly TYPE = "step_operator";
  static override readonly CONTRACT: number = 0;
  static override readonly configSchema = z.object({});
}
