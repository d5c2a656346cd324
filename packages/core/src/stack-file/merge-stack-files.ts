import { isDeepStrictEqual } from "node:util";
import { componentType } from "../component/component-type.ts";
import { parseStackFile } from "./parse-stack-file.ts";
import { badStackFile } from "./stack-file-error.ts";
import type { DeclaredComponent, DeclaredStack, DeclaredStacks, StackFileText } from "./stack-file.ts";

/**
 * What several files say together, by type and name. Two may say the same.
 *
 * @throws ZenError `bad_stack_file`, also for a stack or a component that two files describe differently
 */
export async function parseStackFiles(files: readonly StackFileText[]): Promise<DeclaredStacks> {
  const stacks = new Map<string, DeclaredStack>();
  const components = new Map<string, DeclaredComponent>();
  for (const file of files) {
    const declared = await parseStackFile(file);
    for (const stack of declared.stacks) once(stacks, stack.name, stack, `stack "${stack.name}"`);
    for (const component of declared.components) {
      const { type, name } = component;
      once(components, `${type}/${name}`, component, `${componentType(type).label} "${name}"`);
    }
  }
  const byKey = <Value>(map: ReadonlyMap<string, Value>): Value[] =>
    [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
  return { stacks: byKey(stacks), components: byKey(components) };
}

function once<Value extends { readonly source: string }>(found: Map<string, Value>, key: string, value: Value, what: string): void {
  const before = found.get(key);
  if (before && !isDeepStrictEqual({ ...before, source: "" }, { ...value, source: "" })) {
    throw badStackFile(value.source, `it describes the ${what} in another way than ${before.source}.`, {
      hint: "Nothing was changed. Describe it in one place only, or in the same way.",
    });
  }
  found.set(key, before ?? value);
}
