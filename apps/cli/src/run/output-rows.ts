import type { OutputDescription, RunDescription } from "@zen/core/host";

const SHOWN_DIGITS = 6;

/** An output of a run, as people are shown it. */
export interface OutputRow {
  readonly name: string;
  /** Empty if it isn't known, or too long for a line. */
  readonly value: string;
  /** The artifact that it is, or is a part of: `train.model`, `evaluate.scores → .accuracy`. Empty if another run made it. */
  readonly source: string;
  readonly id: string;
}

/** The outputs of a run, with their values and where they come from. */
export function outputRows({ outputs, steps }: RunDescription): OutputRow[] {
  const artifacts = new Map(steps.flatMap((step) => step.outputs.map(({ name, id }) => [id, `${step.name}.${name}`])));
  return outputs.map(({ name, id, path, value }) => ({
    name,
    value: value === undefined ? "" : shown(value),
    source: [artifacts.get(id), path && partOf(path)].filter((part) => part !== undefined).join(" → "),
    id,
  }));
}

/** A text that could be taken for something else, or would break the line, stands in quotes. Numbers are rounded. */
function shown(value: NonNullable<OutputDescription["value"]>): string {
  if (typeof value === "number" && !Number.isInteger(value)) return String(Number(value.toPrecision(SHOWN_DIGITS)));
  return typeof value === "string" && !/^[^\s\u0000-\u001f\u007f-\u009f](.*[^\s])?$/.test(value) ? JSON.stringify(value) : String(value);
}

/** `.scores[0]["two words"]` */
function partOf(path: readonly (string | number)[]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`))
    .join("");
}
