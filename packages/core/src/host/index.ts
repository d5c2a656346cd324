/**
 * `@zen/core/host`: all that a CLI may call of another copy of core. Plain data in, plain data out.
 *
 * @module
 */
import { OpenProject } from "./project.ts";
import type { HostOptions, Project } from "./types.ts";

/** Rises with every change that an older CLI, or an older core, would not understand. */
export const HOST = 1;

/** Opens the project of a folder. Nothing is read until a method needs it. */
export async function openProject(options: HostOptions): Promise<Project> {
  return new OpenProject(options);
}

export type { CopiedArtifact, CopyOptions, CopyOutcome, CopyPlan, CopyProgress } from "./copy-artifacts.ts";
export { describePipelineFile } from "./describe-pipeline-file.ts";
export { describeFlavorModules, type ExportedClass, type FlavorModule, type FlavorModules } from "./flavor-classes.ts";
export { runPipelineFile } from "./run-pipeline-file.ts";
export { tryFlavor, type FlavorFailure } from "./try-flavor.ts";
export type * from "./types.ts";
export type { CheckedStep, CheckOptions, CheckOutcome, CheckStart } from "../stack/check-components.ts";
export type { LifeCycleAction, LifeCycleOutcome, LifeCycleStep } from "../stack/life-cycle.ts";
export type { RunEvent } from "../engine/event.ts";
export type { OutputDescription, RunDescription, RunStatus, StepDescription } from "../engine/run-description.ts";
export type { ImportConflict, ImportedPart, ImportedStacks, OnConflict } from "../stack-file/import-stacks.ts";
export type { PlannedChange, StackPlan } from "../stack-file/plan-stacks.ts";
