import { configOptions, flavorOf, readConfigSchema, toSnakeCase, type ComponentRecord, type Context } from "@zen/core/light";

const MASK = "********";
const REFERENCE = /^\{\{.*\}\}$/;
const LOOKS_SECRET = /passw(or)?d|secret|token|key|credential/i;

/**
 * A component's settings as they may be shown: what its flavor's schema calls a secret is masked, and without a schema
 * what looks like one. A reference such as `{{env.TOKEN}}` is no secret.
 */
export function maskedConfig(context: Context, record: ComponentRecord): ComponentRecord["config"] {
  const secrets = secretKeys(context, record);
  const entries = Object.entries(record.config).map(([key, value]) => {
    const secret = secrets?.has(key) ?? LOOKS_SECRET.test(key);
    if (value === null || (typeof value === "string" && (value === "" || REFERENCE.test(value)))) return [key, value];
    return [key, secret ? MASK : withoutPassword(value)];
  });
  return Object.fromEntries(entries);
}

/** The keys that the flavor's schema calls secrets; undefined if there is no schema to ask. */
function secretKeys(context: Context, record: ComponentRecord): ReadonlySet<string> | undefined {
  try {
    const schema = readConfigSchema(flavorOf(context.flavors(), record));
    return (
      schema &&
      new Set(
        configOptions(schema)
          .filter(({ secret }) => secret)
          .map(({ field }) => toSnakeCase(field)),
      )
    );
  } catch {
    // A flavor that is gone must not hide its components: they are shown as of an unknown flavor.
    return undefined;
  }
}

/** `mysql://ada:********@host/db`. */
function withoutPassword(value: ComponentRecord["config"][string]): ComponentRecord["config"][string] {
  return typeof value === "string" ? value.replace(/(:\/\/[^/@:\s]*):[^/@\s]+@/, `$1:${MASK}@`) : value;
}
