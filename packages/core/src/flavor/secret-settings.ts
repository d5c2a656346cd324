import { MASK, maskPassword } from "../component/secret-text.ts";
import { toSnakeCase } from "../component/spelling.ts";
import type { ComponentRecord } from "../store/stack-store.ts";
import { configOptions, readConfigSchema } from "./config-schema.ts";
import { flavorOf } from "./find-flavor.ts";
import type { FlavorListing } from "./flavor-entry.ts";

const REFERENCE = /^\{\{.*\}\}$/;
const LOOKS_SECRET = /passw(or)?d|secret|token|key|credential/i;

/**
 * Which of a component's settings hold a secret in clear: what its flavor's schema calls a secret, and without a schema
 * what looks like one. A reference such as `{{env.TOKEN}}` is no secret.
 */
export function literalSecrets(listing: FlavorListing, record: ComponentRecord): readonly string[] {
  const secrets = secretKeys(listing, record);
  return Object.entries(record.config)
    .filter(([key, value]) => {
      if (value === null || (typeof value === "string" && (value === "" || REFERENCE.test(value)))) return false;
      return secrets?.has(key) ?? LOOKS_SECRET.test(key);
    })
    .map(([key]) => key);
}

/** A component's settings as they may be shown: secrets masked, also a password within an address. */
export function maskedConfig(listing: FlavorListing, record: ComponentRecord): ComponentRecord["config"] {
  const literal = new Set(literalSecrets(listing, record));
  return Object.fromEntries(
    Object.entries(record.config).map(([key, value]) => [
      key,
      literal.has(key) ? MASK : typeof value === "string" ? maskPassword(value) : value,
    ]),
  );
}

/** The keys that the flavor's schema calls secrets; undefined if there is no schema to ask. */
function secretKeys(listing: FlavorListing, record: ComponentRecord): ReadonlySet<string> | undefined {
  try {
    const schema = readConfigSchema(flavorOf(listing, record));
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
