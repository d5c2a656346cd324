import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { FlavorClass, StackComponent } from "@zen/core";
import { dump, load } from "js-yaml";
import * as z from "zod";
import type { Check } from "./check.ts";

const REFERENCE = "{{env.ZEN_CONFORMANCE}}";
const LITERAL = "zen-conformance-literal-secret";
/** Names of fields that hold a secret: fewer than zen masks where it knows no schema, as `keyFile` and `kmsKeyId` are none. */
const LOOKS_SECRET = /(passw(or)?d|passphrase|secret|token|credential|private_?key|api_?key)s?$/i;

/** A JSON Schema, as far as these checks read it. */
interface Schema {
  readonly type?: unknown;
  readonly secret?: unknown;
  readonly enum?: unknown;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

/** What is promised of the configuration of every component, whatever its type. @param component makes one of a case */
export function configurationChecks<Case>(component: (given: Case) => Promise<StackComponent>): readonly Check<Case>[] {
  return [
    {
      promise: "has the same configuration after it was stored and read back, and its schema describes all of it",
      async run(given) {
        const one = withSecrets(await component(given), REFERENCE);
        const flavorClass = classOf(one);
        const { properties = {}, required = [] } = schemaOf(flavorClass);
        const text = dump(one.toStored());
        const { name, uuid, ...stored } = load(text) as Record<string, unknown>;
        assert.deepEqual([name, uuid], [one.name, one.uuid], "its name and uuid");
        const fields = Object.fromEntries(Object.entries(stored).map(([key, value]) => [toCamelCase(key), value]));
        for (const field of Object.keys(fields)) assert.ok(field in properties, `"${field}" is stored, and its schema doesn't have it`);
        for (const field of required) assert.ok(field in fields, `"${field}" is required, and isn't stored`);
        const again = make(flavorClass, { ...fields, name: one.name, uuid: one.uuid });
        // What isn't stored has no value worth keeping, or begins with _.
        assert.deepEqual(again.toStored(), one.toStored(), "what would be stored of it then");
        assert.deepEqual(plain(again), plain(one), "its configuration");
      },
    },
    {
      promise: "shows no secret, and refuses to have one stored",
      async run(given) {
        const made = await component(given);
        const secrets = secretFields(classOf(made));
        for (const field of openSecrets(schemaOf(classOf(made))))
          assert.fail(`"${field}" looks like a secret, and is plain text: make it a secretField()`);
        if (secrets.length === 0) return;
        const one = withSecrets(made, LITERAL);
        const shown = { toString: String(one), "JSON.stringify": JSON.stringify(one), inspect: inspect(one, { depth: 10 }) };
        for (const [how, text] of Object.entries(shown)) assert.ok(!text.includes(LITERAL), `${how} shows a secret: ${text}`);
        assert.throws(() => one.toStored(), { code: "literal_secret" }, "a secret in clear would be stored");
      },
    },
  ];
}

/** The same component with this text in every field of its class that is a secret. */
function withSecrets(component: StackComponent, text: string): StackComponent {
  const flavorClass = classOf(component);
  const secrets = secretFields(flavorClass);
  if (secrets.length === 0) return component;
  const fields = Object.entries(component.config).filter(([field, value]) => value !== undefined && !secrets.includes(field));
  return make(flavorClass, {
    ...Object.fromEntries(fields),
    ...Object.fromEntries(secrets.map((field) => [field, text])),
    name: component.name,
    uuid: component.uuid,
  });
}

function secretFields(flavorClass: FlavorClass): readonly string[] {
  const { properties = {} } = schemaOf(flavorClass);
  return Object.entries(properties).flatMap(([field, schema]) => (schema.secret === true ? [field] : []));
}

/** Fields that a schema has for plain text, set or not, and whose name is a secret's: at any depth. */
function openSecrets(schema: Schema, at = ""): readonly string[] {
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    if (field.secret === true) return [];
    const path = `${at}${name}`;
    return LOOKS_SECRET.test(name) && isText(field) ? [path] : openSecrets(field, `${path}.`);
  });
  const within = [...(schema.items ? [schema.items] : []), ...alternatives(schema)];
  return [...below, ...within.flatMap((one) => openSecrets(one, at))];
}

/** Whether any text will do, also in a list. */
function isText(schema: Schema): boolean {
  if (schema.secret === true) return false;
  const any = [schema.type].flat().includes("string") && schema.enum === undefined && schema.const === undefined;
  return any || (schema.items !== undefined && isText(schema.items)) || alternatives(schema).some(isText);
}

function alternatives({ anyOf = [], oneOf = [], allOf = [] }: Schema): readonly Schema[] {
  return [...anyOf, ...oneOf, ...allOf];
}

function schemaOf({ configSchema }: FlavorClass): Schema & { readonly required?: readonly string[] } {
  return z.toJSONSchema(configSchema, { io: "input" }) as Schema & { readonly required?: readonly string[] };
}

function classOf(component: StackComponent): FlavorClass {
  return component.constructor as unknown as FlavorClass;
}

function make(flavorClass: FlavorClass, options: object): StackComponent {
  return new flavorClass(options as never);
}

/** A configuration as it compares: a secret is its reference. */
function plain({ config }: StackComponent): unknown {
  return JSON.parse(JSON.stringify(config));
}

function toCamelCase(snake: string): string {
  return snake.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
