import { GO_MISSING, startMinio, startVersitygw } from "@zen-tests/servers";
import { afterAll, describe, expect, test } from "vitest";
import { outputOf, startScript } from "./child-process.fixture.ts";
import { makeBucket } from "./real-server.fixture.ts";

const versitygw = GO_MISSING === undefined ? await startVersitygw() : undefined;
const minio = GO_MISSING === undefined ? await startMinio() : undefined;
afterAll(async () => {
  for (const server of [versitygw, minio]) await server?.[Symbol.asyncDispose]();
});

let buckets = 0;

/** In a process of its own: `work`, then what the process had in memory at most. */
async function peakMebibytes(url: string, work: string): Promise<number> {
  const bucket = `memory-${++buckets}`;
  await makeBucket(url, bucket);
  const script = `
    import { createHash } from "node:crypto";
    const MEBIBYTE = Buffer.alloc(1 << 20);
    for (let n = 0, state = 7; n < 1 << 20; n += 4) MEBIBYTE.writeInt32LE((state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0), n);
    async function* source(mebibytes, hash) {
      const chunk = Buffer.from(MEBIBYTE);
      for (let n = 0; n < mebibytes; n++) {
        chunk.writeInt32LE(n);
        hash.update(chunk);
        yield chunk;
      }
    }
    async function upAndDown(key, mebibytes) {
      const [up, down] = [createHash("sha256"), createHash("sha256")];
      await store.write(key, source(mebibytes, up));
      for await (const chunk of await store.read(key)) down.update(chunk);
      if (up.digest("hex") !== down.digest("hex")) throw new Error("other bytes came back");
    }
    ${work}
    console.log(process.resourceUsage().maxRSS / 1024);`;
  return Number(await outputOf(startScript(url, `s3://${bucket}/zen`, script)));
}

describe.skipIf(!versitygw)("memory of the whole process", { timeout: 180_000 }, () => {
  test("1 GiB goes up and down below 250 MB", async () => {
    // 211 to 237 MB were measured. On a machine that is busy with much else the collector may come late: once in three it must not.
    const most = 250e6 / 2 ** 20;
    let peak = Infinity;
    for (let tries = 0; tries < 3 && peak >= most; tries++)
      peak = await peakMebibytes(versitygw!.url, `await upAndDown("run/large", 1024);`);
    expect(peak).toBeLessThan(most);
  });

  test.each(["versitygw", "MinIO"])("32 objects of 64 MiB at a time take a part of memory each, on %s", async (name) => {
    const { url } = name === "MinIO" ? minio! : versitygw!;
    const peak = await peakMebibytes(url, `await Promise.all(Array.from({ length: 32 }, (_, n) => upAndDown("run/" + n, 64)));`);
    // 32 parts of 8 MiB, what one alone has beside its parts, and room for the allocator: 454 to 498 were measured.
    expect(peak).toBeLessThan(600);
  });
});
