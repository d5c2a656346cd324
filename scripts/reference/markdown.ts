import { format } from "oxfmt";

/** Text in code font. */
export function code(text: string): string {
  return `\`${text}\``;
}

/** A table whose cells are markdown. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(header), line(header.map(() => "-")), ...rows.map(line)].join("\n");
}

/** A heading's address within its page, as the web pages that show a repository make it. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

/** As `npm run check` wants every document. */
export async function formatted(file: string, markdown: string): Promise<string> {
  const { code: text, errors } = await format(file, markdown, { printWidth: 140 });
  if (errors.length > 0) throw new Error(`${file}: ${errors.map(({ message }) => message).join("; ")}`);
  return text;
}
