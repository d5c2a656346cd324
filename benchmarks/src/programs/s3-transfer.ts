// Moves objects between this process and an S3 server, by the artifact store or by the SDK alone, and prints how long that
// took: without the loading of the SDK and the first connection.
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { S3_KEYS } from "@zen-tests/servers";
import { S3ArtifactStore } from "@zen/integration-s3";
import type { Transfer } from "../object-store.ts";
import { atATime, chunks, drain, REQUESTS_AT_A_TIME, SMALL } from "../transfer.ts";

const [who, what, endpoint, amount] = process.argv.slice(2) as ["zen" | "sdk", Transfer, string, string];
const count = Number(amount);
const Bucket = "bench";
/** As the artifact store's own. */
const [PART_MEBIBYTES, PARTS_AT_A_TIME] = [8, 3];

const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials: { ...S3_KEYS } });
const store = new S3ArtifactStore({
  name: "bench",
  path: `s3://${Bucket}`,
  endpoint,
  ...S3_KEYS,
  partSizeMib: PART_MEBIBYTES,
  partConcurrency: PARTS_AT_A_TIME,
  concurrency: REQUESTS_AT_A_TIME,
});

const sdk: Readonly<Record<Transfer, () => Promise<unknown>>> = {
  put: () =>
    new Upload({
      client,
      params: { Bucket, Key: "large", Body: ReadableStream.from(chunks(count)) },
      partSize: PART_MEBIBYTES << 20,
      queueSize: PARTS_AT_A_TIME,
    }).done(),
  get: async () => drain((await client.send(new GetObjectCommand({ Bucket, Key: "large" }))).Body as AsyncIterable<Uint8Array>),
  "put-small": () => atATime(count, (n) => client.send(new PutObjectCommand({ Bucket, Key: `run/${n}`, Body: SMALL, IfNoneMatch: "*" }))),
  "get-small": () =>
    atATime(count, async (n) => (await client.send(new GetObjectCommand({ Bucket, Key: `run/${n}` }))).Body!.transformToByteArray()),
};
const zen: typeof sdk = {
  put: () => store.write("large", chunks(count)),
  get: async () => drain(await store.read("large")),
  "put-small": () => atATime(count, (n) => store.write(`run/${n}`, SMALL, { ifAbsent: true })),
  "get-small": () => atATime(count, async (n) => drain(await store.read(`run/${n}`))),
};

await client.send(new CreateBucketCommand({ Bucket })).catch(() => {});
if (who === "zen") await store.write("warm", SMALL);
else await client.send(new PutObjectCommand({ Bucket, Key: "warm", Body: SMALL }));
const start = performance.now();
await { zen, sdk }[who][what]();
console.log(JSON.stringify({ milliseconds: performance.now() - start }));
await store.close();
client.destroy();
