import path from "node:path";
import { command, type CommandResult } from "./command.ts";

/** What a build or a test leaves in a folder that is published, and nobody who installs it needs. Templates have tests for others. */
const UNWANTED = /\.tsbuildinfo$|\.test(-d)?\.|(^|\/)(fixtures|node_modules|\.turbo)\//;
const WANTED = ["package.json", "LICENSE", "README.md"];

/** Whether a packed package has its papers, and nothing that was only made on the way. */
export async function checkContents(tarball: string): Promise<CommandResult> {
  const listed = await command("tar", ["-tzf", tarball]);
  if (!listed.ok) return listed;
  const files = listed.output
    .trim()
    .split("\n")
    .map((file) => file.replace("package/", ""));
  const unwanted = files.filter((file) => UNWANTED.test(file) && !/^templates?\//.test(file)).map((file) => `contains ${file}`);
  const missing = WANTED.filter((file) => !files.includes(file)).map((file) => `lacks ${file}`);
  const problems = [...unwanted, ...missing].map((problem) => `${path.basename(tarball)} ${problem}`);
  return { ok: problems.length === 0, output: `${problems.join("\n")}\n` };
}
