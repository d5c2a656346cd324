import type { ComponentType } from "../component/component-type.ts";
import { ZenError } from "../error/zen-error.ts";
import { readGlobalConfig } from "../profile/global-config.ts";
import { withConfigLock } from "../store/config-lock.ts";
import type { StackChange } from "../store/stack-store.ts";
import { prepareYamlFile } from "../store/yaml-edit.ts";
import type { Context } from "./context.ts";
import { prepareLocalConfig, readLocalConfig } from "./local-config.ts";

/**
 * Gives a stack another name, also where it is the active one of the profile or of this repository.
 *
 * @param also further changes of the same commit, after the renaming
 * @throws ZenError `stack_not_found`, `stack_exists`, `bad_name`
 */
export async function renameStack(context: Context, name: string, to: string, also: readonly StackChange[] = []): Promise<void> {
  const { configFolder, repositoryRoot } = context;
  const profile = context.profile.value;
  await withConfigLock(configFolder, async () => {
    const saved: (() => void)[] = [];
    const config = await readGlobalConfig(configFolder);
    if (config.profiles.find((record) => record.name === profile)?.activeStack === name)
      saved.push(await prepareYamlFile(config.file, (yaml) => yaml.set(["profiles", profile, "active_stack"], to)));
    const local = repositoryRoot === undefined ? undefined : await readLocalConfig(repositoryRoot);
    if (local?.activeStack === name && (local.activeProfile ?? profile) === profile)
      saved.push(await prepareLocalConfig(repositoryRoot!, { profile, stack: to }));
    await context.store.commitLocked([{ kind: "rename_stack", name, to }, ...also]);
    for (const save of saved) save();
  });
  await context.reload();
}

/**
 * Stores a second stack of the same components.
 *
 * @throws ZenError `stack_not_found`, `stack_exists`, `bad_name`
 */
export async function copyStack(context: Context, name: string, to: string): Promise<void> {
  await withConfigLock(context.configFolder, async () => {
    const { components } = await context.store.requireStack(name);
    await context.store.commitLocked([{ kind: "create_stack", stack: { name: to, components } }]);
  });
}

/** A component that was deleted together with its stack, or that was left because of other stacks. */
export interface ComponentPlace {
  readonly type: ComponentType;
  readonly name: string;
}

/**
 * Deletes a stack that isn't active.
 *
 * @param options.recursive also its components, except those that another stack has
 * @throws ZenError `stack_not_found`; `stack_active`
 * @returns which components were deleted, and which are other stacks' as well
 */
export async function deleteStack(
  context: Context,
  name: string,
  { recursive = false }: { readonly recursive?: boolean } = {},
): Promise<{ readonly deleted: readonly ComponentPlace[]; readonly kept: readonly ComponentPlace[] }> {
  return withConfigLock(context.configFolder, async () => {
    await context.reloadLocked();
    const { components } = await context.store.requireStack(name);
    assertDeletable(context, name);
    if (!recursive) {
      await context.store.commitLocked([{ kind: "delete_stack", name }]);
      return { deleted: [], kept: [] };
    }
    const deleted = await ownComponents(context, name);
    const places = (Object.entries(components) as [ComponentType, string][]).map(([type, component]) => ({ type, name: component }));
    const kept = places.filter((place) => !deleted.some((one) => one.type === place.type));
    await context.store.commitLocked([
      { kind: "delete_stack", name },
      ...deleted.map((place): StackChange => ({ kind: "delete_component", ...place })),
    ]);
    return { deleted, kept };
  });
}

/** The components of a stack that no other stack has. @throws ZenError `stack_not_found` */
export async function ownComponents(context: Context, name: string): Promise<readonly ComponentPlace[]> {
  const { components } = await context.store.requireStack(name);
  const others = (await context.store.listStacks()).filter((stack) => stack.name !== name);
  const places = (Object.entries(components) as [ComponentType, string][]).map(([type, component]) => ({ type, name: component }));
  return places.filter((place) => !others.some((stack) => stack.components[place.type] === place.name));
}

/**
 * What is active, here or in the profile, can't go.
 *
 * @throws ZenError `stack_active`
 */
export function assertDeletable(context: Context, name: string): void {
  // The active stack may have gone itself: nothing stands in the way then.
  const here = context.activeHere().includes(name) ? name : undefined;
  const global = context.profileRecord.activeStack === name;
  if (here !== name && !global) return;
  throw new ZenError(
    "stack_active",
    `Stack '${name}' cannot be deleted while it is ${here === name ? "active" : `the active stack of the profile "${context.profile.value}"`}.`,
    { hint: `Choose another active stack first: zen stack set ${global && context.repositoryRoot !== undefined ? "--global " : ""}NAME` },
  );
}
