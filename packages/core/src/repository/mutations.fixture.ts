// Ways in which a YAML file can be broken.

/** A sequence of choices. */
export interface Random {
  /** From 0 to `n - 1`. */
  below(n: number): number;
  of<T>(choices: readonly T[]): T;
}

/** A sequence that a seed repeats (mulberry32). */
export function generator(from: number): Random {
  let state = Math.imul(from + 1, 0x9e3779b1);
  const below = (n: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * n);
  };
  return { below, of: (choices) => choices[below(choices.length)]! };
}

/** A few edits on top of one another, of which the last may make bytes that are no text. */
export function mutate(before: string, random: Random): Buffer {
  let text = before;
  for (let edits = random.of([1, 1, 1, 2, 3, 8]); edits > 0; edits--) text = random.of(EDITS)(text, random);
  const bytes = Buffer.from(text);
  if (random.below(25) === 0 && bytes.length > 0) bytes[random.below(bytes.length)] = random.of([0xff, 0xfe, 0xc0, 0x80, 0]);
  return bytes;
}

type Edit = (text: string, random: Random) => string;

const SCALARS = [
  ["", "~", "null", "true", "0", "-1", "1e3", "1e400", ".nan", ".inf", "0x10", "0o17", "2020-01-01", "''", '""', "[]", "{}", "[1, 2]"],
  ["{a: 1}", "- x", "&a x", "*a", "*default", "!!binary aGk=", "!!set {a}", "!!js/function f", "!x y", "|", ">", "? a", "%", "@x", "`x"],
  ["../../etc", "/", "a/b", ".", "..", "default", "team", "gone", "__proto__", "constructor", "toString", "\u0000", "\uFEFF", "\u2028"],
  ["é🚀", "a: b", "# no", "x".repeat(5_000), "file:///gone", "rest", "0.9.0", "99", "{{env.X}}", "<<", "=", "no", "on"],
].flat();
const LINES = [
  ["__proto__: {polluted: true}", "constructor: {prototype: {polluted: true}}", "<<: {a: 1}", "<<: *a", "? [a, b]", ": x", "- x", "---"],
  ["...", "%YAML 1.1", "%TAG ! x", "\tx: 1", "x: 1", "a: &a [*a]", "b: &b {c: *b}", "x: 'open", 'x: "open', "x: [open", "x: {open", "x: |"],
  ["stacks: null", "stacks: []", "stack_components: x", "profiles: {}", "format: 2", "format: x", "components: []", "flavors: [x]", "# x"],
  ["version: 0.9.0", "active_stack_name: gone", "active_profile_name: team", "uuid: [1]", "name: {a: 1}", "hasOwnProperty: 1", "\uFEFF"],
].flat();
const CHARACTERS = Array.from(":,[]{}&*!|>'\"%@`#?-<=~ \t\n\r\u0000\u0007\uFEFF\u0085\u2028é🚀0aZ");
const EDITS: readonly Edit[] = [
  (text, random) => at(text, random, 0, ""),
  (text, random) => at(text, random, 1, ""),
  (text, random) => at(text, random, 1 + random.below(12), ""),
  (text, random) => at(text, random, 0, random.of(CHARACTERS)),
  (text, random) => at(text, random, 1, random.of(CHARACTERS)),
  // Characters and lines in another order.
  (text, random) => {
    const i = random.below(Math.max(1, text.length - 1));
    return text.slice(0, i) + (text[i + 1] ?? "") + (text[i] ?? "") + text.slice(i + 2);
  },
  (text, random) => lines(text, random, (line, _, all) => [all[random.below(all.length)]!, line]),
  (text, random) => lines(text, random, () => []),
  (text, random) => lines(text, random, (line) => [line, line]),
  (text, random) => lines(text, random, (line) => [line, random.of(LINES)]),
  (text, random) => lines(text, random, (line) => [line, `${/^\s*/.exec(line)![0]}${random.of(LINES)}`]),
  // Indentation.
  (text, random) => lines(text, random, (line) => [random.of([" ", "  ", "\t", "      "]) + line]),
  (text, random) => lines(text, random, (line) => [line.replace(/^ {1,2}/, "")]),
  // Values and keys of other types.
  (text, random) => lines(text, random, (line) => [line.replace(/:.*$/, `: ${random.of(SCALARS)}`)]),
  (text, random) => lines(text, random, (line) => [line.replace(/:.*$/, ":")]),
  (text, random) => lines(text, random, (line) => [line.replace(/^(\s*)[^:]*/, (_, indent: string) => indent + random.of(SCALARS))]),
  (text, random) => lines(text, random, (line) => [line.replace(/: ?/, ": &a ")]),
  (text, random) => lines(text, random, (line) => [line.replace(/:.*$/, ": *a")]),
  // Whole files.
  (text, random) => text.slice(0, random.below(text.length + 1)),
  (text) => text.replaceAll("\n", "\r\n"),
  (text) => text.replaceAll("\n", "\r"),
  (text) => `\uFEFF${text}`,
  (text) => text.replaceAll("  ", "\t"),
  (text) => text + text,
  (text) => `${text}---\n${text}`,
  (text, random) => `${text}deep: ${"[".repeat(1 + random.below(20_000))}`,
  (text, random) => text + Array.from({ length: 1 + random.below(300) }, (_, depth) => `${" ".repeat(depth)}k:\n`).join(""),
  (text, random) => `${text}long: ${"x".repeat(random.of([10, 100_000]))}\n`,
  (text, random) => lines(text, random, (line) => [line.replace(/:.*$/, `: {${"a: {".repeat(random.of([3, 90, 5_000]))}`)]),
  (text, random) => `${bomb(random.of([3, 9]))}${text}`,
  (text, random) => lines(`${bomb(random.of([3, 9]))}${text}`, random, (line) => [line.replace(/:.*$/, ": *bomb")]),
  (text) => `loop: &loop\n  again: *loop\n${text}`,
  (text, random) => lines(`loop: &loop\n  again: *loop\n${text}`, random, (line) => [line.replace(/:.*$/, ": *loop")]),
];

/** Replaces `length` characters somewhere. */
function at(text: string, random: Random, length: number, by: string): string {
  const i = random.below(text.length + 1);
  return text.slice(0, i) + by + text.slice(i + length);
}

function lines(text: string, random: Random, by: (line: string, index: number, all: readonly string[]) => readonly string[]): string {
  const all = text.split("\n");
  const chosen = random.below(all.length);
  return all.flatMap((line, index) => (index === chosen ? by(line, index, all) : [line])).join("\n");
}

/** Billion laughs: ten of ten of ten …, of which each is written once. */
function bomb(levels: number): string {
  const level = (n: number): string => `l${n}: &l${n} [${Array.from({ length: 10 }, () => (n === 0 ? "ha" : `*l${n - 1}`)).join(", ")}]\n`;
  return `${Array.from({ length: levels }, (_, n) => level(n)).join("")}bomb: &bomb [*l${levels - 1}]\n`;
}
