import { COMPONENT_TYPES } from "@zen/core/light";
import type { ZenCommand } from "./program.ts";

/** The sections of `zen --help`, in their order. */
export const CATEGORIES = ["Pipelines", "Stacks", "Stack Components", "Other Commands"] as const;

export interface Group {
  readonly name: string;
  readonly category: (typeof CATEGORIES)[number];
  readonly summary: string;
  /** Builds the command, and with it loads no more than this group needs. */
  readonly load: () => Promise<ZenCommand>;
}

/** The first word of every command line. */
export const GROUPS: readonly Group[] = [
  {
    name: "pipeline",
    category: "Pipelines",
    summary: "Run pipelines, and list those that have run",
    load: async () => (await import("./command/pipeline.ts")).pipelineCommand(),
  },
  {
    name: "run",
    category: "Pipelines",
    summary: "List runs, describe them, and read their logs",
    load: async () => (await import("./command/run.ts")).runCommand(),
  },
  {
    name: "artifact",
    category: "Pipelines",
    summary: "List, describe and read what runs have made",
    load: async () => (await import("./command/artifact.ts")).artifactCommand(),
  },
  {
    name: "stack",
    category: "Stacks",
    summary: "Register stacks, share them, and choose the active one",
    load: async () => (await import("./command/stack.ts")).stackCommand(),
  },
  {
    name: "profile",
    category: "Stacks",
    summary: "Keep sets of stacks apart, and choose the active one",
    load: async () => (await import("./command/profile.ts")).profileCommand(),
  },
  ...COMPONENT_TYPES.map((row): Group => ({
    name: row.command,
    category: "Stack Components",
    summary: row.description,
    load: async () => (await import("./command/component.ts")).componentCommand(row),
  })),
  {
    name: "integration",
    category: "Other Commands",
    summary: "Packages that bring flavors: list, search, install, examine and write them",
    load: async () => (await import("./command/integration.ts")).integrationCommand(),
  },
  {
    name: "init",
    category: "Other Commands",
    summary: "Make a folder a repository, with an active profile and stack of its own",
    load: async () => (await import("./command/init.ts")).initCommand(),
  },
  {
    name: "status",
    category: "Other Commands",
    summary: "Show what is active here, and why",
    load: async () => (await import("./command/status.ts")).statusCommand(),
  },
  {
    name: "version",
    category: "Other Commands",
    summary: "Show the version of zen",
    load: async () => (await import("./command/version.ts")).versionCommand(),
  },
  {
    name: "completion",
    category: "Other Commands",
    summary: "Print a script that completes commands and names in your shell",
    load: async () => (await import("./command/completion.ts")).completionCommand(),
  },
];
