import type { ComponentType } from "../component/component-type.ts";

/** A flavor, as its package's manifest or the profile describes it: nothing of it was run. */
export interface FlavorEntry {
  /**
   * Where it comes from: an installed package; `custom`, a class in a project's own code that was registered in the profile;
   * `python`, a class that ZenML registered there, which zen can't use.
   */
  readonly origin: "package" | "custom" | "python";
  readonly type: ComponentType;
  /** The short name, such as `s3`. */
  readonly flavor: string;
  /** Other names that are accepted wherever the flavor is named. */
  readonly aliases: readonly string[];
  /** The version of the base class's promises that it was built on. */
  readonly contract: number;
  readonly description: string;
  /** The npm name of its package. Of a custom flavor its module, such as `./src/stores.ts`; of a Python one its class. */
  readonly package: string;
  /** Empty unless it comes from a package. */
  readonly version: string;
  /** The package's folder: absolute, links resolved. Of a custom flavor the folder that its module is relative to. */
  readonly folder: string;
  /** The subpath of the package's own `exports` that has the class: `.` or `./…`. Of a custom flavor the same as `package`. */
  readonly module: string;
  /** The class's name there. */
  readonly export: string;
  /** The JSON Schema of its configuration: an absolute path within the folder, or undefined. */
  readonly configSchema: string | undefined;
  readonly docs: string | undefined;
  /** The installed package that brought this one by its `includes`; undefined for a direct dependency. */
  readonly through: string | undefined;
  /** Why it can't be used; undefined if it can. */
  readonly problem: string | undefined;
  /** The same, one by one. */
  readonly problems: readonly FlavorProblem[];
}

/** One thing that is wrong. */
export interface FlavorProblem {
  /** Which kind: it stays the same when the words change. */
  readonly code: string;
  readonly problem: string;
  /** The command that mends it, for a project that uses npm. */
  readonly mend: string;
}

/** A package whose manifest, or a part of it, could not be read as flavors. */
export interface BrokenPackage extends FlavorProblem {
  readonly package: string;
  readonly folder: string;
}

/** An installed package that says something about zen, whether that can be read or not. */
export interface FlavorPackage {
  readonly package: string;
  readonly version: string;
  /** Links resolved. */
  readonly folder: string;
  /** What its manifest calls the whole of it, such as `s3`. */
  readonly integration: string | undefined;
  readonly description: string;
  /**
   * How it was found: `direct`, a dependency of the project or of its workspace's root; `project`, the project itself;
   * `included` by the package that {@link through} names; `host`, with the command or beside it.
   */
  readonly found: "project" | "direct" | "included" | "host";
  readonly through: string | undefined;
  readonly includes: readonly string[];
}

/** What is installed, from one place: entries by type and name, the packages, and what of them could not be read. */
export interface FlavorListing {
  readonly flavors: readonly FlavorEntry[];
  readonly broken: readonly BrokenPackage[];
  readonly packages: readonly FlavorPackage[];
}
