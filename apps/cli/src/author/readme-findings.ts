import { readdirSync } from "node:fs";
import path from "node:path";
import { COMPONENT_TYPES, componentType, discoverFlavors, names, ownPackage, type ComponentType, type FlavorEntry } from "@zen/core/light";
import { textNow } from "../text-now.ts";
import type { AuthorPackage } from "./author-package.ts";
import { findings, type Finding } from "./finding.ts";

/** Whether there is a README, and the flavors in its commands are there for who types them. */
export function readmeFindings(author: AuthorPackage): readonly Finding[] {
  const files = readdirSync(author.folder).filter((name) => /^readme(\.|$)/i.test(name));
  if (files.length > 0)
    return findings(
      "readme",
      files.flatMap((file) => unknownFlavors(author, file)),
    );
  return findings("readme", [
    {
      status: "failed",
      message: "there is no README.md",
      hint: "Say what the flavor is for, how to register it, and what it needs.",
    },
  ]);
}

function unknownFlavors({ folder, name }: AuthorPackage, file: string): readonly Omit<Finding, "check">[] {
  const { flavors } = discoverFlavors({ folder });
  const own = flavors.filter((entry) => entry.package === name || entry.through === name);
  // What is wrong with the manifest is said elsewhere.
  if (own.length === 0) return [];
  return flavorsInCommands(textNow(path.join(folder, file)) ?? "")
    .filter((named) => !isKnown(named, flavors))
    .map(({ line, type, flavor }) => ({
      status: "warning",
      message: `line ${line} of ${file} has the ${type ? `${componentType(type).label} ` : ""}flavor "${flavor}", and the package has ${list(own)}`,
      hint: "Correct the command: who copies it gets an error.",
    }));
}

/** Of this package, of one that is installed with it, or of zen's: a stack in an example has other components as well. */
function isKnown({ type, flavor }: NamedFlavor, flavors: readonly FlavorEntry[]): boolean {
  return COMPONENT_TYPES.filter((row) => type === undefined || row.type === type).some(
    (row) =>
      ownPackage(row.type, flavor) !== undefined ||
      flavors.some(
        (entry) => entry.type === row.type && names(entry).some((name) => flavor === name || flavor === `${entry.package}:${name}`),
      ),
  );
}

function list(flavors: readonly FlavorEntry[]): string {
  return flavors.map(({ type, flavor }) => `the ${componentType(type).label} flavor "${flavor}"`).join(", ");
}

interface NamedFlavor {
  /** From 1. */
  readonly line: number;
  /** Of what the command registers or describes; undefined where the option stands alone. */
  readonly type: ComponentType | undefined;
  readonly flavor: string;
}

const TYPES = new Map(COMPONENT_TYPES.flatMap(({ type, command }) => [[type, type] as const, [command, type] as const]));
/** Between words; a command may go on in the next line. */
const GAP = String.raw`(?:[ \t]|\\\n)+`;
const REGISTER = String.raw`register${GAP}(?:\\\n|[^\n\x60;&|])*?(?<=\s)(?:--flavor|-f)(?:=|${GAP})`;
const COMMAND = String.raw`\bzen(?:ml)?${GAP}(?<word>${[...TYPES.keys()].join("|")})${GAP}(?:${REGISTER}|flavor${GAP}describe${GAP})`;
/** Without a command, what follows `--flavor` and a blank may be any word. */
const NAMED = new RegExp(String.raw`(?:${COMMAND}|--flavor=)["']?(?<flavor>[\w@][\w@/:.-]*)`, "g");
/** `NAME` stands for any. */
const PLACEHOLDER = /^[A-Z_]+$/;

function flavorsInCommands(text: string): readonly NamedFlavor[] {
  return [...text.replaceAll("\r\n", "\n").matchAll(NAMED)].flatMap(({ 0: found, index, input, groups }) => {
    const { word = "", flavor = "" } = groups!;
    // The end of a sentence isn't part of a name.
    const name = flavor.replace(/[.:]+$/, "");
    if (PLACEHOLDER.test(name)) return [];
    return [{ line: input.slice(0, index + found.length).split("\n").length, type: TYPES.get(word), flavor: name }];
  });
}
