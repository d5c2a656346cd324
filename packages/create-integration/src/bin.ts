#!/usr/bin/env node
import { parseArgs } from "node:util";
import { isZenError } from "@zen/core/light";
import { createIntegration } from "./index.ts";

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

const line = (text: string): void => void process.stderr.write(`${text}\n`);

try {
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
  if (values.help) process.stdout.write(HELP);
  else {
    const { yes, help: _, ...wishes } = values;
    const interactive = !yes && process.stdin.isTTY && process.stderr.isTTY;
    const created = await createIntegration({ ...wishes, name: positionals[0] }, { interactive });
    process.stdout.write(
      `Made ${created.package} in ${created.folder}. Next:\n${created.next.map((command) => `  ${command}\n`).join("")}`,
    );
  }
} catch (error) {
  const wrongUsage = (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS") === true;
  if (!isZenError(error) && !wrongUsage) throw error;
  line(`Error: ${wrongUsage ? (error as Error).message.replace(/\. .*/s, ".") : (error as Error).message}`);
  const hint = isZenError(error) ? error.hint : "See: npm create @zen/integration -- --help";
  if (hint !== undefined) line(hint);
  process.exitCode = isZenError(error) ? error.exitCode : 2;
}
