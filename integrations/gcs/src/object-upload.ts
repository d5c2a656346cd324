import { randomUUID } from "node:crypto";
import { chunksOf, type ByteSource } from "@zen/core";
import { newChecksum, type Checksum } from "./checksum.ts";
import type { Client, Request } from "./client.ts";
import type { GCSConfig } from "./config-schema.ts";
import { Creator } from "./creator.ts";
import type { ObjectResource, ObjectTarget } from "./object-resource.ts";
import { RequestFailure } from "./request-failure.ts";
import { Retries } from "./retry.ts";
import { blocksOf, type Block } from "./source-blocks.ts";

const MEBIBYTE = 1024 * 1024;
const CANCEL_MILLISECONDS = 2000;
const MORE = 308;

/**
 * Writes an object: in one request if it fits into one part, else part by part in a session, where after a failure the server
 * is asked how far it got. Either way it appears when the last byte has been checked, or never.
 */
export class ObjectUpload {
  readonly #client: Client;
  readonly #config: GCSConfig;
  readonly #target: ObjectTarget;
  readonly #signal: AbortSignal | undefined;
  readonly #retries: Retries;
  readonly #creator = new Creator();
  /** Whoever knows this address may write to it. */
  #session: string | undefined;

  constructor(client: Client, config: GCSConfig, target: ObjectTarget, signal: AbortSignal | undefined) {
    this.#client = client;
    this.#config = config;
    this.#target = target;
    this.#signal = signal;
    this.#retries = new Retries(config.maxAttempts, signal);
  }

  async write(source: ByteSource, key: string): Promise<ObjectResource> {
    const partBytes = this.#config.partSizeMib * MEBIBYTE;
    const checksum = await newChecksum(this.#config.checksum);
    // No need to copy it, then.
    if (source instanceof Uint8Array && source.byteLength <= partBytes) return this.#whole(source, checksum);
    const blocks = blocksOf(chunksOf(source, key, this.#signal), partBytes);
    try {
      for (let start = 0; ;) {
        const { value: block } = (await blocks.next()) as IteratorYieldResult<Block>;
        if (start === 0 && block.last) return await this.#whole(block.bytes, checksum);
        checksum?.update(block.bytes);
        const digest = block.last ? checksum?.digest() : undefined;
        const done = await this.#part(start, block, digest && `${checksum!.header}=${digest}`);
        if (done) return await this.#checked(done, checksum, digest);
        start += block.bytes.byteLength;
      }
    } catch (error) {
      await blocks.return();
      await this.#cancel(error);
      throw error;
    }
  }

  /** One request: what the object is to be, and its bytes. */
  async #whole(bytes: Uint8Array, checksum: Checksum | undefined): Promise<ObjectResource> {
    checksum?.update(bytes);
    const boundary = randomUUID();
    const object = JSON.stringify({ ...this.#object(), ...(checksum && { [checksum.field]: checksum.digest() }) });
    const request: Request = {
      method: "POST",
      url: this.#uploadUrl(),
      query: this.#query("multipart"),
      headers: { "content-type": `multipart/related; boundary=${boundary}` },
      body: [
        Buffer.from(
          `--${boundary}\r\ncontent-type: application/json\r\n\r\n${object}\r\n--${boundary}\r\ncontent-type: application/octet-stream\r\n\r\n`,
        ),
        bytes,
        Buffer.from(`\r\n--${boundary}--\r\n`),
      ],
      kind: "storage#object",
    };
    const send = async (): Promise<ObjectResource> => (await this.#ask<ObjectResource>(request)).data;
    return this.#creator.run(this.#client, this.#target, this.#retries, this.#signal, send);
  }

  /** @returns the address of a session */
  async #start(): Promise<string> {
    const { headers } = await this.#ask({
      method: "POST",
      url: this.#uploadUrl(),
      query: this.#query("resumable"),
      headers: { "content-type": "application/json; charset=UTF-8", "x-upload-content-type": "application/octet-stream" },
      body: [Buffer.from(JSON.stringify(this.#object()))],
    });
    return headers.get("location")!;
  }

  /**
   * Sends a part until the server has all of it.
   *
   * @param start where in the object the part begins
   * @returns the object, after the last part
   */
  async #part(start: number, { bytes, last }: Block, hash: string | undefined): Promise<ObjectResource | undefined> {
    const end = start + bytes.byteLength;
    const total = last ? end : "*";
    let kept = start;
    let unsure = false;
    for (;;) {
      this.#session ??= await this.#retries.run(() => this.#start());
      try {
        // Without bytes, the request asks how many are there.
        const asks = unsure || kept === end;
        const { status, headers, data } = await this.#ask<ObjectResource>({
          method: "PUT",
          url: this.#session,
          headers: {
            "content-range": asks ? `bytes */${total}` : `bytes ${kept}-${end - 1}/${total}`,
            ...(hash !== undefined && { "x-goog-hash": hash }),
          },
          body: asks ? [] : [bytes.subarray(kept - start)],
          accepts: [MORE],
          kind: "storage#object",
        });
        if (status !== MORE) return data;
        unsure = false;
        const now = keptBytes(headers);
        if (now < start || now > end) throw lostSession();
        if (last && asks && now === end) throw new RequestFailure("session", "the server has every byte and no object", { mayPass: true });
        if (now > kept) this.#retries.reset();
        else if (!asks) throw new RequestFailure("network", "the server kept nothing of what was sent", { mayPass: true });
        kept = now;
        if (kept === end && !last) return undefined;
      } catch (error) {
        if (isGone(error)) {
          // All that was sent is still here.
          if (start > 0) throw lostSession(error);
          this.#session = undefined;
          await this.#retries.pause(lostSession(error, true));
          kept = 0;
          unsure = false;
          continue;
        }
        // What was sent before is not here any more, to be sent again.
        if (error instanceof RequestFailure && error.kind === "checksum") throw error;
        await this.#retries.pause(error);
        unsure = true;
      }
    }
  }

  /** The server checks the bytes itself before the object appears. One that doesn't is found out here. */
  async #checked(object: ObjectResource, checksum: Checksum | undefined, digest: string | undefined): Promise<ObjectResource> {
    const stored = checksum && object[checksum.field];
    if (stored === undefined || stored === digest) return object;
    const { bucket, name } = this.#target;
    const { generation } = object;
    await this.#ask({ method: "DELETE", url: this.#client.objectUrl(bucket, name), query: { ifGenerationMatch: generation } }).catch(
      () => {},
    );
    throw new RequestFailure("checksum", `the server has ${stored}, and ${digest} was sent`, { mayPass: false });
  }

  /** Tells the server that nothing more will come. It forgets a session that isn't told so after a week. */
  async #cancel(reason: unknown): Promise<void> {
    if (this.#session === undefined) return;
    if (reason instanceof RequestFailure && (reason.kind === "network" || reason.kind === "timeout")) return;
    const request: Request = { method: "DELETE", url: this.#session, accepts: [404, 410, 499] };
    await this.#client.json(request, AbortSignal.timeout(CANCEL_MILLISECONDS)).catch(() => {});
  }

  #ask<T>(request: Request): Promise<{ status: number; headers: Headers; data: T }> {
    return this.#client.json<T>(request, this.#signal);
  }

  #uploadUrl(): string {
    return `/upload/storage/v1/b/${encodeURIComponent(this.#target.bucket)}/o`;
  }

  #query(uploadType: string): NonNullable<Request["query"]> {
    const { name, ifAbsent } = this.#target;
    return { uploadType, name, ifGenerationMatch: ifAbsent ? 0 : undefined, kmsKeyName: this.#config.kmsKeyName };
  }

  #object(): object {
    const { name, ifAbsent } = this.#target;
    return {
      name,
      contentType: "application/octet-stream",
      storageClass: this.#config.storageClass,
      ...(ifAbsent && { metadata: this.#creator.metadata }),
    };
  }
}

/** `bytes=0-99` is 100 bytes; without the header there are none. */
function keptBytes(headers: Headers): number {
  const range = headers.get("range");
  return range === null ? 0 : Number(range.slice(range.indexOf("-") + 1)) + 1;
}

function isGone(error: unknown): error is RequestFailure {
  return error instanceof RequestFailure && error.kind === "answer" && (error.status === 404 || error.status === 410);
}

function lostSession(error?: RequestFailure, mayPass = false): RequestFailure {
  return new RequestFailure("session", "the server has forgotten the upload", {
    status: error?.status,
    requestId: error?.requestId,
    mayPass,
  });
}
