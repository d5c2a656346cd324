/** What a terminal shows that gets what zen writes: as much of one as zen needs. */
export class FakeTerminal {
  columns: number;
  readonly #screen: string[] = [""];
  #row = 0;
  #column = 0;

  constructor(columns: number, text = "") {
    this.columns = columns;
    this.write(text);
  }

  /** All rows down to the last one that has something. */
  get rows(): string[] {
    return this.#screen.slice(0, this.#screen.findLastIndex((row) => row !== "") + 1).map((row) => row.trimEnd());
  }

  readonly write = (text: string): void => {
    for (const [part] of text.matchAll(/\u001b(\[[0-9;?]*[A-Za-z])?|[^]/g)) {
      if (part === "\r") this.#column = 0;
      else if (part === "\n") this.#lineFeed();
      else if (part === "\u001b[1A") this.#up();
      else if (part === "\u001b[2K") this.#screen[this.#row] = "";
      else if (/^[^\u0000-\u001f\u007f-\u009f]$/.test(part)) this.#put(part);
      // Styles leave everything where it is. Nothing else is known here, or should be needed.
      else if (!/^\u001b\[[0-9;]*m$/.test(part)) throw new Error(`The terminal got ${JSON.stringify(part)}.`);
    }
  };

  /** As most terminals do: what no longer fits in a row goes on in the next one. */
  narrowTo(columns: number): void {
    this.columns = columns;
    const rows = this.#screen.flatMap((row) => row.match(new RegExp(`.{1,${columns}}`, "g")) ?? [""]);
    this.#screen.splice(0, Infinity, ...rows);
    this.#row = rows.length - 1;
  }

  #put(character: string): void {
    if (this.#column === this.columns) this.#lineFeed();
    const row = this.#screen[this.#row]!.padEnd(this.#column);
    this.#screen[this.#row] = row.slice(0, this.#column) + character + row.slice(this.#column + 1);
    this.#column++;
  }

  #up(): void {
    if (this.#row === 0) throw new Error("The terminal was to go above its first row.");
    this.#row--;
  }

  #lineFeed(): void {
    this.#column = 0;
    this.#screen[++this.#row] ??= "";
  }
}
