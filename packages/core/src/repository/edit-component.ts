import { componentType } from "../component/component-type.ts";
import { toSnakeCase } from "../component/spelling.ts";
import { storedValue, type FlavorClass } from "../component/stack-component.ts";
import { didYouMean } from "../error/did-you-mean.ts";
import { ZenError } from "../error/zen-error.ts";
import { configFromText } from "../flavor/config-from-text.ts";
import { configOptions, type ConfigSchema } from "../flavor/config-schema.ts";
import type { ComponentRecord } from "../store/stack-store.ts";
import { optionsFrom } from "./stored-component.ts";

/** A component's class, with the schema of its configuration. */
export interface LoadedFlavor {
  readonly flavorClass: FlavorClass;
  readonly schema: ConfigSchema;
}

/**
 * A component with some settings changed, checked as a new one would be. What wasn't named stays as it is stored, also what
 * the flavor doesn't know.
 *
 * @param values as typed: see `configFromText`
 * @throws ZenError `bad_config`, `literal_secret`, `mandatory_property` for the name and the uuid
 */
export function withSettings(
  record: ComponentRecord,
  { flavorClass, schema }: LoadedFlavor,
  values: Readonly<Record<string, string>>,
): ComponentRecord {
  const { type, name, flavor } = record;
  const { label, command } = componentType(type);
  for (const key of ["name", "uuid"]) {
    if (!Object.hasOwn(values, key) || Object.hasOwn(schema.properties, key)) continue;
    throw new ZenError("mandatory_property", `Cannot update mandatory property '${key}' of '${name}' ${label}.`, {
      exitCode: 2,
      hint:
        key === "name" ? `To rename it: zen ${command} rename ${name} NEW_NAME` : "It identifies the component for as long as that exists.",
    });
  }
  const changes = configFromText(schema, values, `${label} "${name}" (flavor ${flavor})`);
  const component = new flavorClass({ ...optionsFrom(record, flavorClass), ...changes } as never);
  const stored = Object.keys(changes).map((field) => [toSnakeCase(field), storedValue(component, field)]);
  return { ...record, config: { ...record.config, ...Object.fromEntries(stored) } };
}

/**
 * A component without some settings, checked as a new one would be: those that are left out get their defaults.
 *
 * @param keys in any spelling, without dashes
 * @throws ZenError `bad_config` for a setting that the flavor doesn't have, or can't do without
 */
export function withoutSettings(record: ComponentRecord, { flavorClass, schema }: LoadedFlavor, keys: readonly string[]): ComponentRecord {
  const { type, name, flavor } = record;
  const { label, command } = componentType(type);
  const options = configOptions(schema);
  const config = { ...record.config };
  for (const typed of keys) {
    const key = toSnakeCase(typed.replaceAll("-", "_"));
    const option = options.find((one) => one.key === key);
    if (option?.required === true || key === "name" || key === "uuid") {
      throw new ZenError("mandatory_property", `Cannot remove mandatory attribute '${key}' of '${name}' ${label}.`, {
        exitCode: 2,
        hint: option ? `Give it another value instead: zen ${command} update ${name} --${option.option}=…` : "It identifies the component.",
      });
    }
    if (!option && !Object.hasOwn(config, key)) {
      const mandatory = options.filter(({ required }) => required).map((one) => one.key);
      const known = [...new Set([...options.map((one) => one.key), ...Object.keys(config)])].filter((one) => !mandatory.includes(one));
      throw new ZenError("bad_config", `The ${label} "${name}" (flavor ${flavor}) has no attribute "${typed}".${didYouMean(key, known)}`, {
        exitCode: 2,
        hint: known.length === 0 ? "It has none that could be removed." : `These can be removed: ${known.join(", ")}.`,
      });
    }
    delete config[key];
  }
  const edited = { ...record, config };
  // Made only to be checked.
  Reflect.construct(flavorClass, [optionsFrom(edited, flavorClass)]);
  return edited;
}
