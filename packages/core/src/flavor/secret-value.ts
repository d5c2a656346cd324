import { SecretText } from "../component/secret-text.ts";
import { toSnakeCase } from "../component/spelling.ts";
import type { ConfigSchema, JsonSchema } from "./config-schema.ts";
import { isObject } from "./package-json.ts";
import type { Json } from "../pipeline/types.ts";

const LOOKS_SECRET = /passw(or)?d|secret|token|key|credential/i;

/** Settings, keyed as files spell them. */
type Config = Readonly<Record<string, Json>>;

/**
 * Settings with every secret in clear, at any depth, replaced: what the flavor's schema calls a secret, and where no schema
 * names a value, what looks like one. A reference such as `{{env.TOKEN}}` is no secret.
 *
 * @param replace gets the secret and where it stands: the setting's key and what comes below it
 */
export function withoutSecrets(
  config: Config,
  schema: ConfigSchema | undefined,
  replace: (secret: string, at: readonly string[]) => Json,
): Config {
  const walk = (value: Json, at: readonly string[], secret: boolean, its: JsonSchema | undefined): Json => {
    if (typeof value === "string") return secret && value !== "" && !isReference(value) ? replace(value, at) : value;
    if (typeof value === "number") return secret ? replace(String(value), at) : value;
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) {
      return value.map((item, index) => {
        const inner = itemOf(its, index);
        return walk(item, [...at, String(index)], secret || isSecret(inner), inner);
      });
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, field]) => {
        const named = known(part(part(its, "properties"), key));
        const inner = named ?? part(its, "additionalProperties");
        return [key, walk(field, [...at, key], secret || isSecret(inner) || (!named && LOOKS_SECRET.test(key)), inner)];
      }),
    );
  };
  const properties = Object.fromEntries(Object.entries(schema?.properties ?? {}).map(([field, its]) => [toSnakeCase(field), its]));
  return walk(config, [], false, { properties }) as Config;
}

/** A schema that says something; one that only refers to another place is as good as none. */
function known(schema: JsonSchema | undefined): JsonSchema | undefined {
  return schema !== undefined && Object.hasOwn(schema, "$ref") ? undefined : schema;
}

/** The schema of an item of a list: a tuple has one for each. */
function itemOf(schema: JsonSchema | undefined, index: number): JsonSchema | undefined {
  const own = schema && Object.hasOwn(schema, "prefixItems") ? schema["prefixItems"] : undefined;
  const item: unknown = Array.isArray(own) ? own[index] : undefined;
  return isObject(item) ? item : part(schema, "items");
}

/** Whether a text refers to a secret that is kept elsewhere. */
function isReference(text: string): boolean {
  return new SecretText(text).reference !== undefined;
}

function isSecret(schema: JsonSchema | undefined): boolean {
  return schema !== undefined && (schema["secret"] === true || alternatives(schema).some(isSecret));
}

/** What a schema, or one of its alternatives, has under a word; undefined if none does. */
function part(schema: JsonSchema | undefined, word: string): JsonSchema | undefined {
  if (!schema) return undefined;
  const found = Object.hasOwn(schema, word) ? schema[word] : undefined;
  if (isObject(found)) return found;
  for (const one of alternatives(schema)) {
    const inner = part(one, word);
    if (inner) return inner;
  }
  return undefined;
}

function alternatives(schema: JsonSchema): JsonSchema[] {
  return ["anyOf", "oneOf", "allOf"].flatMap((word) => {
    const found = Object.hasOwn(schema, word) ? schema[word] : undefined;
    return Array.isArray(found) ? found.filter(isObject) : [];
  });
}
