import { Readable } from "node:stream";
import type { Storage } from "@google-cloud/storage";
import { isZenError, Semaphore } from "@zen/core";
import type { GCSConfig } from "./config-schema.ts";
import { ownCredentials } from "./credentials.ts";
import { answerFailure, credentialsFailure, networkFailure, RequestFailure } from "./request-failure.ts";
import { StallTimer } from "./stall-timer.ts";

/** How much of a body is handed to the connection at a time: a timer sees that it moves. */
const PIECE_BYTES = 256 * 1024;

const GOOGLE = /^(?:https?:\/\/)?(?:[^/]+\.)?googleapis\.com(?::\d+)?\/?$/;

export interface Request {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Below the endpoint, such as `/storage/v1/b/bucket`, or whole. */
  readonly url: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: readonly Uint8Array[];
  /** Statuses from 300 on that aren't a failure. */
  readonly accepts?: readonly number[];
  /** What the answer is, in Google's word. One that is something else, or nothing, is a failure. */
  readonly kind?: "storage#object" | "storage#objects" | "storage#rewriteResponse";
}

/** An answer whose body is still to come. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readable;
  /** The request's: touch it for every chunk, end it at the body's end. */
  readonly timer: StallTimer;
}

/** An answer in JSON; `data` is undefined if its body was empty. */
export interface JsonAnswer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly data: T;
}

/**
 * One request at a time to the JSON API, with the credentials, the endpoint and the connections of Google's client.
 *
 * The client's own methods are not used: they can't be cancelled; nothing ends one that a frozen server never answers, since
 * `timeout` doesn't reach the fetch of Node; its retries are switched off and on for all requests of a client while one of
 * them isn't idempotent; and an upload whose last answer is lost fails, although the object is there.
 */
export class Client {
  readonly #config: GCSConfig;
  readonly #turns: Semaphore;
  #storage: Promise<Storage> | undefined;
  /** Whether the token has been accepted. */
  #accepted = false;

  constructor(config: GCSConfig) {
    this.#config = config;
    this.#turns = new Semaphore(config.concurrency);
  }

  /** Asks, and reads the answer whole. */
  async json<T>(request: Request, signal: AbortSignal | undefined): Promise<JsonAnswer<T>> {
    const { status, headers, body, timer } = await this.open(request, signal);
    try {
      const text = await textOf(body, timer, signal);
      const data = text === "" ? undefined : parse(text);
      if (request.kind !== undefined && status < 300 && (data as { kind?: unknown } | undefined)?.kind !== request.kind)
        throw strangeAnswer(`the answer is no ${request.kind}`);
      return { status, headers, data: data as T };
    } finally {
      timer.end();
    }
  }

  /** Asks, and leaves the body of the answer to the caller. */
  async open(request: Request, signal: AbortSignal | undefined): Promise<Answer> {
    const endTurn = await this.#turns.turn(signal);
    const timer = new StallTimer(this.#config.timeoutSeconds * 1000, signal);
    try {
      const storage = await timer.race(this.#client());
      const { authClient } = storage;
      const url = this.#urlOf(request, storage);
      // Asked for on its own, because a failure here is not one of the store.
      await timer.race(authClient.getRequestHeaders(url)).catch((error: unknown) => {
        throw timer.signal.aborted ? error : credentialsFailure(error);
      });
      const { status, headers, data } = await timer.race(
        authClient.request<Readable>({
          url,
          method: request.method ?? "GET",
          headers: { ...request.headers, ...(request.body && { "content-length": String(lengthOf(request.body)) }) },
          ...(request.body && {
            data: lengthOf(request.body) === 0 ? "" : Readable.from(pieces(request.body, timer), { objectMode: false }),
          }),
          responseType: "stream",
          signal: timer.signal,
          validateStatus: () => true,
          retry: false,
        }),
      );
      timer.touch();
      if (status !== 401) this.#accepted = true;
      if (status < 300 || request.accepts?.includes(status)) return { status, headers, body: data, timer };
      throw answerFailure(status, headers, await textOf(data, timer, signal), status === 401 && this.#forgetToken());
    } catch (error) {
      timer.end();
      throw failureOf(error, timer, signal);
    } finally {
      endTurn();
    }
  }

  /** The address of an object, or with `suffix` of something below it. */
  objectUrl(bucket: string, name: string, suffix = ""): string {
    return `/storage/v1/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(name)}${suffix}`;
  }

  /** A token that was good and no longer is may have been revoked, or this machine's clock is wrong: the next request gets a new one. */
  #forgetToken(): boolean {
    const wasGood = this.#accepted;
    this.#accepted = false;
    this.#storage = undefined;
    return wasGood;
  }

  #urlOf({ url, query = {} }: Request, storage: Storage): string {
    if (!url.startsWith("/")) return url;
    const { project } = this.#config;
    const parameters = new URLSearchParams();
    const given: Request["query"] = { ...query, userProject: project };
    for (const [name, value] of Object.entries(given)) {
      if (value !== undefined) parameters.set(name, String(value));
    }
    return `${storage.apiEndpoint}${url}?${parameters.toString()}`;
  }

  #client(): Promise<Storage> {
    const made = (this.#storage ??= connect(this.#config));
    // What was missing may be there next time: a variable, a file.
    made.catch(() => (this.#storage = undefined));
    return made;
  }
}

/** Loads Google's client, which takes a second on a slow disk: only when a store is used. */
async function connect(config: GCSConfig): Promise<Storage> {
  const [{ Storage }, { PassThroughClient }] = await Promise.all([import("@google-cloud/storage"), import("google-auth-library")]);
  const { apiEndpoint, project } = config;
  const endpoint = apiEndpoint ?? process.env["STORAGE_EMULATOR_HOST"];
  // Whoever runs another server would see a token that is good for Google's.
  const anonymous = endpoint !== undefined && !GOOGLE.test(endpoint) ? new PassThroughClient() : undefined;
  const authClient = (await ownCredentials(config)) ?? anonymous;
  return new Storage({
    ...(apiEndpoint !== undefined && { apiEndpoint }),
    ...(project !== undefined && { projectId: project }),
    ...(authClient && { authClient }),
  });
}

function lengthOf(body: readonly Uint8Array[]): number {
  return body.reduce((sum, part) => sum + part.byteLength, 0);
}

function* pieces(body: readonly Uint8Array[], timer: StallTimer): Generator<Uint8Array> {
  for (const part of body) {
    for (let at = 0; at < part.byteLength; at += PIECE_BYTES) {
      timer.touch();
      yield part.subarray(at, at + PIECE_BYTES);
    }
  }
}

/** A short body: of an answer in JSON, or of an error. */
async function textOf(body: Readable, timer: StallTimer, signal: AbortSignal | undefined): Promise<string> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of body as AsyncIterable<Buffer>) {
      timer.touch();
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
  } catch (error) {
    throw failureOf(error, timer, signal);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Its error would quote a page that is not the server's.
    throw strangeAnswer("the answer is not JSON");
  }
}

/** Of a proxy, or a page to log in at. */
function strangeAnswer(reason: string): RequestFailure {
  return new RequestFailure("network", reason, { reason, mayPass: true });
}

/** Whatever a request throws: the signal's reason, ours and the caller's errors as they are, all others as the network's. */
export function failureOf(error: unknown, timer: StallTimer, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (timer.expired) return new RequestFailure("timeout", (timer.signal.reason as Error).message, { mayPass: true });
  return error instanceof RequestFailure || isZenError(error) ? error : networkFailure(error);
}
