import path from "node:path";
import {
  COMPONENT_TYPES,
  componentType,
  configOptions,
  isZenError,
  literalSecrets,
  schemaOf,
  type ActiveValue,
  type ComponentRecord,
  type ComponentType,
  type Context,
  type FlavorListing,
} from "@zen/core/light";
import { openAnyway } from "../light.ts";
import { notice } from "../output/answer.ts";
import { printJson } from "../output/json.ts";
import { printTable } from "../output/table.ts";
import { styled } from "../output/terminal.ts";
import { ZenCommand } from "../program.ts";
import { session } from "../session.ts";
import { VERSION } from "../version.ts";

interface Fact {
  readonly value: string | null;
  /** What made it so. */
  readonly source: string;
}

/** `zen status` */
export function statusCommand(): ZenCommand {
  return new ZenCommand("status")
    .description("Show what is active here, and why")
    .stackOptions()
    .examples("zen status", "ZENML_ACTIVATED_STACK=custom zen status", "zen status --output json")
    .action(async ({ profile, stack }: { profile?: string; stack?: string }) => {
      const context = await openAnyway({ profile, stack }, notice);
      const facts = await statusOf(context);
      const secrets = await secretsInClear(context);
      if (session.json) {
        const entries = Object.entries(facts);
        const values = Object.fromEntries(entries.map(([name, { value }]) => [name, value]));
        printJson({
          ...values,
          sources: Object.fromEntries(entries.map(([name, { source }]) => [name, source])),
          secretsInClear: secrets.map(({ type, name, settings }) => ({ type, name, settings })),
        });
        return;
      }
      const rows = Object.entries(facts).map(([name, { value, source }]) => [
        name.replace(/[A-Z]/g, "_$&").toUpperCase(),
        value ?? "",
        source,
      ]);
      await printTable({ columns: ["PROPERTY", "VALUE", "SOURCE"], rows, description: true });
      for (const secret of secrets) notice(styled(2, "yellow", warning(secret)));
    });
}

async function statusOf(context: Context): Promise<Record<string, Fact>> {
  const root = context.repositoryRoot;
  const { ZENML_REPOSITORY_PATH, ZENML_CONFIG_PATH } = process.env;
  return {
    version: { value: VERSION, source: path.dirname(__dirname) },
    activeProfile: fact(context.profile),
    activeStack: await context.activeStack().then(fact, problem),
    repository:
      root === undefined
        ? { value: null, source: `no .zen in ${process.cwd()} or above it` }
        : { value: root, source: ZENML_REPOSITORY_PATH ? "environment: ZENML_REPOSITORY_PATH" : "working directory" },
    configFolder: { value: context.configFolder, source: ZENML_CONFIG_PATH ? "environment: ZENML_CONFIG_PATH" : "default" },
  };
}

function fact({ value, source, detail }: ActiveValue): Fact {
  return { value, source: `${source}: ${detail}` };
}

/** Status is what a person runs when something is wrong: it shows what is wrong rather than failing with it. */
function problem(error: unknown): Fact {
  if (!isZenError(error)) throw error;
  return { value: null, source: error.message };
}

interface SecretInClear {
  readonly type: ComponentType;
  readonly name: string;
  readonly settings: readonly string[];
  /** Whether zen can change the setting: its flavor is there, and has it. */
  readonly editable: boolean;
}

/** The components whose file holds a secret: ZenML wrote them so, or a person did. */
async function secretsInClear(context: Context): Promise<readonly SecretInClear[]> {
  const found: SecretInClear[] = [];
  const unreadable = (error: unknown): void => {
    if (!isZenError(error)) throw error;
    notice(styled(2, "yellow", error.message));
  };
  try {
    const listing = await context.flavors();
    for (const { type } of COMPONENT_TYPES) {
      for (const name of await context.store.listNames(type)) {
        try {
          const record = await context.store.requireComponent(type, name);
          const settings = literalSecrets(listing, record);
          if (settings.length > 0) found.push({ type, name, settings, editable: hasSetting(listing, record, settings[0]!) });
        } catch (error) {
          unreadable(error);
        }
      }
    }
  } catch (error) {
    unreadable(error);
  }
  return found;
}

function hasSetting(listing: FlavorListing, record: ComponentRecord, key: string): boolean {
  const schema = schemaOf(listing, record);
  return schema !== undefined && configOptions(schema).some((option) => option.key === key);
}

function warning({ type, name, settings, editable }: SecretInClear): string {
  const { label, command, plural } = componentType(type);
  const [first] = settings;
  const reference = `{{env.${first!.toUpperCase()}}}`;
  const how = editable
    ? `refer to it: zen ${command} update ${name} --${first}='${reference}'`
    : `write "${reference}" in its place, in ${plural}/${name}.yaml of the profile's folder.`;
  return `The ${label} "${name}" holds a secret in clear: ${settings.join(", ")}. Put it into the environment and ${how}`;
}
