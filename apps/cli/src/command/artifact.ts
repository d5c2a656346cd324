import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline as pump } from "node:stream/promises";
import type { ReadArtifact } from "@zen/core/host";
import { ZenError } from "@zen/core/light";
import { printDone, printList } from "../output/answer.ts";
import { localTime, size } from "../output/format.ts";
import { printJson } from "../output/json.ts";
import { printTable } from "../output/table.ts";
import { isGone, write, writeLine } from "../output/terminal.ts";
import { positiveInteger, ZenCommand } from "../program.ts";
import { withProject } from "../project.ts";
import { session } from "../session.ts";

interface StackFlags {
  readonly profile?: string;
  readonly stack?: string;
}

export interface CopyFlags extends StackFlags {
  readonly run?: string;
  readonly toStack?: string;
  readonly concurrency?: number;
  readonly dryRun?: boolean;
}

/** `zen artifact …` */
export function artifactCommand(): ZenCommand {
  const artifact = new ZenCommand("artifact")
    .description("List, describe, read and copy what runs have made")
    .examples("zen artifact list", "zen artifact read train.model");

  artifact
    .sub("list", "List artifacts, the newest first")
    .option("--run <run>", "only those of this run: an id, the beginning of one, or a name")
    .limitOption()
    .stackOptions()
    .examples("zen artifact list", "zen artifact list --run training-20261123T213005Z-4f2a9c")
    .action(async ({ run, limit, profile, stack }: StackFlags & { run?: string; limit?: number }) => {
      const filter = { ...(run === undefined ? {} : { run }), ...(limit === undefined ? {} : { limit }) };
      const artifacts = await withProject({ profile, stack }, (project) => project.listArtifacts(filter));
      await printList(artifacts, {
        empty: run === undefined ? "There is no artifact yet. Run a pipeline: zen pipeline run FILE" : "That run has made no artifact.",
        columns: ["NAME", "ID", "SIZE", "TYPE", "CREATED", "RUN"],
        row: (entry) => [entry.name, entry.id, size(entry.size), entry.materializer, localTime(entry.createdAt), entry.run],
        optional: 3,
      });
    });

  artifact
    .sub("describe", "Describe an artifact: where it is, what made it, and what took it")
    .argument("<artifact>", "an id, the beginning of one, or a name such as train.model (the newest)")
    .stackOptions()
    .examples("zen artifact describe train.model")
    .action(async (reference: string, { profile, stack }: StackFlags) => {
      const described = await withProject({ profile, stack }, (project) => project.describeArtifact(reference));
      if (session.json) return printJson(described);
      const rows: [string, string][] = [
        ["NAME", described.name],
        ["ID", described.id],
        ["RUN", described.run],
        ["RUN_ID", described.runId],
        ["TYPE", described.materializer],
        ["SIZE", size(described.size)],
        ["URI", described.uri],
        ["DIGEST", described.digest],
        ["CREATED", localTime(described.createdAt)],
        ...(described.fileName === null ? [] : [["FILE_NAME", described.fileName] satisfies [string, string]]),
        ...Object.entries(described.metadata).map(([key, value]): [string, string] => [
          key,
          typeof value === "string" ? value : JSON.stringify(value),
        ]),
        ["CONSUMERS", described.consumers.map(({ runId, node }) => `${node} (run ${runId})`).join("\n")],
      ];
      await printTable({ title: `'${described.name}' Artifact`, columns: ["PROPERTY", "VALUE"], rows, description: true });
    });

  artifact
    .sub("read", "Print an artifact as a person would read it, or write its bytes to a file")
    .argument("<artifact>", "an id, the beginning of one, or a name such as train.model (the newest)")
    .optionOf("--to <file>", "write the stored bytes to this file ( - for standard output)", { kind: "path", what: "file" })
    .stackOptions()
    .examples(
      "zen artifact read train.model",
      "zen artifact read evaluate.accuracy --output json",
      "zen artifact read 0192d3 --to model.bin",
    )
    .action(async (reference: string, { to, profile, stack }: StackFlags & { to?: string }) => {
      await withProject({ profile, stack }, async (project) => {
        const read = await project.readArtifact(reference);
        if (to === "-") return copyToOutput(read);
        if (to !== undefined) return copyToFile(read, to);
        // The value's keys are the user's: they are printed as they are.
        if (session.json) return writeLine(1, JSON.stringify(await read.json(), null, 2));
        const text = await read.text();
        write(1, text.endsWith("\n") ? text : `${text}\n`);
      });
    });

  artifact
    .sub("copy", "Copy an artifact, or all of a run, to the artifact store of another stack")
    .argument("[artifact]", "an id, the beginning of one, or a name such as train.model (the newest)")
    .option("--run <run>", "instead of one: all artifacts of this run, an id, the beginning of one, or a name")
    .optionOf("--to-stack <name>", "the stack that gets them (required)", { kind: "stack" })
    .option("--concurrency <n>", "how many artifacts at a time (default: 8)", positiveInteger)
    .option("--dry-run", "say what would be copied, and copy nothing")
    .stackOptions()
    .examples("zen artifact copy train.model --to-stack team", "zen artifact copy --run training-20261123T213005Z-4f2a9c --to-stack team")
    .action(async (reference: string | undefined, flags: CopyFlags) =>
      (await import("../copy/copy-artifacts.ts")).copyArtifacts(reference, flags),
    );
  return artifact;
}

async function copyToOutput(artifact: ReadArtifact): Promise<void> {
  for await (const chunk of artifact.bytes()) {
    if (isGone(1)) return;
    write(1, chunk);
  }
}

/** What the system says of a file that can't be written, in words; anything else as it is. */
function writeProblem(error: unknown, to: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const folder = path.dirname(to);
  if (code === "ENOENT" || code === "ENOTDIR")
    return new ZenError("no_such_folder", `Can't write ${to}: there is no folder ${folder}.`, {
      hint: `Make it first: mkdir -p ${folder}`,
    });
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return new ZenError("permission_denied", `Can't write ${to}: permission denied.`, {
      hint: "Name a file in a folder that you may write to.",
    });
  if (code === "ENOSPC")
    return new ZenError("disk_full", `Can't write ${to}: the disk is full.`, { hint: "Make room, or name a file on another disk." });
  return error;
}

/** Whole or not at all: a file of that name is replaced only when every byte has been read and checked. */
async function copyToFile(artifact: ReadArtifact, to: string): Promise<void> {
  const file = path.resolve(to);
  if (
    await stat(file).then(
      (entry) => entry.isDirectory(),
      () => false,
    )
  ) {
    throw new ZenError("not_a_file", `${to} is a folder.`, { exitCode: 2, hint: `Name the file to write: --to ${path.join(to, "FILE")}` });
  }
  const part = `${file}.${process.pid}.part`;
  try {
    await pump(Readable.fromWeb(artifact.bytes() as Parameters<typeof Readable.fromWeb>[0]), createWriteStream(part));
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw writeProblem(error, to);
  }
  printDone([`Wrote ${size(artifact.size)} to ${to}.`], { id: artifact.id, file, size: artifact.size });
}
