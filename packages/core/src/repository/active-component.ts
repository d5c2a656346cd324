import { componentType, type ComponentType } from "../component/component-type.ts";
import { ZenError } from "../error/zen-error.ts";
import type { Context } from "./context.ts";

/**
 * The name of the active stack's component of a type.
 *
 * @throws ZenError `no_active_component` if the stack has none
 */
export async function requireActiveComponent(context: Context, type: ComponentType): Promise<string> {
  const stack = await context.store.requireStack((await context.activeStack()).value);
  const name = stack.components[type];
  if (name !== undefined) return name;
  const { label, command } = componentType(type);
  throw new ZenError("no_active_component", `No ${label} in active stack ('${stack.name}').`, {
    hint: `Name one, choose a stack that has one (zen stack list), or register one: zen ${command} register --help`,
  });
}
