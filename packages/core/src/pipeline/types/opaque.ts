import type { FileRef } from "./materializer.ts";

export type Scalar = string | number | bigint | boolean | symbol | null | undefined | void;

/** Values that are wired and stored whole: no property of theirs is lifted, no handle may hide inside. */
export type Opaque =
  | Scalar
  | Date
  | RegExp
  | URL
  | Error
  | Map<any, any>
  | Set<any>
  | ArrayBuffer
  | ArrayBufferView
  | FileRef
  | AsyncIterable<any>
  | ((...a: any[]) => any);
