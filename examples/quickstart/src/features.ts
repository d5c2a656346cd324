/** N-grams are hashed into this many buckets: a power of two. */
export const BUCKETS = 1 << 15;

/** A text as numbers: how often each character n-gram occurs in it. Buckets of which nothing occurs are left out. */
export interface Features {
  readonly buckets: Uint32Array;
  /** One per bucket: log(1 + count), scaled so that the squares sum to 1, whatever the text's length. */
  readonly values: Float32Array;
}

/** @param longest n-grams of 1 to this many characters are counted */
export function featuresOf(text: string, longest: number): Features {
  const counts = new Float32Array(BUCKETS);
  const buckets: number[] = [];
  for (let start = 0; start < text.length; start++) {
    let hash = 0x811c9dc5;
    for (let i = start; i < Math.min(start + longest, text.length); i++) {
      hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
      // Mixed once more: the lowest bits of this hash know too little of the characters' order.
      const bucket = (Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 12) % BUCKETS;
      if (counts[bucket] === 0) buckets.push(bucket);
      counts[bucket]! += 1;
    }
  }
  const values = Float32Array.from(buckets, (bucket) => Math.log1p(counts[bucket]!));
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) || 1;
  return { buckets: Uint32Array.from(buckets), values: values.map((value) => value / length) };
}
