import { candidatesFor } from "../completion/complete-line.ts";
import { write } from "../output/terminal.ts";

/**
 * `zen __complete -- WORD…`: what the scripts of `zen completion` ask. The last word is unfinished, and may be empty.
 *
 * @returns the exit code
 */
export async function complete(words: readonly string[]): Promise<number> {
  const lines = await candidatesFor(words[0] === "--" ? words.slice(1) : words);
  write(1, lines.map((line) => `${line}\n`).join(""));
  return 0;
}
