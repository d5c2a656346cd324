const TAGS = ["param", "returns", "throws", "default", "example", "experimental", "deprecated", "internal", "module"] as const;

export interface Tag {
  readonly name: (typeof TAGS)[number];
  readonly text: string;
}

export interface DocComment {
  /** Markdown, with a line per paragraph and per entry of a list. */
  readonly description: string;
  readonly tags: readonly Tag[];
}

/** Reads what stands between the comment's delimiters. A tag may also stand at the end of a line. */
export function parseDocComment(comment: string): DocComment {
  const text = comment
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd())
    .join("\n");
  const [description = "", ...rest] = text.split(new RegExp(`(?<![\\w/"\`])@(${TAGS.join("|")})\\b`));
  const tags: Tag[] = [];
  for (let at = 0; at < rest.length; at += 2) {
    const name = rest[at] as Tag["name"];
    const said = rest[at + 1]!;
    tags.push({ name, text: name === "example" ? said.replace(/^[ \t]*\n|\s+$/g, "").replace(/^ +(?=\S)/, "") : unwrapped(said) });
  }
  return { description: unwrapped(description), tags };
}

/** Lines that were broken at the comment's width, joined. */
function unwrapped(text: string): string {
  return text.trim().replace(/(?<!\n)\n(?!\n|\s*- )\s*/g, " ");
}
