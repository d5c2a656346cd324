import type { Handle } from "./handle.ts";

/** How a value is stored. A step may return W; whoever reads it gets V (a path or a stream becomes a `FileRef`). */
export interface Materializer<out V, in W = V> {
  readonly name: string;
  /** @internal phantom */
  readonly "~v"?: { readonly v: V };
  /** @internal phantom */
  readonly "~w"?: (w: W) => void;
}

/** The outputs of a step by name. */
export type Outputs = Record<string, Materializer<any, any>>;

type Written<M> = M extends Materializer<any, infer W> ? W : never;
type Read<M> = M extends Materializer<infer V, any> ? V : never;

/** What the function must return, given its outputs (a record) or output (one). */
export type Returned<O, S> = [O] extends [Outputs]
  ? { [K in keyof O]: Written<O[K]> }
  : [S] extends [Materializer<any, any>]
    ? Written<S>
    : unknown;

/** What the call gives: a record of handles, or one. */
export type Result<O, S, R> = [O] extends [Outputs]
  ? { readonly [K in keyof O]: Handle<Read<O[K]>> }
  : [S] extends [Materializer<any, any>]
    ? Handle<Read<S>>
    : Handle<R>;

/** A file that is passed by reference. */
export interface FileRef {
  /** The file's own name, without folders. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Of the content, as 64 hexadecimal digits. */
  readonly sha256: string;
  /** Bytes `start` to `end`, both included and counted from 0; without a range, all. */
  stream(range?: { start: number; end?: number }): ReadableStream<Uint8Array>;
  /** The content as UTF-8 text. */
  text(): Promise<string>;
  /** The content, all of it in memory. */
  bytes(): Promise<Uint8Array>;
  /** A local copy, for libraries that want a path. Deleted when the step ends. */
  path(): Promise<string>;
}

/** A file that a step writes and returns: `ctx.file("model.bin")`. */
export interface OutputFile {
  /** What `ctx.file(…)` was given. */
  readonly name: string;
  /** Where its bytes go, on their way to the artifact store. */
  writable(): WritableStream<Uint8Array>;
  /** Write here instead, for libraries that want a path. */
  readonly path: string;
}
