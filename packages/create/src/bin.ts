#!/usr/bin/env node
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  askText,
  assertNewFolder,
  assertPackageName,
  canAsk,
  folderOf,
  oneName,
  printMade,
  readTemplates,
  runCommand,
  startedBy,
  writeNewFolder,
} from "@zen/create-integration/scaffold";
import { packageJson } from "./package-json.ts";

const TEMPLATE = fileURLToPath(new URL("../template", import.meta.url));
const EXAMPLE = "npm create @zen my-project";
const HELP = `Usage: npm create @zen [name] -- [options]

Makes a project with a typed pipeline on sample data, in a new folder.

Options:
  -y, --yes   don't ask
  -h, --help  show this help
`;

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      yes: { type: "boolean", short: "y", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const name = oneName(positionals, EXAMPLE) ?? (!values.yes && canAsk() ? await askName() : "");
  assertPackageName(name, EXAMPLE);
  const folder = path.resolve(folderOf(name));
  const files = readTemplates(TEMPLATE, (text) => text.replaceAll("{{name}}", name));
  writeNewFolder(folder, new Map([["package.json", `${JSON.stringify(packageJson(name), null, 2)}\n`], ...files]));
  const manager = startedBy();
  printMade(`the project ${name} in ${folder}`, [
    `cd ${path.basename(folder)}`,
    `${manager} install`,
    `${manager} run start`,
    `${manager} run test`,
  ]);
}, "npm create @zen -- --help");

function askName(): Promise<string> {
  const check = (name: string): void => {
    assertPackageName(name, EXAMPLE);
    assertNewFolder(folderOf(name));
  };
  return askText("What is the project called? (such as my-project)", { check });
}
