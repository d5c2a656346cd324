import type { ZenError } from "@zen/core";
import { GO_MISSING, S3_KEYS, startVersitygw } from "@zen-tests/servers";
import { afterAll, expect, test } from "vitest";
import * as z from "zod";
import { S3ArtifactStore } from "./artifact-store.ts";
import { makeBucket } from "./real-server.fixture.ts";

const server = GO_MISSING === undefined ? await startVersitygw() : undefined;
afterAll(() => server?.[Symbol.asyncDispose]());

/** As many parts as S3 takes, without the 50 GiB of the smallest that may be set: until it is completed, an upload may have any. */
class SmallParts extends S3ArtifactStore {
  static override readonly configSchema = S3ArtifactStore.configSchema.safeExtend({ partSizeMib: z.number().default(2 ** -10) });
}

// Ten thousand requests: half a minute on a machine that is busy.
test.skipIf(!server)("an object of more parts than S3 takes is refused, and not visible", { timeout: 300_000 }, async () => {
  await makeBucket(server!.url, "parts");
  const keys = { ...S3_KEYS, endpoint: server!.url };
  const store = new SmallParts({ name: "lake", path: "s3://parts/zen", ...keys, partConcurrency: 16 });
  const writing = store.write("run/object", new Uint8Array(10_001 * 1024));
  const { code, message, hint } = (await writing.catch((error: unknown) => error)) as ZenError;
  expect(`${code}: ${message}\n  ${hint}`).toMatchInlineSnapshot(`
    "object_too_large: "run/object" is larger than the artifact store "lake" can write: 10000 parts of 0.0009765625 MiB.
      Use larger parts: zen artifact-store update lake --part-size-mib=0.0078125"
  `);
  expect(await store.exists("run/object")).toBe(false);
  await store.close();
});
