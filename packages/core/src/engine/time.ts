/** Now, or a given moment, as it stands on disk and in JSON: ISO 8601, UTC, milliseconds, `Z`. */
export function isoTime(moment: number = Date.now()): string {
  // Many things happen within a millisecond.
  if (moment !== lastMoment) [lastMoment, lastText] = [moment, new Date(moment).toISOString()];
  return lastText;
}

let [lastMoment, lastText] = [Number.NaN, ""];

/** `20261123T211024Z`: for names. */
export function compactTime(moment: number = Date.now()): string {
  return `${isoTime(moment).replace(/[-:]/g, "").slice(0, 15)}Z`;
}
