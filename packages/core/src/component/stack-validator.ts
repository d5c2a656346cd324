import type { Stack } from "../stack/stack.ts";
import type { ComponentType } from "./component-type.ts";

/** What a component asks of the stack that it is part of. */
export interface StackValidator {
  /** Types that the stack must have as well. */
  readonly requiredComponents?: readonly ComponentType[];
  /** Anything else: returns what is wrong, as a sentence, or undefined. Must not call a server. */
  readonly check?: (stack: Stack) => string | undefined;
}
