let measure: ((text: string) => number) | undefined;

/** Loads the library that knows wide characters, if one of `texts` needs it. To be awaited before `textWidth`. */
export async function prepareWidths(texts: Iterable<string>): Promise<void> {
  if (measure) return;
  for (const text of texts) {
    if (isPlain(text)) continue;
    measure = (await import("string-width")).default;
    return;
  }
}

/** How many columns of a terminal `text` takes. */
export function textWidth(text: string): number {
  return plainWidth(text) ?? (measure ? measure(text) : text.length);
}

/** {@link textWidth} of a text that needs no library to tell; undefined for any other. */
export function plainWidth(text: string): number | undefined {
  return PLAIN.test(text) ? text.length : MARKS.has(text) ? 2 : undefined;
}

/** `text` cut to `width` columns, its end replaced by an ellipsis. */
export function truncate(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  return `${firstColumns(text, width - 1)}…`;
}

/** `text` in pieces of at most `width` columns. */
export function fold(text: string, width: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (textWidth(rest) > width) {
    const piece = firstColumns(rest, width) || rest.slice(0, 1);
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return [...pieces, rest];
}

function firstColumns(text: string, width: number): string {
  if (isPlain(text)) return text.slice(0, Math.max(0, width));
  let taken = "";
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += textWidth(segment);
    if (used > width) break;
    taken += segment;
  }
  return taken;
}

/** What our own lists hold beside ASCII. */
const MARKS: ReadonlySet<string> = new Set(["👉", "✅", "❌"]);

const PLAIN = /^[\x20-\x7e]*$/;

function isPlain(text: string): boolean {
  return plainWidth(text) !== undefined;
}
