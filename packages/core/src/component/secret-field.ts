import * as z from "zod";
import { SecretText } from "./secret-text.ts";

/**
 * A config field that holds a secret. Users write a reference, `{{env.NAME}}`; the class reads
 * `await this.config.field.resolve()`. It is masked wherever a component is shown, and a literal is never written.
 *
 * @example
 * static override readonly configSchema = BaseArtifactStore.configSchema.extend({
 *   secretAccessKey: secretField().optional(),
 * });
 */
export function secretField(): z.ZodType<SecretText, string> {
  return z
    .string()
    .min(1)
    .transform((text) => new SecretText(text))
    .meta({ secret: true });
}
