import {
  configOptions,
  didYouMean,
  findFlavor,
  readConfigSchema,
  ZenError,
  type ComponentTypeInfo,
  type ConfigOption,
} from "@zen/core/light";
import { openHere } from "../light.ts";
import { notice, printDone, printList } from "../output/answer.ts";
import { FLAVOR_LIST, flavorListEntry } from "../output/flavor-list.ts";
import { printJson } from "../output/json.ts";
import { printTable } from "../output/table.ts";
import { styled } from "../output/terminal.ts";
import type { ZenCommand } from "../program.ts";
import { session } from "../session.ts";

interface ProfileFlags {
  readonly profile?: string;
}

/** `zen artifact-store flavor …` */
export function addFlavor(group: ZenCommand, row: ComponentTypeInfo): void {
  const { command, label } = row;
  group.sub("flavor", `The flavors of ${label}: of installed packages, and of your own code`, (flavor) => {
    flavor.examples(`zen ${command} flavor list`, `zen ${command} flavor register ./src/flavors.ts#MyFlavor`);
    addList(flavor, row);
    addDescribe(flavor, row);
    addRegister(flavor, row);
    addDelete(flavor, row);
  });
}

/** No code of a flavor is loaded. */
function addList(flavor: ZenCommand, { type, command, label }: ComponentTypeInfo): void {
  flavor.sub("list", `List the flavors of ${label}`, (sub) =>
    sub
      .limitOption("first")
      .profileOption()
      .examples(`zen ${command} flavor list`, `zen ${command} flavor list --output json`)
      .action(async ({ limit, profile }: ProfileFlags & { limit?: number }) => {
        const context = await openHere({ profile });
        const { flavors, broken } = await context.flavors();
        const entries = flavors.filter((entry) => entry.type === type).map(flavorListEntry);
        await printList(entries.slice(0, limit), {
          empty: `No flavor of ${label} is installed. A package brings it: npm install @zen/integration-… Or register a class of your own: zen ${command} flavor register --help`,
          ...FLAVOR_LIST,
        });
        for (const { name, package: from, source, problem } of entries)
          if (problem !== null) warn(`${name} of ${from ?? source} can't be used: ${problem}`);
        if (broken.length > 0) (await import("../integration/mending.ts")).sayWhatMends(broken, context.folder);
        notice(
          "More flavors: zen integration search WORD. By convention WORD is in @zen/integration-WORD: npm install @zen/integration-WORD",
        );
      }),
  );
}

function addDescribe(flavor: ZenCommand, { type, command, label }: ComponentTypeInfo): void {
  flavor.sub("describe", `Describe a flavor of ${label}, with its settings`, (sub) =>
    sub
      .argumentOf("<flavor>", "its name, or package:name", { kind: "flavor", type })
      .profileOption()
      .examples(`zen ${command} flavor describe ${exampleOf(type)}`)
      .action(async (name: string, { profile }: ProfileFlags) => {
        const context = await openHere({ profile });
        const entry = findFlavor(await context.flavors(), type, name);
        const { withProject } = await import("../project.ts");
        // A custom flavor has no schema beside its class.
        const schema =
          readConfigSchema(entry) ??
          (entry.origin === "custom"
            ? await withProject({ profile, announced: true }, (project) => project.flavorSchema({ type, flavor: name }))
            : undefined);
        const options = schema === undefined ? undefined : configOptions(schema);
        const described = flavorListEntry(entry);
        if (session.json) return printJson({ ...described, settings: options?.map(settingEntry) ?? null });
        await printTable({
          title: `'${described.name}' Flavor of ${label}`,
          columns: ["PROPERTY", "VALUE"],
          rows: [
            ["NAME", described.name],
            ["TYPE", type],
            ["ALIASES", described.aliases.join(", ")],
            ["INTEGRATION", described.package ?? ""],
            ["VERSION", described.version ?? ""],
            ["SOURCE", described.source],
            ["ROOT", described.root ?? ""],
            ["DESCRIPTION", described.description],
            ["DOCS", described.docs ?? ""],
          ].filter(([, value]) => value !== ""),
          description: true,
        });
        if (options === undefined) return notice(`${entry.package} doesn't say which settings its flavor ${entry.flavor} has.`);
        if (options.length === 0) return notice(`The flavor ${entry.flavor} has no settings.`);
        await printTable({
          title: "Settings",
          columns: ["SETTING", "REQUIRED", "DEFAULT", "DESCRIPTION"],
          rows: options
            .map(settingEntry)
            .map((setting) => [
              setting.name,
              setting.required ? "yes" : "",
              setting.default === null ? "" : typeof setting.default === "string" ? setting.default : JSON.stringify(setting.default),
              `${setting.description}${setting.secret ? " (secret: {{env.NAME}})" : ""}`.trim(),
            ]),
          description: true,
        });
      }),
  );
}

function addRegister(flavor: ZenCommand, { type, command, label }: ComponentTypeInfo): void {
  flavor.sub("register", `Register a class of your own code as a flavor of ${label}`, (sub) =>
    sub
      .argument("<source>", "FILE#CLASS, PACKAGE/SUBPATH#CLASS, or dotted from the repository's root: src.flavors.MyFlavor")
      .profileOption()
      .examples(`zen ${command} flavor register ./src/flavors.ts#MyFlavor`, `zen ${command} flavor register src.flavors.MyFlavor`)
      .action(async (source: string, { profile }: ProfileFlags) => {
        const { withProject } = await import("../project.ts");
        const name = await withProject({ profile }, (project) => project.registerFlavor({ type, source }));
        printDone([`Successfully registered new flavor '${name}' for stack component '${type}'.`], { type, name });
      }),
  );
}

function addDelete(flavor: ZenCommand, { type, command, label }: ComponentTypeInfo): void {
  flavor.sub("delete", `Delete a flavor of ${label} that was registered from your own code`, (sub) =>
    sub
      .argumentOf("<flavor>", "its name", { kind: "flavor", type })
      .profileOption()
      .examples(`zen ${command} flavor delete mine`)
      .action(async (name: string, { profile }: ProfileFlags) => {
        const context = await openHere({ profile });
        const ofType = (await context.flavors()).flavors.filter((entry) => entry.type === type);
        const custom = ofType.filter((entry) => entry.origin === "custom").map((entry) => entry.flavor);
        const other = ofType.find((entry) => entry.flavor === name);
        if (!custom.includes(name) && other !== undefined) {
          throw new ZenError(
            "flavor_not_custom",
            `The ${label} flavor "${name}" comes from ${other.origin === "python" ? "ZenML" : `the package ${other.package}`}, and was not registered from your own code.${didYouMean(name, custom)}`,
            {
              exitCode: 2,
              hint: other.origin === "python" ? "zen leaves it alone." : `It goes with its package: npm uninstall ${other.package}`,
            },
          );
        }
        await context.store.commit([{ kind: "delete_flavor", type, flavor: name }]);
        printDone([`Deleted flavor '${name}' of stack component '${type}'.`], { type, name, deleted: true });
      }),
  );
}

function settingEntry({ key, required, secret, description, default: preset }: ConfigOption): {
  name: string;
  required: boolean;
  secret: boolean;
  description: string;
  default: unknown;
} {
  return { name: key, required, secret, description, default: preset ?? null };
}

function exampleOf(type: ComponentTypeInfo["type"]): string {
  return type === "metadata_store" ? "sqlite" : type === "orchestrator" || type === "artifact_store" ? "local" : "NAME";
}

function warn(line: string): void {
  notice(styled(2, "yellow", line));
}
