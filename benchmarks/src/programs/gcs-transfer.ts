// Moves objects between this process and a server that speaks Google Cloud Storage, by the artifact store or by Google's
// client alone, and prints how long that took: without the loading of the client and the first connection.
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Storage } from "@google-cloud/storage";
import { GCSArtifactStore } from "@zen/integration-gcs";
import type { Transfer } from "../object-store.ts";

const [who, what, apiEndpoint, amount] = process.argv.slice(2) as ["zen" | "sdk", Transfer, string, string];
const SMALL = Buffer.alloc(1024, "zen");
const CHUNK = Buffer.alloc(1 << 20, "0123456789abcdef");
/** As the artifact store's own. */
const REQUESTS_AT_A_TIME = 16;

async function* chunks(): AsyncGenerator<Buffer> {
  for (let n = 0; n < Number(amount); n++) yield CHUNK;
}

async function drain(source: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of source) bytes += chunk.byteLength;
  return bytes;
}

async function atATime(work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < Number(amount)) await work(next++);
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_A_TIME }, worker));
}

const bucket = new Storage({ apiEndpoint, projectId: "bench" }).bucket("bench");
const store = new GCSArtifactStore({ name: "bench", path: "gs://bench", apiEndpoint, concurrency: REQUESTS_AT_A_TIME });

const sdk: Readonly<Record<Transfer, () => Promise<unknown>>> = {
  put: () => pipeline(Readable.from(chunks()), bucket.file("large").createWriteStream({ resumable: true })),
  get: () => drain(bucket.file("large").createReadStream() as AsyncIterable<Uint8Array>),
  "put-small": () => atATime((n) => bucket.file(`run/${n}`).save(SMALL, { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } })),
  "get-small": () => atATime((n) => bucket.file(`run/${n}`).download()),
};
const zen: typeof sdk = {
  put: () => store.write("large", chunks()),
  get: async () => drain(await store.read("large")),
  "put-small": () => atATime((n) => store.write(`run/${n}`, SMALL, { ifAbsent: true })),
  "get-small": () => atATime(async (n) => drain(await store.read(`run/${n}`))),
};

if (who === "zen") await store.write("warm", SMALL);
else await bucket.file("warm").save(SMALL, { resumable: false });
const start = performance.now();
await { zen, sdk }[who][what]();
console.log(JSON.stringify({ milliseconds: performance.now() - start }));
await store.close();
