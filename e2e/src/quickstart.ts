import { cpSync } from "node:fs";
import path from "node:path";
import { workspace, type Project } from "./project.ts";

/** Real files, of which every install of this repository has enough. */
const SOURCES = path.join(workspace, "packages/core/node_modules/zod");
const PARAMS = [`folder=${SOURCES}`, "perLanguage=60", "minimum=20", "bytes=400", "longest=[1,2]", "epochs=3"];

/** The command that runs the quickstart on less than it takes by itself. */
export const RUN_QUICKSTART: readonly string[] = ["pipeline", "run", "src/pipeline.ts", ...PARAMS.flatMap((param) => ["--param", param])];

/** Puts the quickstart's files, unchanged, into a project. */
export function copyQuickstart(project: Project): void {
  cpSync(path.join(workspace, "examples/quickstart/src"), path.join(project.folder, "src"), { recursive: true });
}
