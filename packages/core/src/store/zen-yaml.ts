import { isComponentType, type ComponentType } from "../component/component-type.ts";
import { ZenError } from "../error/zen-error.ts";
import { isPackageName, isVersion, own } from "../flavor/package-json.ts";
import type { Json } from "../pipeline/types.ts";
import type { ComponentRecord, StoredFlavor } from "./stack-store.ts";
import { brokenFile, mapping, readText, readYamlFile, text, type YamlMapping } from "./yaml-file.ts";

/** The version of `zen.yaml` that this zen writes, and the newest that it reads. */
export const ZEN_YAML_FORMAT = 1;

/** What `zen.yaml` says: the facts about a profile that only zen knows. */
export interface ZenYaml {
  /** Where the flavor of a component came from; nothing known if ZenML wrote the component. */
  origin(type: ComponentType, name: string): Pick<ComponentRecord, "package" | "version" | "contract" | "custom">;
  readonly flavors: readonly StoredFlavor[];
}

/** @throws ZenError `broken_file` */
export async function readZenYaml(path: string): Promise<ZenYaml> {
  const file = (await readYamlFile(path)) ?? {};
  const components = mapping(path, ["components"], own(file, "components")) ?? {};
  return {
    origin(type, name) {
      const at = ["components", type, name];
      const ofType = mapping(path, at.slice(0, 2), own(components, type)) ?? {};
      const entry = mapping(path, at, own(ofType, name)) ?? {};
      const contract = own(entry, "contract");
      return {
        package: textLike(isPackageName, "the name of a package", path, [...at, "package"], own(entry, "package")),
        version: textLike(isVersion, "a version", path, [...at, "version"], own(entry, "version")),
        contract: typeof contract === "number" ? contract : undefined,
        ...(own(entry, "custom") === true && { custom: true }),
      };
    },
    flavors: readFlavors(path, mapping(path, ["flavors"], own(file, "flavors")) ?? {}),
  };
}

/** A text that comes to stand in commands, which a person may paste. */
function textLike(
  isLike: (value: string) => boolean,
  what: string,
  path: string,
  at: readonly string[],
  value: unknown,
): string | undefined {
  const given = text(path, at, value);
  if (given !== undefined && !isLike(given)) throw brokenFile(path, `"${at.join(".")}" is ${JSON.stringify(given)}, and should be ${what}`);
  return given;
}

/** The entry of a component, or undefined for one of ZenML's. */
export function originEntry({ package: from, version, contract, custom }: ComponentRecord): Record<string, Json> | undefined {
  if (from === undefined && custom !== true) return undefined;
  return {
    ...(from !== undefined && { package: from }),
    ...(version !== undefined && { version }),
    ...(custom === true && { custom }),
    ...(contract !== undefined && { contract }),
  };
}

/**
 * Looks at the format alone, without a parser: `zen.yaml` may have thousands of entries, and most commands need none.
 *
 * @throws ZenError `profile_too_new`
 */
export function assertFormat(path: string, profile: string): void {
  const format = /^format:\s*(\S+)/m.exec(readText(path) ?? "")?.[1];
  if (format === undefined || (/^\d+$/.test(format) && Number(format) <= ZEN_YAML_FORMAT)) return;
  if (!/^\d+$/.test(format)) throw brokenFile(path, `"format" is ${JSON.stringify(format)} and should be a whole number`);
  throw new ZenError(
    "profile_too_new",
    `The profile "${profile}" was written by a newer zen: ${path} has the format ${format}, and this zen knows ${ZEN_YAML_FORMAT}.`,
    {
      hint: "Install a newer zen: npm install @zen/cli@latest. Nothing was changed.",
    },
  );
}

function readFlavors(path: string, ofTypes: YamlMapping): StoredFlavor[] {
  return Object.entries(ofTypes).flatMap(([type, value]) => {
    if (!isComponentType(type)) return [];
    return Object.entries(mapping(path, ["flavors", type], value) ?? {}).map(([flavor, entry]): StoredFlavor => {
      const at = ["flavors", type, flavor];
      const source = mapping(path, at, entry) ?? {};
      const field = (key: string): string =>
        text(path, [...at, key], own(source, key)) ??
        (() => {
          throw brokenFile(path, `"${[...at, key].join(".")}" is missing`);
        })();
      return { type, flavor, source: { kind: "custom", root: field("root"), module: field("module"), export: field("export") } };
    });
  });
}
