import { createHash } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { DeleteBucketCommand, ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import type { ZenError } from "@zen/core";
import {
  answerWith,
  corruptAt,
  cutAt,
  GO_MISSING,
  startMinio,
  startProxy,
  startVersitygw,
  type Fault,
  type FaultyProxy,
} from "@zen-tests/servers";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { S3ArtifactStore } from "./artifact-store.ts";
import { startScript } from "./child-process.fixture.ts";
import { bareClient, makeBucket, readOnlyKeys, storeOn } from "./real-server.fixture.ts";

const MEBIBYTE = 1024 * 1024;
const OLD = new TextEncoder().encode("what was there before");
const LARGE = 24 * MEBIBYTE;
/** Bytes in which no part looks like another. */
const BYTES = Buffer.alloc(LARGE);
for (let n = 0, state = 7; n < LARGE; n += 4) BYTES.writeInt32LE((state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0), n);
const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** The large object, MiB by MiB, with something done in its middle. */
async function* source(middle: () => unknown = () => undefined): AsyncGenerator<Uint8Array> {
  for (let n = 0; n < 24; n++) {
    if (n === 13) await middle();
    yield BYTES.subarray(n * MEBIBYTE, (n + 1) * MEBIBYTE);
  }
}

async function bytesOf(store: S3ArtifactStore, key: string, between: (bytes: number) => unknown = () => undefined): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of await store.read(key)) {
    chunks.push(chunk);
    await between((bytes += chunk.byteLength));
  }
  return Buffer.concat(chunks);
}

/** What it fails with, made the same for every server and run. */
async function failure(work: Promise<unknown>): Promise<string> {
  const { code, message, hint } = (await work.then(
    () => expect.fail("it should have failed"),
    (error: unknown) => error,
  )) as ZenError;
  return `${code}: ${message} ${hint}`.replace(/request [\w-]+/g, "request ID").replace(/127\.0\.0\.1:\d+/g, "SERVER");
}

async function unfinished(url: string, Bucket: string): Promise<number> {
  return (await bareClient(url).send(new ListMultipartUploadsCommand({ Bucket, Prefix: "zen/run/object" }))).Uploads?.length ?? 0;
}

const SERVERS = { versitygw: startVersitygw, MinIO: startMinio };

for (const [name, start] of Object.entries(SERVERS)) {
  const running = GO_MISSING === undefined ? await start() : undefined;
  describe.skipIf(!running)(`on ${name}`, { timeout: 60_000 }, () => {
    const server = running!;
    let proxy: FaultyProxy;
    let direct: S3ArtifactStore;
    let bucket = 0;

    beforeAll(async () => {
      proxy = await startProxy(server.port);
    });
    afterAll(async () => {
      await proxy[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    });
    afterEach(async () => {
      proxy.fault = {};
      vi.useRealTimers();
      await server.start();
      server.thaw();
    });

    /** A store in a bucket of its own, behind the proxy, with an object that is there already. */
    async function newStore(options: Parameters<typeof storeOn>[2] = {}): Promise<S3ArtifactStore> {
      await makeBucket(server.url, `bucket-${++bucket}`);
      direct = storeOn(server.url, `s3://bucket-${bucket}/zen`);
      await direct.write("run/object", OLD);
      return storeOn(proxy.url, direct.path, { partSizeMib: 5, timeoutSeconds: 5, ...options });
    }

    /** Nothing of the failed write is visible, nothing is left of it, and the same write, begun again, completes. */
    async function assertCleanAndRepeatable(store: S3ArtifactStore): Promise<void> {
      expect(Buffer.from(await bytesOf(direct, "run/object"))).toEqual(Buffer.from(OLD));
      await store.write("run/object", source());
      expect(digest(await bytesOf(direct, "run/object"))).toBe(digest(BYTES));
    }

    test("an upload goes on after the server was killed and started again", async () => {
      const store = await newStore();
      await store.write(
        "run/object",
        source(async () => {
          await server.kill();
          setTimeout(() => void server.start(), 500);
        }),
      );
      expect(digest(await bytesOf(direct, "run/object"))).toBe(digest(BYTES));
    });

    test("an upload whose server is killed and stays down fails, and leaves nothing visible", async () => {
      const store = await newStore({ maxAttempts: 2 });
      const failed = await failure(
        store.write(
          "run/object",
          source(() => server.kill()),
        ),
      );
      expect(failed).toMatch(
        /^store_unavailable: Can't write "run\/object" in the artifact store "test" \(bucket "bucket-\d+"\): the connection failed \(.+\)\. Check the endpoint and the network, then try again: what a run has completed isn't done again\.$/,
      );
      await server.start();
      await assertCleanAndRepeatable(store);
    });

    test("a download goes on after the server was killed and started again", async () => {
      const store = await newStore();
      await direct.write("run/object", source());
      let killed = false;
      const bytes = await bytesOf(store, "run/object", async () => {
        if (killed) return;
        killed = true;
        await server.kill();
        setTimeout(() => void server.start(), 300);
      });
      expect(digest(bytes)).toBe(digest(BYTES));
    });

    test("a download of an object that was replaced while its server was down fails: never a mixture of two", async () => {
      const store = await newStore();
      await direct.write("run/object", source());
      const reader = (await store.read("run/object")).getReader();
      await reader.read();
      await server.kill();
      await server.start();
      await direct.write("run/object", BYTES.subarray(1));
      const rest = (async () => {
        while (!(await reader.read()).done);
      })();
      expect(await failure(rest)).toMatch(
        /^object_changed: Can't read "run\/object" in the artifact store "test" \(bucket "bucket-\d+"\): the object was replaced or deleted meanwhile \(.+\)\. Read it again from its start\.$/,
      );
    });

    test("nothing hangs on a frozen server, and what was begun goes on when it wakes", async () => {
      const store = await newStore({ timeoutSeconds: 0.4, maxAttempts: 2 });
      await direct.write("run/large", source());
      const patient = storeOn(proxy.url, store.path, { timeoutSeconds: 0.4, partSizeMib: 5, maxAttempts: 20 });
      const reading = (await patient.read("run/large")).getReader();
      const chunks = [(await reading.read()).value!];
      const broken = (await store.read("run/large")).getReader();
      await broken.read();

      server.freeze();
      const started = performance.now();
      const rest = (async () => {
        for (let next = await reading.read(); !next.done; next = await reading.read()) chunks.push(next.value);
      })();
      const going = patient.write("run/new", source());
      const failures = await Promise.all(
        [
          store.write("run/object", source()),
          store.write("run/object", OLD),
          store.read("run/large"),
          store.stat("run/large"),
          store.list("run"),
          store.copy("run/large", "run/copy"),
          store.delete("run/object"),
          store.deleteTree("run"),
          (async () => {
            while (!(await broken.read()).done);
          })(),
        ].map(failure),
      );
      // Two attempts and the pause between; a write also tries to have its parts forgotten, for 5 seconds at most.
      expect(performance.now() - started).toBeLessThan(9000);
      server.thaw();
      for (const text of failures) expect(text).toMatch(/^store_unavailable: .*the server didn't answer in time.*Check the server/);
      await Promise.all([rest, going]);
      expect(digest(Buffer.concat(chunks))).toBe(digest(BYTES));
      expect(digest(await bytesOf(direct, "run/new"))).toBe(digest(BYTES));
      // What the server had received may have been done after all; half of it never.
      expect([digest(OLD), undefined]).toContain(await bytesOf(direct, "run/object").then(digest, () => undefined));
    });

    test("connections that are cut at random bytes cost time and nothing else", async () => {
      const store = await newStore();
      const random = (): number[] => Array.from({ length: 5 }, () => Math.floor(Math.random() * LARGE));
      for (let round = 0; round < 3; round++) {
        const up = random();
        proxy.fault = cutAt("fromClient", up);
        await store.write(`run/${round}`, source());
        const down = random();
        proxy.fault = cutAt("fromServer", down);
        expect(digest(await bytesOf(store, `run/${round}`)), `cut at ${up.join()} and ${down.join()}`).toBe(digest(BYTES));
      }
    });

    test("a create-only write whose answer is lost knows its own object again, and another's", async () => {
      const store = await newStore();
      for (const [key, bytes] of [
        ["run/small", OLD],
        ["run/large", source()],
      ] as const) {
        // The server does what it is asked, and its answer to the last request doesn't arrive.
        let answers = 0;
        const last = key === "run/small" ? 1 : 7;
        proxy.fault = { fromServer: (chunk) => (chunk.includes("HTTP/1.1 200") && ++answers === last ? undefined : chunk) };
        const sweeping = storeOn(proxy.url, store.path, { partSizeMib: 5, abortUploadsAfterHours: 0, partConcurrency: 1 });
        await sweeping.write(key, bytes, { ifAbsent: true });
        expect(answers).toBeGreaterThanOrEqual(last);
        proxy.fault = answerWith(1, "500 Internal Server Error");
        await expect(sweeping.write(key, OLD, { ifAbsent: true })).rejects.toMatchObject({ code: "object_exists" });
      }
      expect(digest(await bytesOf(direct, "run/large"))).toBe(digest(BYTES));
    });

    // The servers can't be made to answer so: the proxy does, in their words.
    test("errors that may pass are tried again, and said if they stay", async () => {
      const store = await newStore({ maxAttempts: 4, abortUploadsAfterHours: 0 });
      const xml = (code: string): string =>
        `<?xml version="1.0"?><Error><Code>${code}</Code><Message>m</Message><RequestId>R1</RequestId></Error>`;
      for (const [status, body] of [
        ["500 Internal Server Error", xml("InternalError")],
        ["503 Slow Down", xml("SlowDown")],
        ["429 Too Many Requests", ""],
        ["502 Bad Gateway", "<html>nginx</html>"],
        ["408 Request Timeout", xml("RequestTimeout")],
      ] as const) {
        proxy.fault = answerWith(3, status, body);
        await store.write("run/passes", OLD);
        expect(Buffer.from(await bytesOf(store, "run/passes"))).toEqual(Buffer.from(OLD));
        proxy.fault = answerWith(4, status, body);
        const said = await failure(store.read("run/passes"));
        expect(said).toMatch(/^store_unavailable: Can't read "run\/passes"/);
        expect(said).toContain(`HTTP ${status.slice(0, 3)}`);
      }
      proxy.fault = answerWith(4, "503 Slow Down", xml("SlowDown"), ["x-amz-request-id: R1"]);
      expect(await failure(store.write("run/passes", OLD))).toBe(
        `store_unavailable: Can't write "run/passes" in the artifact store "test" (bucket "bucket-${bucket}"): the server is asked too much at a time, and waiting didn't help (SlowDown, HTTP 503, request ID). Lower the concurrency or wait, then try again: what a run has completed isn't done again.`,
      );
      // Once is enough for what can't pass.
      let asked = 0;
      const forbidden = answerWith(9, "403 Forbidden", xml("AccessDenied"));
      proxy.fault = { answer: () => (asked++, forbidden.answer!()) };
      expect(await failure(store.write("run/passes", OLD))).toContain("store_forbidden: ");
      expect(asked).toBe(1);
      proxy.fault = answerWith(9, "400 Bad Request", xml("ExpiredToken"));
      expect(await failure(store.read("run/passes"))).toBe(
        `store_credentials: Can't read "run/passes" in the artifact store "test" (bucket "bucket-${bucket}"): the credentials aren't accepted (ExpiredToken, HTTP 400, request ID). Check that the keys are right, belong to this server, and haven't expired.`,
      );
    });

    test("what can't pass is said at once, and where no S3 answered", async () => {
      const store = await newStore({ abortUploadsAfterHours: 0 });
      const page = "<html><head><title>No</title></head><body><hr>nginx</body></html>";
      const answers = [
        ["501 Not Implemented", `<?xml version="1.0"?><Error><Code>NotImplemented</Code><Message>m</Message></Error>`],
        ["413 Payload Too Large", page],
        ["405 Method Not Allowed", page],
        ["404 Not Found", page],
      ] as const;
      const said: string[] = [];
      for (const [status, body] of answers) {
        // Had it been asked again, it would have been written.
        proxy.fault = answerWith(1, status, body, ["content-type: text/html"]);
        said.push((await failure(store.write("run/new", OLD))).replace(/bucket-\d+/, "BUCKET"));
      }
      expect(said).toMatchInlineSnapshot(`
        [
          "store_refused: Can't write "run/new" in the artifact store "test" (bucket "BUCKET"): the server refused the request (NotImplemented, HTTP 501). It may not have what the component's configuration asks for: compare the two.",
          "store_refused: Can't write "run/new" in the artifact store "test" (bucket "BUCKET"): the server refused the request (the answer isn't S3's, HTTP 413). It may not have what the component's configuration asks for: compare the two.",
          "store_refused: Can't write "run/new" in the artifact store "test" (bucket "BUCKET"): the server refused the request (the answer isn't S3's, HTTP 405). It may not have what the component's configuration asks for: compare the two.",
          "store_refused: Can't write "run/new" in the artifact store "test" (bucket "BUCKET"): the server refused the request (the answer isn't S3's, HTTP 404). It may not have what the component's configuration asks for: compare the two.",
        ]
      `);
      let asked = 0;
      proxy.fault = { fromClient: (chunk) => (asked++, chunk) };
      const secure = storeOn(proxy.url.replace("http:", "https:"), store.path, { abortUploadsAfterHours: 0 });
      expect(await failure(secure.write("run/new", OLD))).toMatch(
        /^store_unavailable: .*the connection failed \(EPROTO\)\. The server may speak no TLS there: does its address begin with http:\/\/\?$/,
      );
      expect(asked).toBe(1);
      // Of a part: the upload has begun.
      const forgotten = answerWith(1, "404 Not Found", `<?xml version="1.0"?><Error><Code>NoSuchUpload</Code></Error>`).answer!;
      let requests = 0;
      const one = storeOn(proxy.url, store.path, { partSizeMib: 5, partConcurrency: 1, abortUploadsAfterHours: 0 });
      proxy.fault = { answer: () => (++requests === 2 ? forgotten() : undefined) };
      expect(await failure(one.write("run/new", source()))).toMatch(/^store_unavailable: .*NoSuchUpload/);
      expect(await direct.exists("run/new")).toBe(false);
    });

    test("an upload that is aborted before the server has begun it is over soon", async () => {
      const store = await newStore({ timeoutSeconds: 30, abortUploadsAfterHours: 0 });
      await store.exists("run/object");
      server.freeze();
      const abort = new AbortController();
      const writing = store.write("run/new", source(), { signal: abort.signal }).catch((error: unknown) => error);
      await sleep(300);
      const aborted = performance.now();
      abort.abort(new Error("stop"));
      expect(await writing).toBe(abort.signal.reason);
      // 5 seconds for the server to forget it; its answer would be waited for 30 and more.
      expect(performance.now() - aborted).toBeLessThan(20_000);
    });

    test("of many objects that are deleted, those that the server has no time for are deleted again", async () => {
      const store = await newStore();
      await direct.write("run/other", OLD);
      const error = "<Error><Key>zen/run/object</Key><Code>SlowDown</Code><Message>m</Message></Error>";
      const answer = answerWith(1, "200 OK", `<?xml version="1.0"?><DeleteResult>${error}</DeleteResult>`).answer!;
      let asked = 0;
      // After the listing.
      proxy.fault = { answer: () => (++asked === 2 ? answer() : undefined) };
      expect(await store.deleteTree("run")).toBe(3);
      expect(asked).toBeGreaterThanOrEqual(4);
      expect((await direct.list("run")).objects).toEqual([]);
    });

    // versitygw makes no keys that may do less.
    test.each(name === "MinIO" ? [["s3:GetObject", "s3:ListBucket"]] : [])(
      "who may list (%s, %s) but not delete is told so when a tree is deleted",
      async (...rights) => {
        const store = await newStore();
        const reader = storeOn(proxy.url, store.path, await readOnlyKeys(server.url, rights));
        expect(await failure(reader.deleteTree("run"))).toBe(
          `store_forbidden: Can't delete the tree "run" in the artifact store "test" (bucket "bucket-${bucket}"): these credentials may not do that (AccessDenied). Allow them s3:DeleteObject on arn:aws:s3:::bucket-${bucket}/*, or use others.`,
        );
        expect(await direct.exists("run/object")).toBe(true);
      },
    );

    test("bytes that change on their way are noticed, and sent again", async () => {
      const store = await newStore({ abortUploadsAfterHours: 0, maxAttempts: 3 });
      await direct.write("run/large", source());
      proxy.fault = corruptAt("fromClient", [3 * MEBIBYTE, 12 * MEBIBYTE]);
      await store.write("run/new", source());
      proxy.fault = {};
      expect(digest(await bytesOf(store, "run/new"))).toBe(digest(BYTES));
      proxy.fault = corruptAt(
        "fromClient",
        Array.from({ length: 100 }, (_, n) => n * MEBIBYTE + 300_000),
      );
      expect(await failure(store.write("run/new", source()))).toMatch(
        /^object_corrupt: Can't write "run\/new" .*the bytes don't match their checksum \(\w+, HTTP 400, request ID\)\. Try again\./,
      );
      proxy.fault = corruptAt("fromServer", [9 * MEBIBYTE]);
      expect(await failure(bytesOf(store, "run/large"))).toMatch(
        /^object_corrupt: Can't read "run\/large" .*the bytes don't match their checksum \(CRC32 .{8} instead of .{8}\)\. Try again\./,
      );
      expect(digest(await bytesOf(direct, "run/new"))).toBe(digest(BYTES));
    });

    // What it answers is the server's own, from another request: a signed one can't be changed on its way.
    test("other bytes than were asked for are noticed: from a cache that ignores ranges, or mixes them up", async () => {
      const store = await newStore({ checksum: "none", maxAttempts: 3 });
      await direct.write("run/large", source());
      const answers: Buffer[] = [];
      for (const range of [undefined, { start: 0, end: 9 }]) {
        const chunks: Buffer[] = [];
        proxy.fault = { fromServer: (chunk) => (chunks.push(chunk), chunk) };
        await new Response(await store.read("run/large", { range })).bytes();
        answers.push(Buffer.concat(chunks));
      }
      const [whole, otherRange] = answers;
      const answer = (bytes: Buffer | undefined): Fault => ({ answer: () => bytes });
      const ranged = async (): Promise<unknown> => new Response(await store.read("run/large", { range: { start: 10, end: 19 } })).bytes();
      const says = (what: string, status: number): string =>
        `store_unfaithful: Can't read "run/large" in the artifact store "test" (bucket "bucket-${bucket}"): the answer isn't what was asked for (${what}, HTTP ${status}, request ID). The server, or a cache or proxy in front of it, doesn't do what it is asked: reach the server without them, or use another one.`;
      proxy.fault = answer(whole);
      expect(await failure(ranged())).toBe(says("the whole object instead of bytes 10-19", 200));
      proxy.fault = answer(otherRange);
      expect(await failure(ranged())).toBe(says(`bytes 0-9/${LARGE} instead of bytes 10-19`, 206));
      expect(await failure(bytesOf(store, "run/large"))).toBe(says(`bytes 0-9/${LARGE} instead of the whole object`, 206));
      // Where a broken connection is made again.
      proxy.fault = cutAt("fromServer", [9 * MEBIBYTE]);
      const broken = bytesOf(store, "run/large", () => {
        proxy.fault = { ...proxy.fault, ...answer(whole) };
      });
      expect(await failure(broken)).toMatch(
        /^store_unfaithful: .* \(the whole object instead of bytes \d+-25165823, HTTP 200, request ID\)/,
      );
      // The whole is what it asks for.
      proxy.fault = answer(whole);
      expect(digest(await new Response(await store.read("run/large", { range: { start: 0 } })).bytes())).toBe(digest(BYTES));
    });

    test("a page that says 200 to anything is no server, and nothing is taken for written, copied or empty", async () => {
      const store = await newStore();
      const page = "<html><body>Log in</body></html>";
      const requests = [
        () => store.write("run/new", OLD),
        () => store.write("run/new", source()),
        () => store.copy("run/object", "run/new"),
        () => store.list("run/"),
        () => store.deleteTree("run"),
      ];
      for (const request of requests) {
        proxy.fault = answerWith(99, "200 OK", page, ["content-type: text/html"]);
        expect(await failure(request())).toMatch(/^store_unfaithful: Can't .*the answer isn't what was asked for \(it (?:has|is) no \w+/);
        proxy.fault = {};
        expect(await direct.exists("run/new")).toBe(false);
      }
      expect(await direct.exists("run/object")).toBe(true);
    });

    // XML has no U+FFFE. versitygw doesn't know how to encode it, and lists other keys.
    test("a tree whose keys no XML can have is deleted, or said not to be", async () => {
      const store = await newStore();
      await Promise.all(Array.from({ length: 1_001 }, (_, n) => direct.write(`odd/${n}\uFFFE`, OLD)));
      const deleting = store.deleteTree("odd").then((count) => Promise.reject(new Error(`${count} are gone`)));
      expect(await failure(deleting)).toMatch(
        { MinIO: /1001 are gone/, versitygw: /^store_unfaithful: .*\(it lists what it has deleted/ }[name as keyof typeof SERVERS],
      );
    });

    test("the time-out of a caller is the caller's own, not one of the server", async () => {
      const store = await newStore({ timeoutSeconds: 30 });
      await store.exists("run/object");
      server.freeze();
      const requests = [
        (signal: AbortSignal) => store.stat("run/object", { signal }),
        (signal: AbortSignal) => store.read("run/object", { signal }),
        (signal: AbortSignal) => store.write("run/object", OLD, { signal }),
        (signal: AbortSignal) => store.list("", { signal }),
        (signal: AbortSignal) => store.delete("run/object", { signal }),
        (signal: AbortSignal) => store.copy("run/object", "run/other", { signal }),
      ];
      for (const request of requests) {
        const signal = AbortSignal.timeout(100);
        const error = await request(signal).catch((thrown: unknown) => thrown);
        expect(error).toBe(signal.reason);
      }
    });

    test("a reader that takes its time loses no byte, though the server lost patience", async () => {
      const store = await newStore({ timeoutSeconds: 0.2 });
      await direct.write("run/large", source());
      let slept = 0;
      const bytes = await bytesOf(store, "run/large", async (taken) => {
        if (taken < (slept + 1) * 8 * MEBIBYTE) return;
        slept++;
        await sleep(700);
      });
      expect(digest(bytes)).toBe(digest(BYTES));
    });

    test("a clock that is an hour wrong doesn't matter", async () => {
      const store = await newStore();
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
      const { modifiedAt } = await store.write("run/new", OLD);
      await store.write("run/large", source());
      expect(digest(await bytesOf(store, "run/large"))).toBe(digest(BYTES));
      expect((await store.list("run")).objects).toHaveLength(3);
      vi.useRealTimers();
      expect(Math.abs(modifiedAt.getTime() - Date.now())).toBeLessThan(30_000);
    });

    test("wrong credentials are said to be wrong, whatever is asked", async () => {
      const store = await newStore();
      const wrong = {
        "an unknown key": { accessKeyId: "UNKNOWN", secretAccessKey: "unknown" },
        "a wrong secret": { secretAccessKey: "wrong" },
      };
      for (const [what, keys] of Object.entries(wrong)) {
        const refused = storeOn(proxy.url, store.path, keys);
        for (const work of [
          () => refused.read("run/object"),
          () => refused.write("run/object", BYTES.subarray(0, 5)),
          () => refused.write("run/object", source()),
          () => refused.stat("run/object"),
          () => refused.stat("run/none"),
          () => refused.list(""),
          () => refused.copy("run/object", "run/copy"),
          () => refused.delete("run/object"),
          () => refused.deleteTree("run"),
        ]) {
          expect(await failure(work()), what).toMatch(/^store_credentials: .* the credentials aren't accepted \(/);
        }
      }
      await assertCleanAndRepeatable(store);
    });

    test("a bucket that is deleted during a run is named, and what is written once it is back completes", async () => {
      const store = await newStore();
      await store.deleteTree("run");
      await bareClient(server.url).send(new DeleteBucketCommand({ Bucket: `bucket-${bucket}` }));
      const fresh = storeOn(proxy.url, store.path);
      for (const work of [
        () => store.read("run/object"),
        () => store.write("run/object", OLD),
        () => store.write("run/object", source()),
        () => store.list(""),
        () => fresh.stat("run/object"),
        () => store.copy("run/object", "run/copy"),
        () => store.deleteTree("run"),
      ]) {
        const said = await failure(work());
        expect(said).toMatch(/^bucket_not_found: .* there is no such bucket \(/);
        expect(said).toContain(`Create it (aws s3 mb s3://bucket-${bucket}), or give the component another --path.`);
      }
      await makeBucket(server.url, `bucket-${bucket}`);
      await store.write("run/object", source());
      expect(digest(await bytesOf(direct, "run/object"))).toBe(digest(BYTES));
    });

    test("a write that fails or is aborted leaves no unfinished upload", async () => {
      const store = await newStore();
      const at = `bucket-${bucket}`;
      await expect(
        store.write(
          "run/object",
          source(() => Promise.reject(new Error("bad"))),
        ),
      ).rejects.toThrow("bad");
      const aborter = new AbortController();
      await expect(
        store.write(
          "run/object",
          source(() => aborter.abort(new Error("stop"))),
          { signal: aborter.signal },
        ),
      ).rejects.toThrow("stop");
      await expect(store.write("run/object", source(), { ifAbsent: true })).rejects.toMatchObject({ code: "object_exists" });
      await expect(store.copy("run/object", "run/object", { ifAbsent: true })).rejects.toMatchObject({ code: "object_exists" });
      expect(await unfinished(server.url, at)).toBe(0);
      await assertCleanAndRepeatable(store);
    });

    test("the upload of a killed process is aborted by the next writer, once it is old", async () => {
      const store = await newStore();
      const at = `bucket-${bucket}`;
      const child = startScript(
        server.url,
        store.path,
        `await store.write("run/object", (async function* () {
          for (let n = 0; n < 40; n++) yield new Uint8Array(1 << 20);
          console.log("parts");
          await new Promise((resolve) => setTimeout(resolve, 60_000));
        })());`,
        { partSizeMib: 5 },
      );
      await once(child.stdout, "data");
      for (let n = 0; n < 100 && (await unfinished(server.url, at)) === 0; n++) await sleep(50);
      child.kill("SIGKILL");
      await once(child, "close");
      expect(await unfinished(server.url, at)).toBe(1);
      // By default only what is a day old.
      await store.write("run/other", OLD);
      await store.close();
      expect(await unfinished(server.url, at)).toBe(1);
      const sweeping = storeOn(server.url, store.path, { abortUploadsAfterHours: 1e-9 });
      await sweeping.write("run/other", OLD);
      for (let n = 0; n < 40 && (await unfinished(server.url, at)) > 0; n++) await sleep(25);
      // MinIO lists the uploads of one key only, and removes old ones by itself.
      expect(await unfinished(server.url, at)).toBe(name === "MinIO" ? 1 : 0);
      await sweeping.close();
    });
  });
}
