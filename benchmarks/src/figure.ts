/** One line of the table: what was seen, and what it may be at most. */
export interface Figure {
  readonly name: string;
  /** What it is compared with; empty for a figure on its own. */
  readonly reference: string;
  readonly value: number;
  readonly unit: "×" | "ms" | "s" | "MB";
  /** The value may be at most this. Null: it is shown for scale. */
  readonly limit: number | null;
}

/** Whether a figure is within its limit. */
export function isWithin({ value, limit }: Figure): boolean {
  return limit === null || value <= limit;
}

/** The table that is printed. */
export function table(figures: readonly Figure[]): string {
  const number = (value: number, unit: string): string => `${value.toFixed(unit === "MB" ? 0 : 2)} ${unit}`;
  const rows = figures.map((figure) => [
    figure.name,
    figure.reference,
    number(figure.value, figure.unit),
    figure.limit === null ? "" : `≤ ${number(figure.limit, figure.unit)}`,
    figure.limit === null ? "" : isWithin(figure) ? "ok" : "over",
  ]);
  const all = [["benchmark", "against", "figure", "limit", ""], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => (column >= 2 && column <= 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
