/** `35 ms`, `4.2 s`, `3 min 5 s`, `2 h 7 min`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.max(0, Math.round(milliseconds))} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How long something that began at `from` took, or has taken. Times are ISO 8601. */
export function elapsed(from: string, to: string | null): string {
  return duration((to === null ? Date.now() : Date.parse(to)) - Date.parse(from));
}

/** A stored time (UTC) as a clock on the wall shows it: `2026-11-23 21:42:07`. */
export function localTime(iso: string | null, { milliseconds = false } = {}): string {
  if (iso === null) return "";
  const time = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  return `${day} ${clock}${milliseconds ? `.${String(time.getMilliseconds()).padStart(3, "0")}` : ""}`;
}

/** `812 B`, `4.2 kB`, `1.5 GB`. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return unit === 0 ? `${value} B` : `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** `1 step`, `3 steps`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
