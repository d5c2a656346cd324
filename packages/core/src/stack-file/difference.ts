import { isDeepStrictEqual } from "node:util";
import { MASK, maskPassword } from "../component/secret-text.ts";
import type { readConfigSchema } from "../flavor/config-schema.ts";
import { isObject, own } from "../flavor/package-json.ts";
import type { Json } from "../pipeline/types.ts";
import type { ComponentRecord } from "../store/stack-store.ts";
import { mapText } from "../flavor/map-text.ts";
import { withoutSecrets } from "../flavor/secret-value.ts";

/** One entry that isn't the same. Values are as a person may see them: secrets masked, what is no text as JSON. */
export interface Difference {
  /** A setting with what comes below it (`headers.accept`), `flavor`, `package`, or, of a stack, a component type. */
  readonly field: string;
  /** Null if there is nothing. */
  readonly from: string | null;
  readonly to: string | null;
}

type Schema = ReturnType<typeof readConfigSchema>;

/** What differs between two states of a component. */
export function componentDifferences(from: ComponentRecord, to: ComponentRecord, schema: Schema): Difference[] {
  const origin = (["flavor", "package"] as const).filter(
    (key) => to[key] !== undefined && from[key] !== undefined && from[key] !== to[key],
  );
  const differences = origin.map((field): Difference => ({ field, from: from[field]!, to: to[field]! }));
  compare(masked(from, schema), masked(to, schema), from.config, to.config, [], differences);
  return differences;
}

/** What differs between two sets of parts. */
export function stackDifferences(from: Readonly<Record<string, string>>, to: Readonly<Record<string, string>>): Difference[] {
  const differences: Difference[] = [];
  compare(from, to, from, to, [], differences);
  return differences;
}

function masked(record: ComponentRecord, schema: Schema): Fields {
  return mapText(
    withoutSecrets(record.config, schema, () => MASK),
    maskPassword,
  ) as Fields;
}

type Fields = Readonly<Record<string, Json | undefined>>;

/** Compares what is there, and shows what may be seen of it. */
function compare(shownFrom: Fields, shownTo: Fields, from: Fields, to: Fields, at: readonly string[], differences: Difference[]): void {
  for (const key of [...new Set([...Object.keys(from), ...Object.keys(to)])].sort()) {
    const [before, after] = [own(from, key), own(to, key)];
    if (isDeepStrictEqual(before ?? null, after ?? null)) continue;
    const [shownBefore, shownAfter] = [own(shownFrom, key), own(shownTo, key)];
    if (isObject(before) && isObject(after) && isObject(shownBefore) && isObject(shownAfter))
      compare(shownBefore, shownAfter, before, after, [...at, key], differences);
    else differences.push({ field: [...at, key].join("."), from: shown(shownBefore), to: shown(shownAfter) });
  }
}

/** Text as it is, unless that would not be seen, or would move a terminal's cursor. */
function shown(value: Json | undefined): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" && /^[^\s\p{C}"](?:[^\p{C}\u2028\u2029]*[^\s\p{C}"])?$/u.test(value) ? value : JSON.stringify(value);
}
