/** A command of a console block, with what the block shows below it. */
export interface Shown {
  /** As the block has it, such as `/tmp/zenml$ zenml init`. */
  readonly line: string;
  readonly command: string;
  /** The folder of the prompt; undefined for a bare `$ `. */
  readonly folder: string | undefined;
  readonly output: string;
}

/** The commands of a block. A prompt is `$ `, `/tmp/zenml$ ` or `stefan@aspyre2:/tmp/zenml$ `. */
export function readConsoleBlock(text: string): readonly Shown[] {
  const parts = text.split(/^(?=(?:[\w.-]+@[\w.-]+:)?(?:\/\S*)?\$ )/m);
  return parts.map((part) => {
    const [, line, folder, command, output] = /^((?:[\w.-]+@[\w.-]+:)?(\/\S*)?\$ (.*))\n([^]*)$/.exec(part) ?? [];
    if (line === undefined) throw new Error(`A console block begins with a prompt, and this one with: ${part}`);
    return { line, command: command!, folder, output: output! };
  });
}
