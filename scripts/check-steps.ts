import process from "node:process";
import { checkChangesets } from "./changesets.ts";
import { checkContents } from "./package-contents.ts";
import { command, together, tool, type CommandResult } from "./command.ts";
import { checkTarballs } from "./tarballs.ts";

export interface CheckStep {
  readonly name: string;
  readonly run: () => Promise<CommandResult>;
}

/** What `npm run check` checks. The slow ones stand first, so that two at a time end together. */
export const CHECK_STEPS: readonly CheckStep[] = [
  // TypeScript's rules for a CommonJS importer don't apply to packages that are modules only.
  {
    name: "arethetypeswrong",
    run: async () => together(await checkTarballs((file) => tool("attw", [file, "--profile", "esm-only", "--no-emoji", "--no-color"]))),
  },
  { name: "types", run: () => tool("tsc", ["-p", "tsconfig.json"]) },
  { name: "lint", run: () => tool("oxlint", []) },
  { name: "knip", run: () => tool("knip", ["--no-progress", "--no-config-hints"]) },
  { name: "publint", run: async () => together(await checkTarballs((file) => tool("publint", ["run", file, "--strict"]))) },
  { name: "package contents", run: async () => together(await checkTarballs(checkContents)) },
  { name: "format", run: () => tool("oxfmt", ["--list-different"]) },
  { name: "reference", run: () => command(process.execPath, ["scripts/reference/main.ts", "--check"]) },
  { name: "changesets", run: checkChangesets },
  { name: "sherif", run: () => tool("sherif", ["--fail-on-warnings"]) },
];

/** What `npm run check -- --fix` does first: the formatter has the last word. */
export const FIX_STEPS: readonly CheckStep[] = [
  { name: "reference", run: () => command(process.execPath, ["scripts/reference/main.ts"]) },
  { name: "lint --fix", run: () => tool("oxlint", ["--fix"]) },
  { name: "format --fix", run: () => tool("oxfmt", []) },
];
