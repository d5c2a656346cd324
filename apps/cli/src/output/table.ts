import { columns as terminalColumns, write } from "./terminal.ts";
import { fold, prepareWidths, textWidth, truncate } from "./text-width.ts";

/** The mark of what is active. */
export const ACTIVE_MARK = "👉";

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Above the table, centred. */
  readonly title?: string;
  /** Below the table, centred. */
  readonly caption?: string;
  /** How many of the last columns are left out where the terminal is too narrow for all. */
  readonly optional?: number;
  /** A description: a line between rows, and long values on several lines. Otherwise a list, whose cells are cut. */
  readonly description?: boolean;
}

/** Prints a table on standard output: cut or folded to the width of a terminal, whole anywhere else. */
export async function printTable(table: Table): Promise<void> {
  const terminal = terminalColumns(1);
  // As in the documentation, whose tables leave the last of 80 columns free.
  write(1, await renderTable(table, terminal === undefined ? undefined : terminal - 1));
}

/** The table of the documentation: heavy edges, thin inner lines, at most `width` columns. Without it nothing is cut. */
export async function renderTable(
  { columns: all, rows, title, caption, optional = 0, description = false }: Table,
  width = Infinity,
): Promise<string> {
  const cells = rows.map((row) => row.map((cell) => visible(cell, description)));
  await prepareWidths([all, ...cells].flat().concat(title ?? "", caption ?? ""));
  const natural = all.map((column, i) => cells.reduce((widest, row) => Math.max(widest, cellWidth(row[i]!)), textWidth(column)));
  for (let left = optional; left > 0 && sum(natural) + edges(natural.length) > width; left--) natural.pop();
  const columns = all.slice(0, natural.length);
  const widths = fit(natural, width - edges(natural.length));
  const centred = !description && columns[0] === "ACTIVE";

  const line = (parts: readonly string[]): string =>
    `┃ ${parts.map((part, i) => (centred && i === 0 ? centre(part, widths[i]!) : pad(part, widths[i]!))).join(" │ ")} ┃\n`;
  const rule = (left: string, middle: string, right: string, dash: string): string =>
    `${left}${widths.map((columnWidth) => dash.repeat(columnWidth + 2)).join(middle)}${right}\n`;
  const cut = (row: readonly string[]): string => line(widths.map((columnWidth, i) => truncate(row[i]!, columnWidth)));
  const folded = (row: readonly string[]): string => {
    const pieces = widths.map((columnWidth, i) => row[i]!.split("\n").flatMap((part) => fold(part, columnWidth)));
    const height = Math.max(...pieces.map((list) => list.length));
    return Array.from({ length: height }, (_, at) => line(pieces.map((list) => list[at] ?? ""))).join("");
  };

  const separator = rule("┠", "┼", "┨", "─");
  const body = cells.map(description ? folded : cut).join(description ? separator : "");
  const total = sum(widths) + edges(widths.length);
  return [
    title === undefined ? "" : centreLines(title, total),
    rule("┏", "┯", "┓", "━"),
    cut(columns),
    separator,
    body,
    rule("┗", "┷", "┛", "━"),
    caption === undefined ? "" : centreLines(caption, total),
  ].join("");
}

/** The columns of a terminal that borders and blanks take. */
function edges(columns: number): number {
  return 3 * columns + 1;
}

function sum(widths: readonly number[]): number {
  return widths.reduce((total, width) => total + width, 0);
}

/** The widest line of a cell. */
function cellWidth(cell: string): number {
  return cell.includes("\n") ? Math.max(...cell.split("\n").map(textWidth)) : textWidth(cell);
}

/** Takes from the widest column, again and again, until all fit. No column gets narrower than a short word. */
function fit(natural: readonly number[], available: number): number[] {
  const widths = [...natural];
  let excess = sum(widths) - available;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= 6) break;
    widths[widths.lastIndexOf(widest)]!--;
    excess--;
  }
  return widths;
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - textWidth(text)));
}

function centre(text: string, width: number): string {
  const before = Math.max(0, Math.floor((width - textWidth(text)) / 2));
  return pad(" ".repeat(before) + text, width);
}

/** A title broken between words at the width of its table. */
function centreLines(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(last) + 1 + textWidth(word) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => `${centre(line, width).trimEnd()}\n`).join("");
}

/** Control characters spelt out, so that a name can neither break the table nor steer the terminal. */
function visible(text: string, keepLines: boolean): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) =>
    keepLines && character === "\n" ? character : (SPELT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
}

const SPELT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
