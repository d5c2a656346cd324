import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { GO_MISSING, makeGcsBucket } from "@zen-tests/servers";
import { afterEach, describe, expect, test } from "vitest";
import type { GCSArtifactStore } from "./artifact-store.ts";
import { startServer, storeAt } from "./store.fixture.ts";
import { startCutter, startGateway, type Fault, type Seen } from "./gateway.fixture.ts";

const skip = GO_MISSING !== undefined;
// Objects survive its death.
const server = skip ? undefined! : await startServer("filesystem");
const gateway = skip ? undefined! : await startGateway(server.url);

afterEach(() => {
  if (skip) return;
  gateway.fault = () => undefined;
  gateway.seen.length = 0;
});

const MEBIBYTE = 1024 * 1024;
const small = Buffer.alloc(MEBIBYTE, 7);
const large = Buffer.alloc(5 * MEBIBYTE + 100, 7);
/** Patterned, so that a byte in the wrong place is found out. */
const patterned = Buffer.from(Uint32Array.from({ length: 3 * MEBIBYTE }, (_, n) => Math.imul(n, 2_654_435_761)).buffer);
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

async function* chunksOf(bytes: Uint8Array, size = 100_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

async function bytesOf(store: GCSArtifactStore, key: string, range?: { start: number; end?: number }): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await store.read(key, { range })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Over the gateway, with parts of 1 MiB. */
const store = (options: Parameters<typeof storeAt>[2] = {}): GCSArtifactStore =>
  storeAt(gateway.url, "run", { partSizeMib: 1, ...options });

/** Does `fault` to the first requests that match, one after the other. */
function faults(match: (request: Seen) => boolean, ...list: readonly Fault[]): void {
  const left = [...list];
  gateway.fault = (request) => (match(request) ? left.shift() : undefined);
}

const isPart = ({ method, headers }: Seen): boolean => method === "PUT" && /^bytes \d/.test(String(headers["content-range"]));
const isMultipart = ({ url }: Seen): boolean => url.searchParams.get("uploadType") === "multipart";
const isRead = ({ url }: Seen): boolean => url.searchParams.get("alt") === "media";
const refusal = async (work: Promise<unknown>): Promise<string> => {
  const { code, message, hint } = (await work.then(
    () => ({ code: "none" }),
    (error: unknown) => error,
  )) as { code: string; message: string; hint: string };
  return `${code}: ${message}\n  ${hint}`.replaceAll(gateway.url, "GATEWAY");
};

describe.skipIf(skip)("on a bad network", () => {
  test("500s, 503s and 429s of any request are ridden out", async () => {
    const statuses = [500, 503, 429];
    const hit = new Map<string, number>();
    gateway.fault = ({ method, url, headers }) => {
      const what = `${method} ${url.pathname} ${url.search} ${String(headers["content-range"])} ${String(headers["range"])}`;
      const times = hit.get(what) ?? 0;
      hit.set(what, times + 1);
      return times < 1 ? { answer: { status: statuses[(times + hit.size) % 3]! } } : undefined;
    };
    const one = store({ maxAttempts: 7 });
    await one.write("a/small", small, { ifAbsent: true });
    await one.write("a/large", chunksOf(large), { ifAbsent: true });
    await one.copy("a/large", "a/copy", { ifAbsent: true });
    expect(sha256(await bytesOf(one, "a/copy"))).toBe(sha256(large));
    expect((await bytesOf(one, "a/small", { start: 10, end: 19 })).byteLength).toBe(10);
    await one.rename("a/copy", "a/moved");
    expect((await one.list("a/")).objects.map(({ key, size }) => [key, size])).toEqual([
      ["a/large", large.byteLength],
      ["a/moved", large.byteLength],
      ["a/small", small.byteLength],
    ]);
    expect(await one.exists("a/copy")).toBe(false);
    expect(await one.deleteTree("a")).toBe(3);
    expect([...hit.values()].filter((times) => times === 1)).toEqual([]);
  });

  test("what can't pass is asked once", async () => {
    for (const status of [400, 401, 403, 412, 501]) {
      gateway.seen.length = 0;
      gateway.fault = () => ({ answer: { status } });
      await store()
        .write("b/small", small)
        .catch(() => {});
      expect(gateway.seen.length, String(status)).toBe(1);
    }
  });

  test("a write whose answer is lost is done once, and known as one's own", async () => {
    const one = store();
    faults(isMultipart, { cutAnswerAfter: 0 });
    await one.write("c/small", small, { ifAbsent: true });
    faults((request) => isPart(request) && /\/\d+$/.test(String(request.headers["content-range"])), { cutAnswerAfter: 0 });
    await one.write("c/large", chunksOf(large), { ifAbsent: true });
    expect(sha256(await bytesOf(one, "c/large"))).toBe(sha256(large));
    // Somebody else's is not.
    faults(isMultipart, { answer: { status: 503 } });
    await expect(one.write("c/small", small, { ifAbsent: true })).rejects.toMatchObject({ code: "object_exists" });
    await one.deleteTree("c");
  });

  test("a part that broke off goes on where the server has it", async () => {
    faults(isPart, {}, { cutRequestAfter: 300_000 }, { cutAnswerAfter: 0 }, { answer: { status: 503 } });
    const one = store();
    await one.write("d/large", chunksOf(large));
    expect(gateway.writes).toEqual([
      "POST resumable",
      "PUT bytes 0-1048575/*",
      "PUT bytes 1048576-2097151/*",
      "PUT bytes */*",
      "PUT bytes 1048576-2097151/*",
      "PUT bytes */*",
      "PUT bytes 2097152-3145727/*",
      "PUT bytes */*",
      "PUT bytes 2097152-3145727/*",
      "PUT bytes 3145728-4194303/*",
      "PUT bytes 4194304-5242879/*",
      "PUT bytes 5242880-5242979/5242980",
    ]);
    expect(sha256(await bytesOf(one, "d/large"))).toBe(sha256(large));
  });

  test("connections cut at random bytes lose and double nothing", async () => {
    let seed = 1;
    const random = (): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32;
    const url = await startCutter(gateway.url, () => Math.floor(random() * 3 * MEBIBYTE));
    const one = storeAt(url, "run", { partSizeMib: 1, maxAttempts: 20 });
    const written = await one.write("e/object", chunksOf(patterned), { ifAbsent: true });
    expect(written.size).toBe(patterned.byteLength);
    expect(sha256(await bytesOf(one, "e/object"))).toBe(sha256(patterned));
    expect(sha256(await bytesOf(one, "e/object", { start: 1_234_567 }))).toBe(sha256(patterned.subarray(1_234_567)));
  });

  test("an object that is replaced while a connection breaks is not mixed with the new one", async () => {
    const one = store();
    await one.write("f/object", patterned);
    faults(isRead, { cutAnswerAfter: 3 * MEBIBYTE });
    const reader = (await one.read("f/object")).getReader();
    await reader.read();
    await one.write("f/object", large);
    const rest = (async () => {
      while (!(await reader.read()).done);
    })();
    expect(await refusal(rest)).toMatchInlineSnapshot(`
      "object_changed: Can't read "f/object" in the artifact store "test" (bucket "zen"): the object was replaced or deleted meanwhile (HTTP 404).
        Read it again from its start."
    `);
  });

  test("other bytes than were sent are found out, on both ways", async () => {
    for (const checksum of ["md5", "crc32c"] as const) {
      const one = store({ checksum, maxAttempts: 3 });
      faults(isMultipart, { corrupt: "request" });
      await one.write("g/small", small);
      expect(sha256(await bytesOf(one, "g/small"))).toBe(sha256(small));
      await one.write("g/large", small);
      faults(isPart, {}, { corrupt: "request" });
      expect(await refusal(one.write("g/new", chunksOf(large)))).toMatch(
        /^object_corrupt: Can't write "g\/new" in the artifact store "test"/,
      );
      expect(await one.exists("g/new")).toBe(false);
      faults(isRead, { corrupt: "answer" });
      expect(await refusal(bytesOf(one, "g/small"))).toMatch(/^object_corrupt: Can't read "g\/small" in the artifact store "test"/);
    }
  });

  test("other bytes than were asked for are found out: of a proxy that ignores ranges, or changes them", async () => {
    const one = store({ checksum: "none", maxAttempts: 3 });
    await one.write("g/object", patterned);
    faults(isRead, { asks: {} });
    expect(await refusal(bytesOf(one, "g/object", { start: 10, end: 19 }))).toMatchInlineSnapshot(`
      "store_unfaithful: Can't read "g/object" in the artifact store "test" (bucket "zen"): the answer isn't what was asked for (the whole object instead of bytes 10-19, HTTP 200).
        The server, or a cache or proxy in front of it, doesn't do what it is asked: reach the server without them, or use another one."
    `);
    faults(isRead, { asks: { range: "bytes=0-9" } });
    expect(await refusal(bytesOf(one, "g/object", { start: 10, end: 19 }))).toMatchInlineSnapshot(`
      "store_unfaithful: Can't read "g/object" in the artifact store "test" (bucket "zen"): the answer isn't what was asked for (bytes 0-9/12582912 instead of bytes 10-19, HTTP 206).
        The server, or a cache or proxy in front of it, doesn't do what it is asked: reach the server without them, or use another one."
    `);
    faults(isRead, { asks: { range: "bytes=0-9" } });
    expect(await refusal(bytesOf(one, "g/object"))).toMatchInlineSnapshot(`
      "store_unfaithful: Can't read "g/object" in the artifact store "test" (bucket "zen"): the answer isn't what was asked for (bytes 0-9/12582912 instead of the whole object, HTTP 206).
        The server, or a cache or proxy in front of it, doesn't do what it is asked: reach the server without them, or use another one."
    `);
    // Where a broken connection is made again.
    faults(isRead, { cutAnswerAfter: 3 * MEBIBYTE }, { asks: {} });
    expect(await refusal(bytesOf(one, "g/object"))).toMatchInlineSnapshot(`
      "store_unfaithful: Can't read "g/object" in the artifact store "test" (bucket "zen"): the answer isn't what was asked for (the whole object instead of bytes 3145728-12582911, HTTP 200).
        The server, or a cache or proxy in front of it, doesn't do what it is asked: reach the server without them, or use another one."
    `);
    // The whole is what it asks for.
    faults(isRead, { asks: {} });
    expect(sha256(await bytesOf(one, "g/object", { start: 0 }))).toBe(sha256(patterned));
  });

  test("a good answer that is nothing, or something else, is taken for no object, and no empty bucket", async () => {
    const one = store({ maxAttempts: 2 });
    await one.write("g/object", small);
    const requests = [
      () => one.write("g/new", small),
      () => one.write("g/new", chunksOf(large)),
      () => one.stat("g/object"),
      () => one.list("g/"),
      () => one.deleteTree("g"),
      () => one.copy("g/object", "g/new"),
    ];
    for (const body of ["", "{}", "<html>Log in</html>"]) {
      for (const request of requests) {
        gateway.fault = () => ({ answer: { status: 200, body, headers: { location: gateway.url } } });
        expect(await refusal(request())).toMatch(/^store_unavailable: Can't .*the connection failed \(the answer is no/);
        gateway.fault = () => undefined;
        expect([await one.exists("g/new"), await one.exists("g/object")]).toEqual([false, true]);
      }
    }
  });

  test("an answer to a copy that neither is its end nor goes on is an error", async () => {
    await store().write("g/object", small);
    faults(({ url }) => url.pathname.includes("/rewriteTo/"), { answer: { status: 200, body: '{"kind":"storage#rewriteResponse"}' } });
    expect(await refusal(store().copy("g/object", "g/copy"))).toMatch(/^store_unfaithful: .*\(it has no rewriteToken\)/);
  });

  test("a reader that takes its time is not a server that hangs, and one that trickles neither", async () => {
    await store().write("h/object", patterned);
    const one = store({ timeoutSeconds: 1 });
    const reader = (await one.read("h/object")).getReader();
    const chunks = [(await reader.read()).value!];
    await sleep(2000);
    for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
    expect(sha256(Buffer.concat(chunks))).toBe(sha256(patterned));
    faults(isRead, { slowMilliseconds: 50 });
    expect((await bytesOf(one, "h/object", { start: 0, end: 2 * MEBIBYTE })).byteLength).toBe(2 * MEBIBYTE + 1);
    expect(gateway.seen.filter(isRead).length).toBe(2);
  });

  test("a server that has every byte and never the object doesn't keep a write for ever", async () => {
    gateway.fault = ({ method, headers }) => {
      const range = /(\d+)$/.exec(method === "PUT" ? String(headers["content-range"]) : "");
      return range ? { answer: { status: 308, headers: { range: `bytes=0-${Number(range[1]) - 1}` } } } : undefined;
    };
    expect(await refusal(store({ maxAttempts: 3 }).write("o/object", chunksOf(large)))).toMatchInlineSnapshot(`
      "store_unavailable: Can't write "o/object" in the artifact store "test" (bucket "zen"): the server failed (the server has every byte and no object).
        Look at the server's log, then try again: what a run has completed isn't done again."
    `);
    expect(await store().exists("o/object")).toBe(false);
  });

  test("a page of a proxy's is no answer", async () => {
    const one = store({ maxAttempts: 2 });
    const page = { answer: { status: 200, body: "<html>Log in</html>" } };
    faults(() => true, page);
    expect(await one.exists("o/object")).toBe(false);
    faults(() => true, page, page);
    expect(await refusal(one.list("o"))).toMatchInlineSnapshot(`
      "store_unavailable: Can't list "o" in the artifact store "test" (bucket "zen"): the connection failed (the answer is not JSON).
        Check the endpoint and the network, then try again: what a run has completed isn't done again."
    `);
  });

  test("an object whose length isn't told is read to its end", async () => {
    const one = store();
    await one.write("o/object", small);
    faults(isRead, { answer: { status: 200, body: "unpacked on the way" } });
    expect((await bytesOf(one, "o/object")).toString()).toBe("unpacked on the way");
  });

  test("an aborted upload is cancelled at the server", async () => {
    const one = store();
    const aborter = new AbortController();
    const source = (async function* () {
      yield large;
      aborter.abort(new Error("stop"));
      yield large;
    })();
    await expect(one.write("i/object", source, { signal: aborter.signal })).rejects.toThrow("stop");
    expect(gateway.seen.at(-1)).toMatchObject({ method: "DELETE", url: { pathname: "/upload/storage/v1/b/zen/o" } });
    expect(await one.exists("i/object")).toBe(false);
  });
});

describe.skipIf(skip)("with a server that", () => {
  test("hangs, a request ends in time, and the next ones pass", async () => {
    const one = storeAt(server.url, "run", { partSizeMib: 1, timeoutSeconds: 0.5, maxAttempts: 2 });
    await one.write("j/object", small);
    server.freeze();
    try {
      const started = Date.now();
      expect(await refusal(one.write("j/object", small))).toMatchInlineSnapshot(`
        "store_unavailable: Can't write "j/object" in the artifact store "test" (bucket "zen"): the server didn't answer in time (nothing was sent or received for 0.5 s).
          Check the server and the network, then try again: what a run has completed isn't done again."
      `);
      await expect(one.stat("j/object")).rejects.toMatchObject({ code: "store_unavailable" });
      await expect(one.read("j/object")).rejects.toMatchObject({ code: "store_unavailable" });
      await expect(one.write("j/large", chunksOf(large))).rejects.toMatchObject({ code: "store_unavailable" });
      expect(Date.now() - started).toBeLessThan(10_000);
    } finally {
      server.thaw();
    }
    await one.write("j/object", small);
  });

  test("is killed amid an upload and started again shows nothing of it, and takes the next one", async () => {
    const one = storeAt(server.url, "run", { partSizeMib: 1, maxAttempts: 8 });
    await one.write("k/object", small);
    const source = (async function* () {
      yield large;
      await server.kill();
      setTimeout(() => void server.start(), 300);
      yield large;
    })();
    expect(await refusal(one.write("k/object", source))).toMatchInlineSnapshot(`
      "store_unavailable: Can't write "k/object" in the artifact store "test" (bucket "zen"): the server failed (the server has forgotten the upload, HTTP 404).
        Look at the server's log, then try again: what a run has completed isn't done again."
    `);
    expect(sha256(await bytesOf(one, "k/object"))).toBe(sha256(small));
    await one.write("k/object", chunksOf(large));
    expect(sha256(await bytesOf(one, "k/object"))).toBe(sha256(large));
  });

  test("is down for a moment is waited for", async () => {
    const one = storeAt(server.url, "run", { partSizeMib: 1, maxAttempts: 10 });
    await server.kill();
    const started = (async () => {
      await sleep(500);
      await server.start();
    })();
    await one.write("l/small", small);
    await started;
    await server.kill();
    const again = (async () => {
      await sleep(300);
      await server.start();
    })();
    // Its session is gone, but nothing of the source is.
    await one.write("l/large", chunksOf(large));
    await again;
    expect(sha256(await bytesOf(one, "l/large"))).toBe(sha256(large));
  });

  test("is killed amid a download and started again is read on", async () => {
    const one = storeAt(server.url, "run", { partSizeMib: 1, maxAttempts: 10 });
    const object = Buffer.concat([patterned, patterned]);
    await one.write("m/object", object);
    const reader = (await one.read("m/object")).getReader();
    const chunks = [(await reader.read()).value!];
    await server.kill();
    const started = (async () => {
      await sleep(300);
      await server.start();
    })();
    for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
    await started;
    expect(sha256(Buffer.concat(chunks))).toBe(sha256(object));
  });

  test("loses its bucket says so, whatever is asked", async () => {
    await makeGcsBucket(server.url, "doomed");
    const one = storeAt(server.url, "", { path: "gs://doomed/run", partSizeMib: 1 });
    await one.write("n/object", small);
    await one.deleteTree("n");
    await fetch(`${server.url}/storage/v1/b/doomed`, { method: "DELETE" });
    expect([
      await refusal(one.write("n/object", small)),
      await refusal(one.write("n/object", chunksOf(large))),
      await refusal(one.read("n/object")),
      await refusal(one.stat("n/object")),
      await refusal(one.list("n")),
      await refusal(one.copy("n/object", "n/copy")),
      await refusal(one.rename("n/object", "n/copy")),
      await refusal(one.delete("n/object")),
      await refusal(one.deleteTree("n")),
    ]).toMatchInlineSnapshot(`
      [
        "bucket_not_found: Can't write "n/object" in the artifact store "test" (bucket "doomed"): there is no such bucket (notFound, HTTP 404).
        Create the bucket, or give the component another --path.",
        "bucket_not_found: Can't write "n/object" in the artifact store "test" (bucket "doomed"): there is no such bucket (notFound, HTTP 404).
        Create the bucket, or give the component another --path.",
        "bucket_not_found: Can't read "n/object" in the artifact store "test" (bucket "doomed"): there is no such bucket (HTTP 404).
        Create the bucket, or give the component another --path.",
        "bucket_not_found: Can't look up "n/object" in the artifact store "test" (bucket "doomed"): there is no such bucket (notFound, HTTP 404).
        Create the bucket, or give the component another --path.",
        "bucket_not_found: Can't list "n" in the artifact store "test" (bucket "doomed"): there is no such bucket (notFound, HTTP 404).
        Create the bucket, or give the component another --path.",
        "bucket_not_found: Can't copy "n/object" in the artifact store "test" (bucket "doomed"): there is no such bucket (notFound, HTTP 404).
        Create the bucket, or give the component another --path.",
        "bucket_not_found: Can't rename "n/object" in the artifact store "test" (bucket "doomed"): there is no such bucket (notFound, HTTP 404).
        Create the bucket, or give the component another --path.",
        "bucket_not_found: Can't delete "n/object" in the artifact store "test" (bucket "doomed"): there is no such bucket (notFound, HTTP 404).
        Create the bucket, or give the component another --path.",
        "bucket_not_found: Can't delete the tree "n/" in the artifact store "test" (bucket "doomed"): there is no such bucket (notFound, HTTP 404).
        Create the bucket, or give the component another --path.",
      ]
    `);
  });
});
