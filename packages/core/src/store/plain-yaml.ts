/** A mapping, or a value of one. */
type Plain = string | number | null | { [key: string]: Plain };

const LINE = /^( *)([A-Za-z][A-Za-z0-9_.-]{0,200}):(?: (.+))?$/;
const SKIPPED = /^ *(#[\x20-\x7E]*)?$/;
/** What begins with a letter or a slash is text, but for the words below. */
const TEXT = /^(?:[A-Za-z/]|\.\/)(?:[A-Za-z0-9_./:@+-]*[A-Za-z0-9_./@+-])?$/;
const QUOTED = /^(?:"([\x20\x21\x23-\x5B\x5D-\x7E]*)"|'([\x20-\x26\x28-\x7E]*)')$/;
const VERSION = /^\d+\.\d+\.\d+$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const INTEGER = /^(?:0|[1-9]\d{0,14})$/;
/** What YAML takes for something else than text, also as a key. */
const WORD = /^(?:null|true|false)$/i;

/**
 * Reads YAML as zen itself writes almost all of it: mappings in blocks, and one simple value on a line. Thirty times as fast
 * as a parser, which a profile of thousands of components needs, and any other profile need not even load.
 *
 * @returns undefined for any text that has something else in it, or that may be broken: then a parser has to say what it is
 */
export function readPlainYaml(text: string): { [key: string]: Plain } | undefined {
  const root: { [key: string]: Plain } = {};
  const open = [{ indent: 0, map: root }];
  /** The entry of the line before, if it has no value on its line: a mapping may follow. */
  let pending: { map: { [key: string]: Plain }; key: string } | undefined;
  for (const line of text.split("\n")) {
    const [, spaces, key, value] = LINE.exec(line) ?? [];
    if (spaces === undefined || key === undefined) {
      if (SKIPPED.test(line)) continue;
      return undefined;
    }
    if (WORD.test(key)) return undefined;
    if (spaces.length > open.at(-1)!.indent) {
      if (pending === undefined) return undefined;
      open.push({ indent: spaces.length, map: (pending.map[pending.key] = {}) });
    } else while (open.at(-1)!.indent > spaces.length) open.pop();
    const { indent, map } = open.at(-1)!;
    if (indent !== spaces.length || open.length > 10 || Object.hasOwn(map, key)) return undefined;
    const read = value === undefined ? null : readValue(value);
    if (read === undefined) return undefined;
    map[key] = read;
    pending = value === undefined ? { map, key } : undefined;
  }
  return root;
}

function readValue(value: string): string | number | undefined {
  if (TEXT.test(value)) return WORD.test(value) ? undefined : value;
  if (VERSION.test(value)) return value;
  if (INTEGER.test(value)) return Number(value);
  const quoted = QUOTED.exec(value);
  if (quoted) return quoted[1] ?? quoted[2];
  return UUID.test(value) ? value : undefined;
}
