/** Where a value stands in the text of a JSON file. */
interface Place {
  readonly key: string | number;
  /** Of the member: of its key, in an object. */
  readonly from: number;
  readonly start: number;
  readonly end: number;
}

/** Sets one value in the text of a JSON file, and leaves all other text as it is. What is on the way and isn't there is made. */
export function withJsonValue(text: string, path: readonly (string | number)[], value: unknown): string {
  let at = skipSpace(text, 0);
  for (const [depth, key] of path.entries()) {
    const { places, close } = members(text, at);
    const found = places.find((place) => place.key === key);
    if (found === undefined) return inserted(text, at, close, places, depth, key, wrapped(path.slice(depth + 1), value));
    if (depth === path.length - 1) return text.slice(0, found.start) + render(text, value, depth + 1) + text.slice(found.end);
    at = found.start;
  }
  return text;
}

function inserted(
  text: string,
  open: number,
  close: number,
  places: readonly Place[],
  depth: number,
  key: string | number,
  value: unknown,
): string {
  const member = (typeof key === "string" ? `${JSON.stringify(key)}: ` : "") + render(text, value, depth + 1);
  const last = places.at(-1);
  if (last === undefined) {
    const [inner, outer] = [lineBreak(text, depth + 1), lineBreak(text, depth)];
    return `${text.slice(0, open + 1)}${inner}${member}${outer}${text.slice(close)}`;
  }
  // As the members before it are set off.
  const space = text.slice(open + 1, places[0]!.from);
  return `${text.slice(0, last.end)},${space === "" ? " " : space}${member}${text.slice(last.end)}`;
}

/** `["a", 0]` and a value: `{ a: [value] }`. */
function wrapped(path: readonly (string | number)[], value: unknown): unknown {
  return path.reduceRight((inner: unknown, key) => (typeof key === "number" ? [inner] : { [key]: inner }), value);
}

function render(text: string, value: unknown, depth: number): string {
  return JSON.stringify(value, null, indentOf(text)).replaceAll("\n", lineBreak(text, depth));
}

function lineBreak(text: string, depth: number): string {
  return (text.includes("\r\n") ? "\r\n" : "\n") + indentOf(text).repeat(depth);
}

function indentOf(text: string): string {
  return /\n([ \t]+)"/.exec(text)?.[1] ?? "  ";
}

/** The members of the object or list that begins at `open`. The text is valid JSON. */
function members(text: string, open: number): { readonly places: readonly Place[]; readonly close: number } {
  const places: Place[] = [];
  const isList = text[open] === "[";
  let at = skipSpace(text, open + 1);
  while (text[at] !== "}" && text[at] !== "]") {
    const from = at;
    let key: string | number = places.length;
    if (!isList) {
      const end = endOf(text, at);
      key = JSON.parse(text.slice(at, end)) as string;
      at = skipSpace(text, skipSpace(text, end) + 1);
    }
    const end = endOf(text, at);
    places.push({ key, from, start: at, end });
    at = skipSpace(text, end);
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return { places, close: at };
}

function endOf(text: string, start: number): number {
  if (text[start] === "{" || text[start] === "[") return members(text, start).close + 1;
  const scalar = text[start] === '"' ? /"(?:[^"\\]|\\.)*"/y : /[^\s,\]}]+/y;
  scalar.lastIndex = start;
  return start + scalar.exec(text)![0].length;
}

function skipSpace(text: string, at: number): number {
  const space = /\s*/y;
  space.lastIndex = at;
  return at + space.exec(text)![0].length;
}
