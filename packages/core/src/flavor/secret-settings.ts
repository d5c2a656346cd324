import { MASK, maskPassword } from "../component/secret-text.ts";
import { mapText } from "./map-text.ts";
import type { ComponentRecord } from "../store/stack-store.ts";
import { schemaOf } from "./component-schema.ts";
import type { FlavorListing } from "./flavor-entry.ts";
import { withoutSecrets } from "./secret-value.ts";

/** Which of a component's settings hold a secret in clear, at any depth. */
export function literalSecrets(listing: FlavorListing, record: ComponentRecord): readonly string[] {
  const found = new Set<string>();
  withoutSecrets(record.config, schemaOf(listing, record), (_, [key]) => {
    found.add(key!);
    return MASK;
  });
  return [...found];
}

/** A component's settings as they may be shown: secrets masked, also a password within an address. */
export function maskedConfig(listing: FlavorListing, record: ComponentRecord): ComponentRecord["config"] {
  const masked = withoutSecrets(record.config, schemaOf(listing, record), () => MASK);
  return Object.fromEntries(Object.entries(masked).map(([key, value]) => [key, mapText(value, maskPassword)]));
}
