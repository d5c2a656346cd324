/** Which output of which step: for errors. */
export interface OutputPlace {
  /** The step's name, or its node's. */
  readonly step: string;
  /** The output's name; `output` if the step returns one value, without a name. */
  readonly output: string;
}

/** `Step "fit" returned the file a.csv as "train"`: the beginning of a sentence. */
export function returned({ step, output }: OutputPlace, what: string): string {
  return `Step "${step}" returned ${what}${output === "output" ? "" : ` as "${output}"`}`;
}

/** How the output is declared with a materializer: `{ output: file() }` or `{ outputs: { train: file() } }`. */
export function declaration({ output }: OutputPlace, materializer: string): string {
  return output === "output"
    ? `{ output: ${materializer}() }`
    : `{ outputs: { ${/^[A-Za-z_$][\w$]*$/.test(output) ? output : JSON.stringify(output)}: ${materializer}() } }`;
}
