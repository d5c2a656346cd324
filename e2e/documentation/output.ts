/** What a command prints: text as its words in order, and tables between. How lines are broken is the terminal's doing. */
export type Output = readonly (string | Table)[];

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Takes a command's output apart. */
export function readOutput(text: string): Output {
  const found: (string | Table)[] = [];
  for (const [part] of text.matchAll(/(?:^[┏┃┠┗].*\n)+|(?:^(?![┏┃┠┗]).*\n)+/gm)) {
    const words = part.trim().split(/\s+/).join(" ");
    if (part.startsWith("┏")) found.push(readTable(part));
    else if (words !== "") found.push(words);
  }
  return found;
}

function readTable(text: string): Table {
  const lines = text.split("\n").filter((line) => line.startsWith("┃"));
  const [columns, ...rows] = lines.map((line) =>
    line
      .slice(1, -1)
      .split("│")
      .map((cell) => cell.trim()),
  );
  return { columns: columns!, rows };
}

/**
 * Output in a form that is equal where it says the same: each cell that stands for what is shown is replaced by what is shown,
 * also where that is cut (`file:///home/stefan/.c…`), and rows are sorted.
 *
 * @param shown what the document shows
 */
export function comparable(output: Output, shown: Output): Output {
  return output.map((part, at) => {
    if (typeof part === "string") return part;
    const model = shown[at];
    const rows = typeof model === "object" ? model.rows : [];
    const columns = typeof model === "object" && isSame(part.columns, model.columns) ? model.columns : part.columns;
    return { columns, rows: part.rows.map((row) => rows.find((other) => isSame(row, other)) ?? row).toSorted(compare) };
  });
}

function isSame(cells: readonly string[], shown: readonly string[]): boolean {
  const same = (cell: string, other: string): boolean => (other.endsWith("…") ? cell.startsWith(other.slice(0, -1)) : cell === other);
  return cells.length === shown.length && cells.every((cell, i) => same(cell, shown[i]!));
}

function compare(a: readonly string[], b: readonly string[]): number {
  return a.join("│") < b.join("│") ? -1 : 1;
}
