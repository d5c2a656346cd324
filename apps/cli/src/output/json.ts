import { writeLine } from "./terminal.ts";

/** Values under these keys belong to the user: their own keys stay as they are. */
const USERS_OWN = new Set(["fields", "metadata", "config", "value"]);

/** The answer of a command with `--output json`. */
export function printJson(value: unknown): void {
  writeLine(1, JSON.stringify(snakeCased(value), null, 2));
}

/** One line of a stream of answers. */
export function printJsonLine(value: unknown): void {
  writeLine(1, JSON.stringify(snakeCased(value)));
}

/** A copy with every key of ours in snake_case, as in zen's files. */
export function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      USERS_OWN.has(key) ? entry : snakeCased(entry),
    ]),
  );
}
