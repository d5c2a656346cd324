/** What the text of a module says about what it loads. */
export interface ModuleImports {
  /** Everything that may be meant, in comments and texts too: one too many costs a miss at most, one too few a wrong hit. */
  readonly specifiers: ReadonlySet<string>;
  /** Those that an import statement names, with its line: they have been loaded, so there is something behind them. */
  readonly stated: ReadonlyMap<string, number>;
  /** The line of an `import(…)` that makes its specifier up as it goes, if there is one: nobody can tell what it loads. */
  readonly computed: number | undefined;
}

const GAP = String.raw`(?:\s|//[^\n]*\n|/\*[^]*?\*/)*`;
const LITERAL = String.raw`(?<quote>["'\x60])(?<specifier>[^"'\x60\n\\]+)\k<quote>`;

const LOADING = new RegExp(String.raw`\b(?:from|import|require(?:\.resolve)?)\b${GAP}\(?${GAP}${LITERAL}`, "g");
/** Code that is named in another way: `new Worker(new URL("./worker.ts", import.meta.url))`, `fork("./child.js")`. */
const CODE_FILE = /(["'`])(?<specifier>\.{1,2}\/[^"'`\n\\]*\.[cm]?[jt]s)\1/g;
const STATEMENT = new RegExp(String.raw`^[ \t]*(?:import|export)\b(?![ \t]+type\b)(?:[\w$\s{},*]*\bfrom\b)?${GAP}${LITERAL}`, "gm");
const CALL = new RegExp(String.raw`(?<![.\w$])(?<how>import|require)${GAP}\(`, "g");
const ONE_LITERAL = new RegExp(String.raw`${GAP}(?:"[^"\n\\]*"|'[^'\n\\]*'|\x60(?:[^\x60\\$]|\$(?!\{))*\x60)${GAP}[,)]`, "y");

/** Reads what a module imports from its text: JavaScript, or TypeScript that Node strips. */
export function importsOf(text: string): ModuleImports {
  const specifiers = new Set<string>();
  for (const pattern of [LOADING, CODE_FILE]) for (const { groups } of text.matchAll(pattern)) specifiers.add(groups!["specifier"]!);
  const stated = new Map<string, number>();
  for (const { groups, index } of text.matchAll(STATEMENT)) stated.set(groups!["specifier"]!, lineAt(text, index));
  return { specifiers, stated, computed: computedImport(text) };
}

function computedImport(text: string): number | undefined {
  // A module may have a function of its own that is called so.
  const requires = /\bcreateRequire\b|\bmodule\.exports\b|\bexports\.\w/.test(text);
  for (const { 0: call, index, groups } of text.matchAll(CALL)) {
    if (groups!["how"] === "require" && !requires) continue;
    ONE_LITERAL.lastIndex = index + call.length;
    if (!ONE_LITERAL.test(text) && !isMethod(text, index, index + call.length)) return lineAt(text, index);
  }
  return undefined;
}

/** `import(rows) { … }` in a class or an object. */
function isMethod(text: string, start: number, inside: number): boolean {
  if (
    !/(?:^|[\n{},;])\s*(?:(?:async|static|public|protected|private|override)\s+)*\*?\s*$/.test(text.slice(Math.max(0, start - 200), start))
  )
    return false;
  let depth = 1;
  let end = inside;
  for (; depth > 0 && end < text.length; end++) depth += text[end] === "(" ? 1 : text[end] === ")" ? -1 : 0;
  return /^\s*[{:]/.test(text.slice(end, end + 100));
}

function lineAt(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < index; at = text.indexOf("\n", at + 1)) line++;
  return line;
}
