import { join } from "node:path";
import { COMPONENT_TYPES, type ComponentType } from "../component/component-type.ts";
import { toSnakeCase } from "../component/spelling.ts";
import { isZenError } from "../error/zen-error.ts";
import type { ConfigSchema } from "../flavor/config-schema.ts";
import type { Json } from "../pipeline/types.ts";
import type { Context } from "../repository/context.ts";
import { assertName } from "../store/name.ts";
import type { BaseStackStore, ComponentRecord } from "../store/stack-store.ts";
import { formatStackFile } from "./format-stack-file.ts";
import { portablePaths, filledFolder, within } from "./local-path.ts";
import { mapText } from "../flavor/map-text.ts";
import { withoutPassword } from "../component/secret-text.ts";
import { schemaOf } from "../flavor/component-schema.ts";
import { withoutSecrets } from "../flavor/secret-value.ts";
import type { DeclaredComponent } from "./stack-file.ts";

/** Something that an export leaves out, or puts in another way. */
export interface ExportNote {
  readonly kind: "secret" | "password" | "path";
  readonly type: ComponentType;
  readonly component: string;
  /** As files spell it, with what comes below it: `headers.token`. */
  readonly field: string;
  /** Of a secret: the environment variable to set. Of a path: what stands for it. Otherwise null. */
  readonly instead: string | null;
  /** Of a path: the path. Otherwise null: nothing secret is repeated. */
  readonly path: string | null;
}

/** A stack as the text of a file that another machine can use. */
export interface ExportedStack {
  readonly name: string;
  readonly text: string;
  readonly notes: readonly ExportNote[];
}

/**
 * Writes a stack with its components down, for `zen stack import`, `apply` and `diff`: no uuid, no secret, and no path that
 * only this machine has. No class of a flavor is loaded.
 *
 * @param options.keepPaths leaves paths outside of zen's own folders as they are: for what all machines have
 * @throws ZenError `stack_not_found`, `component_not_found`
 */
export async function exportStack(
  context: Context,
  name: string,
  { keepPaths = false }: { readonly keepPaths?: boolean } = {},
): Promise<ExportedStack> {
  const { store } = context;
  const stack = await store.requireStack(name);
  assertName("stack", name);
  const records: ComponentRecord[] = [];
  for (const { type, label } of COMPONENT_TYPES) {
    const part = stack.components[type];
    if (part === undefined) continue;
    assertName(label, part);
    records.push(await store.requireComponent(type, part));
  }
  const listing = await context.flavors();
  const notes: ExportNote[] = [];
  const variables = new Set<string>();
  const cleaned = records.map((record) => ({ ...record, config: shareable(record, schemaOf(listing, record), notes, variables) }));
  const portable = portablePaths(
    await allComponents(store),
    { filled: filledFolder(context.configFolder, context.profile.value), own: join(context.configFolder, "local_stores") },
    { keepOthers: keepPaths },
  );
  const components = cleaned.map(({ type, name: component, flavor, package: from, version, custom = false, config }): DeclaredComponent => {
    const fields = Object.entries(config).map(([key, value]): [string, Json] => {
      const changed = mapText(value, (text) => {
        const instead = portable(text);
        // Zen's own folders are of no interest to anybody.
        if (instead !== text && within(text.replace(/^file:\/\//i, ""), context.configFolder) === undefined)
          notes.push({ kind: "path", type, component, field: key, instead, path: text });
        return instead;
      });
      return [key, changed];
    });
    const sorted = fields.sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      type,
      name: component,
      flavor,
      package: from,
      version,
      custom,
      config: Object.fromEntries(sorted),
      fromZenml: false,
      source: "",
    };
  });
  const inOrder = Object.fromEntries(records.map((record) => [record.type, record.name]));
  const text = await formatStackFile({ stacks: [{ name, components: inOrder, source: "" }], components });
  return { name, text, notes };
}

async function allComponents(store: BaseStackStore): Promise<ComponentRecord[]> {
  const all: ComponentRecord[] = [];
  for (const { type } of COMPONENT_TYPES) {
    for (const name of await store.listNames(type)) {
      try {
        all.push(await store.requireComponent(type, name));
      } catch (error) {
        // Of those of the stack that was said already; another one's broken file is no reason to refuse.
        if (!isZenError(error)) throw error;
      }
    }
  }
  return all;
}

/** A component's settings without secrets, and without what isn't set. */
function shareable(
  { type, name: component, config, package: from }: ComponentRecord,
  schema: ConfigSchema | undefined,
  notes: ExportNote[],
  variables: Set<string>,
): Readonly<Record<string, Json>> {
  const ours = new Set(Object.keys(schema?.properties ?? {}).map(toSnakeCase));
  // ZenML writes null for what isn't set, and settings of its own that a flavor of ours doesn't have.
  const set = Object.entries(config).filter(([key, value]) => value !== null && (from !== undefined || !schema || ours.has(key)));
  const referring = withoutSecrets(Object.fromEntries(set), schema, (_, at) => {
    const variable = freeVariable([component, ...at].join("_"), variables);
    notes.push({ kind: "secret", type, component, field: at.join("."), instead: variable, path: null });
    return `{{env.${variable}}}`;
  });
  return Object.fromEntries(
    Object.entries(referring).map(([key, value]) => [
      key,
      mapText(value, (text) => {
        const without = withoutPassword(text);
        if (without !== undefined) notes.push({ kind: "password", type, component, field: key, instead: null, path: null });
        return without ?? text;
      }),
    ]),
  );
}

function freeVariable(wanted: string, taken: Set<string>): string {
  const base = wanted
    .replace(/\W/g, "_")
    .replace(/^(?=\d)/, "_")
    .toUpperCase();
  let variable = base;
  for (let n = 2; taken.has(variable); n++) variable = `${base}_${n}`;
  taken.add(variable);
  return variable;
}
