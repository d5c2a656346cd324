#!/usr/bin/env node
import { parseArgs } from "node:util";
import { EXAMPLE } from "./answers.ts";
import { createIntegration } from "./index.ts";
import { canAsk, oneName, printMade, runCommand } from "./scaffold/command.ts";

const HELP = `Usage: npm create @zen/integration [name] -- [options]

Makes a package with a flavor of your own, in a new folder.

Options:
  --type <type>         artifact_store, metadata_store or orchestrator
  --flavor <name>       the flavor's name (default: the package's)
  --description <text>  what it is, in a line
  --license <name>      Apache-2.0 or MIT
  -y, --yes             don't ask
  -h, --help            show this help
`;

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      type: { type: "string" },
      flavor: { type: "string" },
      description: { type: "string" },
      license: { type: "string" },
      yes: { type: "boolean", short: "y", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const { yes, help: _, ...wishes } = values;
  const name = oneName(positionals, EXAMPLE);
  const created = await createIntegration({ ...wishes, name }, { interactive: !yes && canAsk() });
  if (created.warning !== undefined) process.stderr.write(`Warning: ${created.warning}\n`);
  printMade(`${created.package} in ${created.folder}`, created.next);
}, "npm create @zen/integration -- --help");
