// The console blocks of the document "Stacks, Profiles, Repositories", replayed: sessions/ has them as they stand there.
// deviations.md says how outputs are compared, and has every line that zen prints otherwise.
import { cpSync, globSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { workspace } from "../src/project.ts";
import { readConsoleBlock } from "./console-block.ts";
import { expected, readDeviations, type Deviation } from "./deviations.ts";
import { Machine } from "./machine.ts";
import { comparable, readOutput } from "./output.ts";

const sessions = path.join(import.meta.dirname, "sessions");
const blocks = globSync("*.console", { cwd: sessions })
  .map((file) => path.basename(file, ".console"))
  .toSorted();
const legacy = path.join(workspace, "packages/core/src/repository/fixtures/legacy-repository/written-by-0.6.3");

describe.each(["zenml", "zen"] as const)("typed as %s, in the order of the document", (command) => {
  const machine = new Machine(command, afterAll);
  const deviations = readDeviations();
  const used = new Set<string>();

  test.each(blocks)("%s prints what it shows", async (block) => {
    prepare(machine, block);
    const shown = readConsoleBlock(readFileSync(path.join(sessions, `${block}.console`), "utf8"));
    const ran = await machine.shell(
      shown.map((one) => one.command),
      shown[0]!.folder,
    );
    const [wanted, printed] = [[] as unknown[], [] as unknown[]];
    // Where a command runs, and what the next prompt shows: the folder before it.
    let folder = shown[0]!.folder ?? "/home/stefan";
    for (const [at, one] of shown.entries()) {
      expect(one.folder ?? folder).toBe(folder);
      const { text, used: now } = expected(one, { block, folder, deviations });
      for (const { title } of now) used.add(`${title}: ${block}`);
      const model = readOutput(text);
      wanted.push({ line: one.line, output: comparable(model, model), code: 0 });
      printed.push({ line: one.line, output: comparable(readOutput(sameProfile(ran[at]!.output)), model), code: ran[at]!.code });
      folder = ran[at]!.folder;
    }
    expect(printed).toEqual(wanted);
  });

  test("each line of deviations.md is needed", () => {
    const listed = deviations.flatMap(({ title, blocks: of }: Deviation) => of.map((block) => `${title}: ${block}`));
    expect(listed.toSorted()).toEqual([...used].toSorted());
  });

  test("the repository that 07-init makes has the one file of the document", () => {
    expect(readFileSync(machine.path("/tmp/zenml/.zen/config.yaml"), "utf8")).toBe(
      "active_profile_name: default\nactive_stack_name: default\n",
    );
    expect(globSync("**", { cwd: machine.path("/tmp/zenml/.zen") }).toSorted()).toEqual([".", "config.yaml"]);
  });
});

/** What the document's words between the blocks do. */
function prepare(machine: Machine, block: string): void {
  const zen = machine.path("/tmp/zenml/.zen");
  if (block === "06-legacy-repository" || block === "07-init") rmSync(zen, { recursive: true });
  if (block === "06-legacy-repository") cpSync(legacy, zen, { recursive: true });
}

/** With the document's name for the migrated profile, whose digits differ. */
function sameProfile(output: string): string {
  const [name] = /legacy-repository-[0-9a-f]{8}/.exec(output) ?? [];
  return name === undefined ? output : output.replaceAll(name, "legacy-repository-b8133fe0");
}
