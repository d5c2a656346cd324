import type { ComponentType } from "../component/component-type.ts";
import type { Json } from "../pipeline/types.ts";
import type { StackRecord } from "../store/stack-store.ts";

/** The version of the format that this zen writes, and the newest that it reads. */
export const STACK_FILE_FORMAT = 1;

/** A component as a file describes it. */
export interface DeclaredComponent {
  readonly type: ComponentType;
  readonly name: string;
  /** A flavor's short name or one of its aliases. */
  readonly flavor: string;
  /** The package that has the flavor; undefined if whichever package has it will do. */
  readonly package: string | undefined;
  /** The version of that package when the file was written: to know, not compared. */
  readonly version: string | undefined;
  /** True if the flavor is one that was registered from a project's own code. */
  readonly custom: boolean;
  /** As it stands in the file, with placeholders: see `local-path.ts`. */
  readonly config: Readonly<Record<string, Json>>;
  /** True if ZenML wrote the file: settings that a class of ours doesn't have are passed over. */
  readonly fromZenml: boolean;
  /** For messages: `the file prod.yaml`. */
  readonly source: string;
}

/** A stack as a file describes it. */
export interface DeclaredStack extends StackRecord {
  /** For messages: `the file prod.yaml`. */
  readonly source: string;
}

/** What one file, or several, say: stacks by name, components by type and name. */
export interface DeclaredStacks {
  readonly stacks: readonly DeclaredStack[];
  readonly components: readonly DeclaredComponent[];
}

/** A file that was read and not parsed. */
export interface StackFileText {
  /** For messages: `the file prod.yaml`. */
  readonly source: string;
  readonly text: string;
}
