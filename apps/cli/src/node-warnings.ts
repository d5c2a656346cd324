import { session } from "./session.ts";

/**
 * Node warns of what our users can't change: experimental features that we chose, and a pipeline file whose package.json
 * has no "type". Everything else is shown as Node shows it, but never beside a JSON answer.
 */
export function quietNodeWarnings(): void {
  const listeners = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning: Error & { code?: string }) => {
    if (session.json || warning.name === "ExperimentalWarning" || warning.code === "MODULE_TYPELESS_PACKAGE_JSON") return;
    for (const listener of listeners) listener.call(process, warning);
  });
}
