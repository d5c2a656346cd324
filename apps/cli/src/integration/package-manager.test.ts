import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { inWordsOfProject } from "./package-manager.ts";

const COMMANDS = ["npm install x@latest", "npm uninstall x && npm install x", "npm install"] as const;

function folder(files: Record<string, string>): string {
  const made = mkdtempSync(path.join(tmpdir(), "zen-manager-"));
  onTestFinished(() => rmSync(made, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(made, name), text);
  return made;
}

it.each<[where: string, files: Record<string, string>, commands: readonly string[]]>([
  ["a project with npm", { "package.json": "{}" }, COMMANDS],
  [
    "a project with pnpm",
    { "package.json": "{}", "pnpm-lock.yaml": "" },
    ["pnpm add x@latest", "pnpm remove x && pnpm add x", "pnpm install"],
  ],
  ["no project, where what is found is global", {}, ["npm install -g x@latest", "npm uninstall -g x && npm install -g x", "npm install"]],
])("a command that mends something, in %s", (_, files, commands) => {
  expect(COMMANDS.map(inWordsOfProject(folder(files)))).toEqual(commands);
});
