/** Reads a stream as chunks, checking that they are bytes. Stopping early cancels it, even while a chunk is awaited. */
export function streamChunks(stream: ReadableStream<Uint8Array>, notBytes: (chunk: unknown) => Error): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const reader = stream.getReader();
      return {
        async next() {
          const { done, value } = await reader.read();
          if (done) return { done: true, value: undefined };
          if (value instanceof Uint8Array) return { done: false, value };
          const error = notBytes(value);
          await reader.cancel(error).catch(() => {});
          throw error;
        },
        async return() {
          await reader.cancel().catch(() => {});
          return { done: true, value: undefined };
        },
      };
    },
  };
}
