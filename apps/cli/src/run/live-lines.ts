import { textWidth } from "../output/text-width.ts";

/** What is drawn on: a terminal. */
export interface Screen {
  readonly columns: number;
  write(this: void, text: string): void;
}

const CLEAR_ROW = "\r\u001b[2K";
const UP = "\u001b[1A";
const STYLES = /\u001b\[[0-9;]*m/g;

/**
 * Lines at the bottom of a terminal that are drawn anew again and again, and lines above them that stay. Each change is
 * written in one piece, so that nothing flickers. The cursor stays visible, and below them: a process that is killed
 * leaves a terminal as it should be.
 */
export class LiveLines {
  readonly #screen: Screen;
  #drawn: readonly string[] = [];

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Replaces the live lines. None of them may be as wide as the terminal, nor all of them as high. */
  draw(lines: readonly string[]): void {
    this.#replace([], lines);
  }

  /** Puts lines of any width above the live ones, where they stay. */
  print(lines: readonly string[]): void {
    this.#replace(lines, this.#drawn);
  }

  #replace(above: readonly string[], live: readonly string[]): void {
    this.#screen.write(`${this.#erasing()}${[...above, ...live].map((line) => `${line}\n`).join("")}`);
    this.#drawn = live;
  }

  /**
   * Clears the live lines and the cursor's row, one by one: of a screen that is cleared as a whole some terminals keep a
   * copy to scroll back to. A line that was drawn before the terminal got narrower has several rows by now.
   */
  #erasing(): string {
    const { columns } = this.#screen;
    const rows = this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(textWidth(line.replace(STYLES, "")) / columns)), 0);
    return CLEAR_ROW + `${UP}${CLEAR_ROW}`.repeat(rows);
  }
}
