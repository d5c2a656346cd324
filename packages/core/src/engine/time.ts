/** Now, or a given moment, as it stands on disk and in JSON: ISO 8601, UTC, milliseconds, `Z`. */
export function isoTime(moment: number | Date = Date.now()): string {
  return new Date(moment).toISOString();
}

/** `20261123T211024Z`: for names. */
export function compactTime(moment: number | Date = Date.now()): string {
  return `${isoTime(moment).replace(/[-:]/g, "").slice(0, 15)}Z`;
}
