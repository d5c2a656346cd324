/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * The median ratio of two measurements taken in turn, so that whatever else the machine does hits both.
 *
 * @param pairs how many
 */
export async function medianRatio(
  subject: () => number | Promise<number>,
  reference: () => number | Promise<number>,
  pairs: number,
): Promise<number> {
  const ratios: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    // Each goes first every other time.
    const subjectFirst = pair % 2 === 0;
    const first = await (subjectFirst ? subject() : reference());
    const second = await (subjectFirst ? reference() : subject());
    ratios.push(subjectFirst ? first / second : second / first);
  }
  return median(ratios);
}
