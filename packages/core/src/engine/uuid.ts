import { randomFillSync } from "node:crypto";

const random = new Uint8Array(4096);
let used = random.length;
let lastMillisecond = 0;
let sequence = 0;

/**
 * A UUIDv7 (RFC 9562): sorts by time, and in the order of its making within this process.
 * The 12 bits after the time count within a millisecond; 62 bits are random.
 */
export function uuidV7(): string {
  if (used + 8 > random.length) {
    randomFillSync(random);
    used = 0;
  }
  const now = Date.now();
  if (now > lastMillisecond) [lastMillisecond, sequence] = [now, 0];
  // A full counter borrows from the next millisecond, so that order never breaks.
  else if (++sequence > 0xfff) [lastMillisecond, sequence] = [lastMillisecond + 1, 0];
  const time = lastMillisecond.toString(16).padStart(12, "0");
  const counter = (0x7000 | sequence).toString(16);
  let tail = "";
  for (let i = 0; i < 8; i++) {
    const byte = random[used++]!;
    tail += (i === 0 ? (byte & 0x3f) | 0x80 : byte).toString(16).padStart(2, "0");
  }
  return `${time.slice(0, 8)}-${time.slice(8)}-${counter}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}
