import * as z from "zod";
import { StackComponent } from "./stack-component.ts";

/**
 * Keeps the secrets that steps and components refer to by name.
 *
 * @experimental Contract 0: it has its name, its configuration and its life cycle; its own methods come with the first
 * flavor that needs them.
 */
export abstract class BaseSecretsManager<Schema extends z.ZodObject = z.ZodObject> extends StackComponent<Schema> {
  static override readonly TYPE = "secrets_manager";
  static override readonly CONTRACT: number = 0;
  static override readonly configSchema = z.object({});
}
