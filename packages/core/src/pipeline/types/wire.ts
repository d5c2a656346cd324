import type { Artifact, HandleRef } from "./handle.ts";
import type { Opaque } from "./opaque.ts";

/** A reference to a secret: resolved when the step runs, never stored. Goes wherever a string goes. */
export interface Secret {
  readonly "~zen": { readonly kind: "secret"; readonly type?: { readonly v: string } };
  readonly name: string;
  readonly key?: string;
}

// `readonly Wire<…>[]` is deferred; a mapped array is not, and recursive types (Json, trees) would be "excessively deep".
type Literal<T> = T extends Opaque
  ? T
  : T extends readonly unknown[]
    ? number extends T["length"]
      ? readonly Wire<T[number]>[]
      : { readonly [K in keyof T]: Wire<T[K]> }
    : T extends object
      ? { readonly [K in keyof T]: Wire<T[K]> }
      : T;

/** What may be passed where a step wants T: the value, a handle or an artifact of it, or a literal with any of these inside. */
export type Wire<T> = Literal<T> | HandleRef<T> | Artifact<T> | ([string] extends [T] ? Secret : never);

/** A record of inputs, each wired on its own. */
export type Wired<I> = { readonly [K in keyof I]: Wire<I[K]> };
