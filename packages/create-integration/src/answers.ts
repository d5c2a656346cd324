import { COMPONENT_TYPES, componentType, didYouMean, isComponentType, type ComponentType, ZenError } from "@zen/core/light";
import { assertPackageName, folderOf } from "./scaffold/package-name.ts";

/** What may be said of the package to make. */
export interface Wishes {
  readonly name?: string | undefined;
  readonly type?: string | undefined;
  readonly flavor?: string | undefined;
  readonly description?: string | undefined;
  readonly license?: string | undefined;
}

/** All that is needed to make it. */
export interface Answers {
  /** The folder's name, within the working directory. */
  readonly folder: string;
  readonly package: string;
  readonly type: ComponentType;
  readonly flavor: string;
  readonly description: string;
  readonly license: (typeof LICENCES)[number];
}

/** Those whose text comes with this package. */
export const LICENCES = ["Apache-2.0", "MIT"] as const;
/** The types whose base class is complete. */
export const TYPES = COMPONENT_TYPES.filter(({ contract }) => contract > 0).map(({ type }) => type);

/** A command with a good name. */
export const EXAMPLE = "npm create @zen/integration my-store";
const FLAVOR = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * Completes and checks what was said.
 *
 * @throws ZenError `bad_name`, `bad_type`, `bad_flavor_name`, `bad_licence`
 */
export function answersFrom({ name = "", type = "artifact_store", flavor, description, license = "Apache-2.0" }: Wishes): Answers {
  assertPackageName(name, EXAMPLE);
  const kind = typeFrom(type);
  const short = flavorOf(name);
  const named = flavor ?? short;
  if (!FLAVOR.test(named))
    throw new ZenError(
      "bad_flavor_name",
      `"${named}" can't be the name of a flavor: it takes small letters and digits, in words joined by -.`,
      {
        exitCode: 2,
        hint: "Name it: --flavor=my-store",
      },
    );
  if (!isLicence(license))
    throw new ZenError("bad_licence", `There is no text of the licence "${license}" here.${didYouMean(license, LICENCES)}`, {
      exitCode: 2,
      hint: `Take ${LICENCES.join(" or ")}, and put another one in its place.`,
    });
  const { label } = componentType(kind);
  return {
    folder: folderOf(name),
    package: name === short ? `zen-integration-${name}` : name,
    type: kind,
    flavor: named,
    description: description ?? `The ${label} flavor ${named} for zen`,
    license,
  };
}

/** What a flavor is called that isn't given another name. @param name of its package */
export function flavorOf(name: string): string {
  return folderOf(name).replace(/^zen-integration-/, "");
}

function typeFrom(word: string): ComponentType {
  const type = word.replaceAll("-", "_");
  if (isComponentType(type) && TYPES.includes(type)) return type;
  const experimental = isComponentType(type);
  throw new ZenError(
    "bad_type",
    experimental
      ? `The base class of ${componentType(type).plural.replaceAll("_", " ")} is experimental: it has no methods that a flavor could keep yet.`
      : `"${word}" is no component type.${didYouMean(type, TYPES)}`,
    { exitCode: 2, hint: `Take one of: ${TYPES.join(", ")}.` },
  );
}

function isLicence(word: string): word is Answers["license"] {
  return LICENCES.some((licence) => licence === word);
}
