import { GO_MISSING } from "@zen-tests/servers";
import { expect, test } from "vitest";
import { outputOf } from "./child-process.fixture.ts";
import { startServer } from "./store.fixture.ts";

const skip = GO_MISSING !== undefined;
const server = skip ? undefined! : await startServer("filesystem");

/** 32 objects of 64 MiB are written, and then read, at a time. */
const script = (): string => `
  import { createHash } from "node:crypto";
  const store = new GCSArtifactStore({ name: "test", path: "gs://zen/run", apiEndpoint: ${JSON.stringify(server.url)}, partSizeMib: 8, timeoutSeconds: 120 });
  const mebibytes = () => Math.round(process.resourceUsage().maxRSS / 1024);
  const ids = Array.from({ length: 32 }, (_, id) => id);
  const source = async function* (id, hash) {
    const chunk = new Uint8Array(1 << 18);
    for (let n = 0; n < 256; n++) {
      chunk.fill(n ^ id);
      hash.update(chunk);
      yield chunk;
    }
  };
  await store.write("first", new Uint8Array(1));
  const start = mebibytes();
  const written = await Promise.all(ids.map(async (id) => {
    const hash = createHash("md5");
    await store.write("many/" + id, source(id, hash));
    return hash.digest("hex");
  }));
  const write = mebibytes();
  const read = await Promise.all(ids.map(async (id) => {
    const hash = createHash("md5");
    for await (const chunk of await store.read("many/" + id)) hash.update(chunk);
    return hash.digest("hex");
  }));
  const deleted = await store.deleteTree("many");
  console.log(JSON.stringify({ same: read.join() === written.join(), deleted, start, write, read: mebibytes() }));`;

test.skipIf(skip)(
  "32 objects of 64 MiB at a time take one part of memory each to write, and next to none to read",
  { timeout: 120_000 },
  async () => {
    const { same, deleted, start, write, read } = JSON.parse(await outputOf(script())) as Record<string, number>;
    expect({ same, deleted }).toEqual({ same: true, deleted: 32 });
    // 256 MiB of parts, and what is on its way through the connections.
    expect(write! - start!).toBeLessThan(450);
    expect(read! - start!).toBeLessThan(450);
  },
);
