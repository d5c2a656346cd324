import type { Opaque } from "./opaque.ts";

type NoValue = "a handle has no value while the pipeline is recorded";

/** Nothing to lift. An interface, so that TypeScript still says `Handle<number>`. */
export interface Whole {}

/** @internal Phantom. `{ v: V }`, not `v?: V`: optional would let a maybe-undefined value through. */
export interface Carries<out V> {
  readonly type?: { readonly v: V };
}

/** A value that a step will have made. Covariant: a `Handle<Cat>` is a `Handle<Animal>`. */
export interface HandleRef<out V> {
  /** @internal string key, so that two copies of @zen/core agree */
  readonly "~zen": Carries<V>;
  /** @deprecated A handle can't be awaited; only here so that `if (handle)` and `await handle` are compile errors. */
  then(value: (v: NoValue) => unknown): never;
}

type Lift<V> = [V] extends [never]
  ? Whole
  : V extends Opaque | readonly unknown[]
    ? Whole
    : V extends object
      ? { readonly [K in keyof V]-?: Handle<V[K]> }
      : Whole;

/**
 * What a step call returns while a pipeline is recorded. `model.accuracy` is the handle of that property; lists, maps,
 * dates and files have no properties here.
 */
export type Handle<V> = HandleRef<V> & Lift<V>;

/** A stored value of some run. Read lazily; accepted wherever a handle is. */
export interface Artifact<out V> {
  /** @internal string key, so that two copies of @zen/core agree */
  readonly "~zen": Carries<V>;
  /** UUIDv7. */
  readonly id: string;
  /** Its full address in the artifact store. */
  readonly uri: string;
  /** Reads the value; every call gives a fresh copy. */
  read(): Promise<V>;
}

/** The value behind a handle, or behind each handle of a record. */
export type ValueOf<R> = R extends HandleRef<infer V> ? V : R extends object ? { [K in keyof R]: ValueOf<R[K]> } : R;
