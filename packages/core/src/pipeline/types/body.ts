import type { Artifact, Handle, HandleRef, ValueOf } from "./handle.ts";
import type { Opaque } from "./opaque.ts";
import type { Runnable } from "./pipeline.ts";

/** How the items of a `map` are done. */
export interface MapOptions<E, F extends "fail" | "settle"> {
  /** Items at a time: a whole number, 1 or more. @default as many as the run allows */
  concurrency?: number;
  /** Names an item in the graph, in resume and in caches' explanations. @default its index */
  key?: (item: E, index: number) => string;
  /** The node's name in this pipeline. @default "map", then "map-2", "map-3" … */
  as?: string;
  /** "fail": the map fails with its first item. "settle": every item's result says ok or error. @default "fail" */
  onError?: F;
}

/** The result of one item of a map with `onError: "settle"`. */
export type Settled<V> =
  | { readonly ok: true; readonly value: V }
  | { readonly ok: false; readonly error: { readonly name: string; readonly message: string; readonly attempts: number } };

/** What a body gave, as one handle per leaf: each is the list of that leaf, one entry per item. */
export type Each<R, S extends boolean> =
  R extends Runnable<infer X>
    ? Each<X, S>
    : R extends HandleRef<infer V> | Artifact<infer V>
      ? Handle<(S extends true ? Settled<V> : V)[]>
      : R extends void
        ? HandleRef<void[]>
        : [R] extends [Opaque]
          ? Handle<(S extends true ? Settled<R> : R)[]>
          : { readonly [K in keyof R]: Each<R[K], S> };

/** What one of two bodies gave, as one handle per leaf of the first; undefined where the other has no such leaf. */
export type Maybe<A, B> =
  A extends Runnable<infer X>
    ? Maybe<X, B>
    : B extends Runnable<infer Y>
      ? Maybe<A, Y>
      : A extends void
        ? HandleRef<void>
        : [A] extends [Leaf]
          ? [B] extends [Leaf]
            ? Handle<LeafValue<A> | LeafValue<B>>
            : Handle<LeafValue<A> | ValueOf<B>>
          : { readonly [K in keyof A]: K extends keyof B ? Maybe<A[K], B[K]> : Maybe<A[K], HandleRef<undefined>> };

type Leaf = HandleRef<unknown> | Artifact<unknown> | Opaque;
type LeafValue<L> = L extends HandleRef<infer V> ? V : L extends Artifact<infer V> ? V : L;
