import { didYouMean } from "../error/did-you-mean.ts";
import { ZenError } from "../error/zen-error.ts";
import { checkName } from "./names.ts";
import { openRecording } from "./recording.ts";
import type { Each, Handle, MapOptions, Wire } from "./types.ts";

const KNOWN = ["as", "concurrency", "key", "onError"];

/**
 * Does something for each item of a list that only a step will know. The body is recorded once and run for every item;
 * it may have any steps in it, further maps too.
 *
 * @returns what the body returned, with each handle now of the list of all items' values
 * @throws ZenError `outside_pipeline`, and what is wrong with an option
 * @example const models = map(rates, (rate) => fit({ rate, rows }), { concurrency: 2 });
 */
export function map<E, R, F extends "fail" | "settle" = "fail">(
  items: Wire<readonly E[]>,
  body: (item: Handle<E>, index: Handle<number>) => R,
  options: MapOptions<E, F> = {},
): Each<R, F extends "settle" ? true : false> {
  const recording = openRecording("map()");
  const bad = (message: string, hint?: string): ZenError => new ZenError("bad_option", message, { exitCode: 2, hint });
  if (typeof body !== "function") throw bad("map() takes a function as its second argument.", "Write map(items, (item) => …).");
  for (const key of Object.keys(options)) {
    if (!KNOWN.includes(key))
      throw new ZenError("unknown_option", `map() has no option "${key}".${didYouMean(key, KNOWN)}`, {
        exitCode: 2,
        hint: `Its options are ${KNOWN.join(", ")}.`,
      });
  }
  const { as, concurrency, key, onError } = options;
  if (as !== undefined) checkName(as, "a node");
  if (concurrency !== undefined && !(Number.isInteger(concurrency) && concurrency >= 1))
    throw bad(`"concurrency" of map() is ${String(concurrency)}; it takes a whole number, 1 or more.`);
  if (key !== undefined && typeof key !== "function") throw bad(`"key" of map() takes a function: (item, index) => text.`);
  if (onError !== undefined && onError !== "fail" && onError !== "settle")
    throw bad(`"onError" of map() is ${JSON.stringify(onError)}; it takes "fail" or "settle".`);
  return recording.map(items, body, options) as never;
}
