import { ZenError } from "../error/zen-error.ts";
import type { ByteSource } from "./artifact-store.ts";

/**
 * For flavors of artifact stores: the chunks of a source, until it ends or the signal is aborted. Then the source is told to stop, and not waited for: it
 * may never answer. Take each chunk before you ask for the next: the source may use its memory again.
 *
 * @throws ZenError `bad_source` if it gives anything but bytes; whatever the source throws.
 */
export async function* chunksOf(source: ByteSource, key: string, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  signal?.throwIfAborted();
  if (source instanceof Uint8Array) {
    yield source;
    return;
  }
  if (typeof (source as Partial<typeof source> | null)?.[Symbol.asyncIterator] !== "function") throw badSource(key, source);
  const iterator = source[Symbol.asyncIterator]();
  let ended = false;
  try {
    for (;;) {
      let result: IteratorResult<Uint8Array, unknown>;
      try {
        result = await orAborted(iterator.next(), signal);
      } catch (error) {
        // A source that threw is over.
        ended = !signal?.aborted;
        throw error;
      }
      if (result.done) {
        ended = true;
        return;
      }
      if (!(result.value instanceof Uint8Array)) throw badSource(key, result.value);
      yield result.value;
    }
  } finally {
    if (!ended) {
      const stopped = Promise.resolve(iterator.return?.()).catch(() => {});
      if (!signal?.aborted) await stopped;
    }
  }
}

function badSource(key: string, given: unknown): ZenError {
  const what = given === null ? "null" : typeof given === "object" ? (given.constructor?.name ?? "an object") : typeof given;
  return new ZenError("bad_source", `Can't write "${key}": the source gave ${what}, not bytes.`, {
    hint: "Give a Uint8Array, or an async iterable of them, such as a ReadableStream. Text becomes bytes by new TextEncoder().encode(text).",
  });
}

/** `promise`, or the signal's reason, whichever comes first. One listener at a time, so that a long stream piles up none. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    // Also of a signal that is aborted already: what the source then throws must be heard, or it ends the process.
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
    if (signal.aborted) abort();
  });
}
