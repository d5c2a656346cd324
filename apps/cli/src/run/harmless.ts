import { stripVTControlCharacters } from "node:util";

const STYLE = /(\u001b\[[0-9;]*m)/;
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]+/g;

/**
 * A line that a step printed, as it may stand on a terminal whose other lines zen moves about: with its colours, if there
 * are any to be, and nothing else that steers.
 */
export function harmless(line: string, colours: boolean): string {
  const parts = lastState(line).split(STYLE);
  const text = parts
    .map((part, i) => (i % 2 === 1 ? (colours ? part : "") : stripVTControlCharacters(part).replace(CONTROL, " ")))
    .join("");
  return colours && parts.length > 1 ? `${text}\u001b[0m` : text;
}

/** Of a line that was written over itself, as bars of progress are with carriage returns, what was to be seen at its end. */
export function lastState(line: string): string {
  return line.split("\r").findLast((part) => part !== "") ?? "";
}
