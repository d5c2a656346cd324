import { existsSync } from "node:fs";
import { type ComponentTypeInfo, ZenError } from "@zen/core/light";
import type { LogFlags } from "../command/life-cycle.ts";
import { jsonLines, rawOutput } from "./log-output.ts";
import { readLog } from "./read-log.ts";
import { session } from "../session.ts";
import { withProject } from "../project.ts";
import { chosenComponent } from "./chosen-component.ts";

/** `zen <type> logs [NAME]` */
export async function showComponentLog(row: ComponentTypeInfo, given: string | undefined, flags: LogFlags): Promise<void> {
  const { type, label, command } = row;
  const { profile, name } = await chosenComponent(row, given, flags);
  const { logFile } = await withProject({ profile, announced: true }, (project) => project.componentLog({ type, name }));
  if (logFile === null || !existsSync(logFile)) {
    throw new ZenError("log_not_found", `Unable to find log file for ${label} '${name}'.`, {
      hint: logFile === null ? "Its flavor keeps none." : `It would be ${logFile}. Start the component: zen ${command} up ${name}`,
    });
  }
  const { tail, follow = false } = flags;
  const output = session.json ? jsonLines({ endless: follow }) : rawOutput;
  await readLog(logFile, { tail, follow }, output);
  output.end();
}
