import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { componentType } from "@zen/core/light";
import type { Answers } from "./answers.ts";
import { packageJson } from "./package-json.ts";
import { readTemplates } from "./scaffold/templates.ts";

const TEMPLATES = fileURLToPath(new URL("../templates", import.meta.url));

/** How a component of the template's flavor is registered, and what the template is worth. */
const ABOUT: Readonly<Record<string, { readonly settings: (flavor: string) => string; readonly honest: string }>> = {
  artifact_store: {
    settings: (flavor) => ` --path=${flavor}:///tmp/artifacts`,
    honest:
      "It keeps objects as files in a folder, whole or not at all. It is a place to begin: replace what touches files by what your storage has, a method at a time, while the tests stay green.",
  },
  metadata_store: {
    settings: () => " --file=/tmp/records.db",
    honest:
      "It keeps records as JSON in one SQLite file, and looks at all of a kind for each question: right for a few thousand runs, and slow beyond. It is a place to begin: replace the file by your database, and the questions by queries, while the tests stay green.",
  },
  orchestrator: {
    settings: () => "",
    honest:
      "It runs steps in this process, a few at a time. It is a place to begin: let `deployment.execute` happen where your steps should run, while the tests stay green.",
  },
};

/** The files of a new package, by path, with their texts. */
export function filesFor(answers: Answers): ReadonlyMap<string, string> {
  const className = classNameOf(answers);
  const files = new Map([["package.json", `${JSON.stringify(packageJson(answers, className), null, 2)}\n`]]);
  const fill = (text: string): string => filled(text, answers, className);
  for (const folder of ["common", answers.type])
    for (const [name, text] of readTemplates(path.join(TEMPLATES, folder), fill)) files.set(name, text);
  files.set("LICENSE", fill(readFileSync(path.join(TEMPLATES, "licences", `${answers.license}.txt`), "utf8")));
  return files;
}

function filled(text: string, { package: name, type, flavor, description }: Answers, className: string): string {
  const { label, command } = componentType(type);
  const { settings, honest } = ABOUT[type]!;
  const words: Record<string, string> = {
    package: name,
    description,
    command,
    flavor,
    label,
    honest,
    class: className,
    settings: settings(flavor),
  };
  return text
    .replace(/\{\{(\w+)\}\}/g, (_, word: string) => words[word]!)
    .replace(/Template(?:ArtifactStore|MetadataStore|Orchestrator)/g, className)
    .replace(/(?<=["`])template(?=["`:-])|template(?=:\/\/)/g, flavor);
}

/** `my-store` of an orchestrator: MyStoreOrchestrator; a word that is there already isn't said twice. */
function classNameOf({ flavor, type }: Answers): string {
  const capital = (word: string): string => word[0]!.toUpperCase() + word.slice(1);
  const own = flavor.split("-").map(capital).join("");
  const kind = type.split("_").map(capital).join("");
  return own.endsWith(kind) ? own : own + kind;
}
