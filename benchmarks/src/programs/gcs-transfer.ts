// Moves objects between this process and a server that speaks Google Cloud Storage, by the artifact store or by Google's
// client alone, and prints how long that took: without the loading of the client and the first connection.
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Storage } from "@google-cloud/storage";
import { GCSArtifactStore } from "@zen/integration-gcs";
import type { Transfer } from "../object-store.ts";
import { atATime, chunks, drain, REQUESTS_AT_A_TIME, SMALL } from "../transfer.ts";

const [who, what, apiEndpoint, amount] = process.argv.slice(2) as ["zen" | "sdk", Transfer, string, string];
const count = Number(amount);

const bucket = new Storage({ apiEndpoint, projectId: "bench" }).bucket("bench");
const store = new GCSArtifactStore({ name: "bench", path: "gs://bench", apiEndpoint, concurrency: REQUESTS_AT_A_TIME });

const sdk: Readonly<Record<Transfer, () => Promise<unknown>>> = {
  put: () => pipeline(Readable.from(chunks(count)), bucket.file("large").createWriteStream({ resumable: true })),
  get: () => drain(bucket.file("large").createReadStream() as AsyncIterable<Uint8Array>),
  "put-small": () =>
    atATime(count, (n) => bucket.file(`run/${n}`).save(SMALL, { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } })),
  "get-small": () => atATime(count, (n) => bucket.file(`run/${n}`).download()),
};
const zen: typeof sdk = {
  put: () => store.write("large", chunks(count)),
  get: async () => drain(await store.read("large")),
  "put-small": () => atATime(count, (n) => store.write(`run/${n}`, SMALL, { ifAbsent: true })),
  "get-small": () => atATime(count, async (n) => drain(await store.read(`run/${n}`))),
};

if (who === "zen") await store.write("warm", SMALL);
else await bucket.file("warm").save(SMALL, { resumable: false });
const start = performance.now();
await { zen, sdk }[who][what]();
console.log(JSON.stringify({ milliseconds: performance.now() - start }));
await store.close();
