/**
 * All types that a pipeline file sees. Star exports only: that is what lets a flavor add to `FlavorSettings` with
 * `declare module "@zen/core"`.
 *
 * @module
 */
export type * from "./types/body.ts";
export type * from "./types/handle.ts";
export type * from "./types/json.ts";
export type * from "./types/materializer.ts";
export type * from "./types/pipeline.ts";
export type * from "./types/run.ts";
export type * from "./types/schema.ts";
export type * from "./types/step.ts";
export type * from "./types/step-context.ts";
export type * from "./types/step-options.ts";
export type * from "./types/wire.ts";
