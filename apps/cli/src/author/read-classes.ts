import path from "node:path";
import type { FlavorModule, FlavorModules } from "@zen/core/host";
import { ZenError } from "@zen/core/light";
import { session } from "../session.ts";

/** What the process that imports the modules answers. */
export type ClassAnswer =
  | { readonly modules: readonly FlavorModule[]; readonly error?: undefined }
  | { readonly error: { readonly code: string; readonly message: string; readonly hint: string | undefined } };

const LIMIT_SECONDS = 60;

/**
 * Imports modules of a package in a process of its own, so that each call sees them as they are now, and nothing that they
 * do ends or holds this one. What they print goes to standard error.
 *
 * @throws ZenError `import_unfinished`, `import_exited`; `core_not_found`
 */
export async function readClasses(request: FlavorModules): Promise<readonly FlavorModule[]> {
  if (request.modules.length === 0) return [];
  // Not imported: commander's `node:child_process` is an empty one here.
  const { fork } = process.getBuiltinModule("node:child_process");
  const output = session.json ? "ignore" : 2;
  const child = fork(path.join(__dirname, "class-reader.js"), { cwd: request.folder, stdio: ["ignore", output, output, "ipc"] });
  const what = `${request.package} (${request.modules.join(", ")})`;
  const answer = await new Promise<ClassAnswer>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(
        new ZenError("import_unfinished", `Importing ${what} didn't end within ${LIMIT_SECONDS} seconds.`, {
          hint: "Look for a top-level await, or a loop, in its modules.",
        }),
      );
    }, LIMIT_SECONDS * 1000);
    child.once("message", (message) => {
      clearTimeout(timer);
      resolve(message as ClassAnswer);
    });
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      reject(
        new ZenError("import_exited", `Importing ${what} ended the process (${signal ?? `exit code ${code}`}).`, {
          hint: "Modules of a flavor must not call process.exit, and must not do their work when they are imported.",
        }),
      );
    });
    child.send(request);
  });
  if (answer.error) throw new ZenError(answer.error.code, answer.error.message, { hint: answer.error.hint });
  return answer.modules;
}
