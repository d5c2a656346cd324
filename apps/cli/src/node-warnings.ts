import { session } from "./session.ts";

/**
 * Node warns of what our users can't change, or are told in better words: experimental features that we chose, a
 * pipeline file whose package.json has no "type", or has "commonjs". Everything else is shown as Node shows it, but never
 * beside a JSON answer.
 */
export function quietNodeWarnings(): void {
  const listeners = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning: Error & { code?: string }) => {
    if (session.json || isExpected(warning)) return;
    for (const listener of listeners) listener.call(process, warning);
  });
}

function isExpected({ name, code, message }: Error & { code?: string }): boolean {
  return name === "ExperimentalWarning" || code === "MODULE_TYPELESS_PACKAGE_JSON" || message.startsWith("Failed to load the ES module");
}
