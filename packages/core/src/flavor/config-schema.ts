import { readFileSync, realpathSync, statSync } from "node:fs";
import { sep } from "node:path";
import { toKebabCase, toSnakeCase } from "../component/spelling.ts";
import { ZenError } from "../error/zen-error.ts";
import { fileError } from "../store/file-error.ts";
import type { FlavorEntry } from "./flavor-entry.ts";
import { printable } from "./manifest.ts";
import { isObject } from "./package-json.ts";

/** The JSON Schema of a flavor's configuration: an object, keyed as code spells it. */
export interface ConfigSchema {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
}

/** A JSON Schema, as far as zen reads it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A schema of more bytes is not read. */
const LARGEST = 1024 * 1024;

/** One field of a flavor's configuration, for help, forms and completion. */
export interface ConfigOption {
  /** In code: `accessKeyId`. */
  readonly field: string;
  /** In files and JSON: `access_key_id`. */
  readonly key: string;
  /** On the command line, without the dashes: `access-key-id`. */
  readonly option: string;
  readonly required: boolean;
  /** Takes a reference such as `{{env.NAME}}`. */
  readonly secret: boolean;
  readonly description: string;
  readonly default: unknown;
  readonly schema: JsonSchema;
}

/**
 * Reads the schema that a flavor's package brings, without loading any code; undefined if it brings none.
 *
 * @throws ZenError `bad_config_schema`
 */
export function readConfigSchema(entry: FlavorEntry): ConfigSchema | undefined {
  if (entry.configSchema === undefined) return undefined;
  const refuse = (reason: string, problem: string, cause?: unknown): never => {
    throw new ZenError(
      "bad_config_schema",
      `The configuration schema of the flavor "${entry.flavor}" of ${entry.package} ${entry.version} can't be read: ${problem}.`,
      {
        hint: `Install the package again (npm install ${entry.package}), or another version of it.`,
        details: { reason, problem },
        cause,
      },
    );
  };
  let text: string;
  try {
    // A link could lead out of the package where the path in the manifest doesn't. Plug'n'Play's virtual folder is a link as well.
    if (!realpathSync(entry.configSchema).startsWith(realpathSync(entry.folder) + sep))
      refuse("escaping_config_schema", `${entry.configSchema} leads out of the package`);
    const stats = statSync(entry.configSchema);
    // Reading a named pipe would wait for whoever writes to it.
    if (!stats.isFile()) refuse("no_config_schema_file", `${entry.configSchema} is not a file`);
    if (stats.size > LARGEST) refuse("large_config_schema", `${entry.configSchema} has ${stats.size} bytes, and zen reads 1 MiB at most`);
    text = readFileSync(entry.configSchema, "utf8");
  } catch (error) {
    if (error instanceof ZenError) throw error;
    return refuse("no_config_schema_file", fileError(error, `read ${entry.configSchema}`).message.replace(/\.$/, ""), error);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return refuse("config_schema_not_json", `${entry.configSchema} is not JSON`, error);
  }
  return asConfigSchema(json) ?? refuse("not_a_config_schema", `${entry.configSchema} is not the JSON Schema of an object`);
}

/** A JSON Schema as a config schema; undefined if it isn't one of an object. */
export function asConfigSchema(json: unknown): ConfigSchema | undefined {
  if (!isObject(json)) return undefined;
  const { properties = {}, required = [] } = json;
  if (!isObject(properties) || !Object.values(properties).every(isObject) || !Array.isArray(required)) return undefined;
  return { properties: properties as Record<string, JsonSchema>, required: required.filter((name) => typeof name === "string") };
}

/** The fields of a flavor's configuration, required ones first, otherwise in the schema's order. */
export function configOptions({ properties, required }: ConfigSchema): readonly ConfigOption[] {
  const options = Object.entries(properties).map(([field, schema]): ConfigOption => {
    const description = schema["description"];
    return {
      field,
      key: printable(toSnakeCase(field)),
      option: printable(toKebabCase(field)),
      required: required.includes(field),
      secret: schema["secret"] === true,
      description: typeof description === "string" ? printable(description) : "",
      default: schema["default"],
      schema,
    };
  });
  return [...options.filter((option) => option.required), ...options.filter((option) => !option.required)];
}
