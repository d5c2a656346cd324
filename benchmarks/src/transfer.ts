/** What is put as a small object. */
export const SMALL: Buffer = Buffer.alloc(1024, "zen");
/** As the artifact stores' own. */
export const REQUESTS_AT_A_TIME = 16;

const MEBIBYTE = Buffer.alloc(1 << 20, "0123456789abcdef");

/** The content of the large object. */
export async function* chunks(mebibytes: number): AsyncGenerator<Buffer> {
  for (let n = 0; n < mebibytes; n++) yield MEBIBYTE;
}

export async function drain(source: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of source) bytes += chunk.byteLength;
  return bytes;
}

/** Does work with each number below `count`, so many at a time as the stores make requests. */
export async function atATime(count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_A_TIME }, worker));
}
