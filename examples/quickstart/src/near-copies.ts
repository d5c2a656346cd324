/** A text is compared by its runs of this many characters. */
const RUN = 8;
const BINS = 128;
const EMPTY = 0xffff_ffff;

/**
 * Finds texts that hardly differ from one seen before: another version of a package, a build for another module system.
 * If one of two such files were learned from and the other asked about, the answer would be remembered, not known.
 */
export class NearCopies {
  readonly #seen: Uint32Array[] = [];
  readonly #share: number;

  /** @param share two texts are copies if they have at least this share of their runs in common, from 0 to 1 */
  constructor(share: number) {
    this.#share = share;
  }

  /** Whether the text is a copy of one that was asked about before. One that isn't is remembered. */
  has(text: string): boolean {
    const sketch = sketchOf(text);
    if (this.#seen.some((other) => likeness(sketch, other) >= this.#share)) return true;
    this.#seen.push(sketch);
    return false;
  }
}

/**
 * A MinHash: the smallest hash of the text's runs in each of the bins. Two texts agree in about as large a share of
 * their bins as they do of their runs, and bins are compared in a hundredth of the time.
 */
function sketchOf(text: string): Uint32Array {
  const sketch = new Uint32Array(BINS).fill(EMPTY);
  for (let start = 0; start + RUN <= text.length; start++) {
    let hash = 0x811c9dc5;
    for (let i = start; i < start + RUN; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash = (hash ^ (hash >>> 13)) >>> 0;
    const bin = hash % BINS;
    if (hash < sketch[bin]!) sketch[bin] = hash;
  }
  return sketch;
}

function likeness(a: Uint32Array, b: Uint32Array): number {
  let same = 0;
  let used = 0;
  for (let bin = 0; bin < BINS; bin++) {
    if (a[bin] === EMPTY && b[bin] === EMPTY) continue;
    used++;
    if (a[bin] === b[bin]) same++;
  }
  return used === 0 ? 0 : same / used;
}
