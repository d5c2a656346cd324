import type { ComponentType } from "@zen/core/light";

/** Names that zen knows. */
export type KnownNames =
  | { readonly kind: "stack" | "profile" | "integration" }
  | { readonly kind: "component" | "flavor"; readonly type: ComponentType };

/** What a shell can offer in a place of the command line. */
export type Candidates = KnownNames | { readonly kind: "path"; readonly what: "file" | "folder" };
