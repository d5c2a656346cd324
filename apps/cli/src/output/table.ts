import { columns as terminalColumns, write } from "./terminal.ts";
import { fold, plainWidth, prepareWidths, textWidth, truncate } from "./text-width.ts";

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
  const { cells, measured } = await measure(rows, description);
  await prepareWidths([...all, title ?? "", caption ?? ""]);
  const natural = all.map((column, i) => measured.reduce((widest, row) => Math.max(widest, row[i]!), textWidth(column)));
  for (let left = optional; left > 0 && sum(natural) + edges(natural.length) > width; left--) natural.pop();
  const columns = all.slice(0, natural.length);
  const widths = fit(natural, width - edges(natural.length));
  const centred = !description && columns[0] === "ACTIVE";

  const line = (parts: readonly string[], partWidths: readonly number[]): string => {
    const padded = widths.map((columnWidth, i) => {
      const part = parts[i]!;
      const blank = Math.max(0, columnWidth - partWidths[i]!);
      const before = centred && i === 0 ? Math.floor(blank / 2) : 0;
      return before === 0 ? part.padEnd(part.length + blank) : `${" ".repeat(before)}${part}${" ".repeat(blank - before)}`;
    });
    return `┃ ${padded.join(" │ ")} ┃\n`;
  };
  const rule = (left: string, middle: string, right: string, dash: string): string =>
    `${left}${widths.map((columnWidth) => dash.repeat(columnWidth + 2)).join(middle)}${right}\n`;
  const cut = (row: readonly string[], rowWidths: readonly number[]): string => {
    if (widths.every((columnWidth, i) => rowWidths[i]! <= columnWidth)) return line(row, rowWidths);
    const parts = widths.map((columnWidth, i) => truncate(row[i]!, columnWidth));
    return line(parts, parts.map(textWidth));
  };
  const folded = (row: readonly string[]): string => {
    const pieces = widths.map((columnWidth, i) => row[i]!.split("\n").flatMap((part) => fold(part, columnWidth)));
    const height = Math.max(...pieces.map((list) => list.length));
    return Array.from({ length: height }, (_, at) => {
      const parts = pieces.map((list) => list[at] ?? "");
      return line(parts, parts.map(textWidth));
    }).join("");
  };

  const separator = rule("┠", "┼", "┨", "─");
  const body = description ? cells.map(folded).join(separator) : cells.map((row, i) => cut(row, measured[i]!)).join("");
  const total = sum(widths) + edges(widths.length);
  return [
    title === undefined ? "" : centreLines(title, total),
    rule("┏", "┯", "┓", "━"),
    cut(columns, columns.map(textWidth)),
    separator,
    body,
    rule("┗", "┷", "┛", "━"),
    caption === undefined ? "" : centreLines(caption, total),
  ].join("");
}

/** What is shown of each cell, and how wide that is: looked at once, because a list may have thousands. */
async function measure(
  rows: Table["rows"],
  keepLines: boolean,
): Promise<{ readonly cells: readonly string[][]; readonly measured: readonly number[][] }> {
  const odd: { readonly row: number; readonly column: number }[] = [];
  const measured = rows.map((row, at) =>
    row.map((cell, column) => {
      const width = plainWidth(cell);
      if (width === undefined) odd.push({ row: at, column });
      return width ?? 0;
    }),
  );
  const cells = odd.length === 0 ? (rows as readonly string[][]) : rows.map((row) => [...row]);
  for (const { row, column } of odd) cells[row]![column] = visible(cells[row]![column]!, keepLines);
  await prepareWidths(odd.map(({ row, column }) => cells[row]![column]!));
  for (const { row, column } of odd) measured[row]![column] = cellWidth(cells[row]![column]!);
  return { cells, measured };
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

/** A title broken between words at the width of its table. */
function centreLines(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(last) + 1 + textWidth(word) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => `${" ".repeat(Math.max(0, Math.floor((width - textWidth(line)) / 2)))}${line.trimEnd()}\n`).join("");
}

/** Control characters spelt out, so that a name can neither break the table nor steer the terminal. */
function visible(text: string, keepLines: boolean): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) =>
    keepLines && character === "\n" ? character : (SPELT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
}

const SPELT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
