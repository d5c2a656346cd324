import { aComponent, COMPONENT_TYPES, componentType, type ComponentType } from "../component/component-type.ts";
import { didYouMean } from "../error/did-you-mean.ts";
import { isZenError, ZenError } from "../error/zen-error.ts";
import type { Context } from "../repository/context.ts";
import { assertName } from "../store/name.ts";
import type { BaseStackStore, StackChange, StackRecord } from "../store/stack-store.ts";
import { ComponentComparison, type ComparedComponent } from "./compare-component.ts";
import { assertComponents, validateStack } from "./plan-stacks.ts";
import { badStackFile } from "./stack-file-error.ts";
import type { DeclaredComponent, DeclaredStack, DeclaredStacks } from "./stack-file.ts";

/** What becomes of a name that is taken: see {@link importStacks}. */
export type OnConflict = "fail" | "rename" | "keep" | "replace";

/** A name that is taken: of a stack, or of a component that is configured differently. */
export interface ImportConflict {
  readonly type: ComponentType | "stack";
  readonly name: string;
  /** What is wrong with the name that was given last; null at first. */
  readonly problem: string | null;
}

/** How stacks are imported. */
export interface ImportOptions {
  /** The one stack to import, or the name to give to a file's only stack. @default all stacks */
  readonly name?: string | undefined;
  /** @default "fail" */
  readonly onConflict?: OnConflict | undefined;
  /** Is asked for another name in place of `onConflict`. */
  readonly ask?: ((conflict: ImportConflict) => Promise<string>) | undefined;
}

/** What became of one stack or component of the file. */
export interface ImportedPart {
  readonly type: ComponentType | "stack";
  /** In the profile. */
  readonly name: string;
  /** As the file has it, or the name under which its only stack was to be imported. */
  readonly from: string;
  /** `reused`: it was there, and the same. `kept`: it was there, and another one. */
  readonly action: "created" | "updated" | "reused" | "kept";
}

/** What an import has done: components and stacks in the order in which they were stored. */
export interface ImportedStacks {
  readonly profile: string;
  readonly parts: readonly ImportedPart[];
}

/**
 * Registers the stacks of files, with the components that they need: all or nothing. A component that is there with the same
 * flavor and configuration is used. Where a name is taken otherwise: `fail` names all such conflicts, `rename` takes the first
 * free of `name-2`, `name-3`, …, `keep` uses what is there, `replace` changes it to what the file has.
 *
 * @throws ZenError `import_conflict`; and as `planStacks` does
 */
export async function importStacks(
  context: Context,
  declared: DeclaredStacks,
  { name, onConflict = "fail", ask }: ImportOptions,
): Promise<ImportedStacks> {
  const { store } = context;
  const comparison = new ComponentComparison(context, await context.flavors());
  const names = new Names(store, declared, { ask, onConflict });
  const conflicts: ImportConflict[] = [];

  const stacks: { readonly stack: DeclaredStack; readonly part: ImportedPart; readonly stored: StackRecord | undefined }[] = [];
  for (const stack of selected(declared.stacks, name)) {
    const stored = await store.getStack(stack.name);
    const part = stored ? await names.ofStack(stack) : created("stack", stack.name);
    if (part) stacks.push({ stack, part, stored: part.action === "updated" ? stored : undefined });
    else conflicts.push({ type: "stack", name: stack.name, problem: null });
  }
  const wanted = stacks.filter(({ part }) => part.action !== "kept").map(({ stack }) => stack);
  const candidates = conflicts.length > 0 ? selected(declared.stacks, name) : wanted;
  await assertComponents(context, comparison, { stacks: candidates, components: declared.components });
  const needed = declared.components.filter((one) => candidates.some(({ components }) => components[one.type] === one.name));

  const parts: ImportedPart[] = [];
  const compared: ComparedComponent[] = [];
  const commit: StackChange[] = [];
  for (const one of await comparison.compareAll(needed)) {
    const { type, name: from } = one.declared;
    if (!one.stored || one.record === one.stored) {
      parts.push({ ...created(type, from), action: one.stored ? "reused" : "created" });
      compared.push(one);
      if (!one.stored) commit.push({ kind: "create_component", component: one.record });
      continue;
    }
    const settled = await names.ofComponent(one, comparison);
    if (!settled) conflicts.push({ type, name: from, problem: null });
    else {
      parts.push(settled.part);
      if (settled.compared) compared.push(settled.compared);
      const component = settled.compared?.record;
      if (settled.part.action === "created") commit.push({ kind: "create_component", component: component! });
      if (settled.part.action === "updated") commit.push({ kind: "update_component", component: component!, from: one.stored });
    }
  }
  if (conflicts.length > 0) throw importConflict(store.profile, conflicts);

  const renamed = new Map(parts.map((part) => [`${part.type}/${part.from}`, part.name]));
  for (const { stack, part, stored } of stacks) {
    parts.push(part);
    if (part.action === "kept") continue;
    const components = Object.fromEntries(
      Object.entries(stack.components).map(([type, component]) => [type, renamed.get(`${type}/${component}`) ?? component]),
    );
    const record: StackRecord = { name: part.name, components };
    await validateStack(comparison, record, compared);
    commit.push(stored ? { kind: "update_stack", stack: record, from: stored } : { kind: "create_stack", stack: record });
  }
  await store.commit(commit);
  return { profile: store.profile, parts };
}

function created(type: ImportedPart["type"], name: string): ImportedPart {
  return { type, name, from: name, action: "created" };
}

/** The stacks that a name means: the one of that name, or the only one, under that name. */
function selected(stacks: readonly DeclaredStack[], name: string | undefined): readonly DeclaredStack[] {
  const [only, another] = stacks;
  if (!only)
    throw new ZenError("no_stack_in_file", "There is no stack in the file.", {
      exitCode: 2,
      hint: "How such a file looks: zen stack export",
    });
  if (name === undefined) return stacks;
  const found = stacks.find((stack) => stack.name === name);
  if (found) return [found];
  if (!another) {
    assertName("stack", name);
    return [{ ...only, name }];
  }
  const known = stacks.map((stack) => stack.name);
  throw badStackFile(only.source, `it has no stack "${name}".${didYouMean(name, known)}`, { hint: `Its stacks are: ${known.join(", ")}.` });
}

/** Finds names for what can't have its own. */
class Names {
  readonly #store: BaseStackStore;
  readonly #declared: DeclaredStacks;
  readonly #ask: ImportOptions["ask"];
  readonly #onConflict: OnConflict;
  readonly #taken = new Map<ComponentType | "stack", Set<string>>();

  constructor(
    store: BaseStackStore,
    declared: DeclaredStacks,
    { ask, onConflict }: { readonly ask: ImportOptions["ask"]; readonly onConflict: OnConflict },
  ) {
    this.#store = store;
    this.#declared = declared;
    this.#ask = ask;
    this.#onConflict = onConflict;
  }

  /** Undefined for a conflict that remains. */
  async ofStack({ name: from }: DeclaredStack): Promise<ImportedPart | undefined> {
    if (this.#ask) return { ...created("stack", await this.#asked("stack", from)), from };
    switch (this.#onConflict) {
      case "fail":
        return undefined;
      case "rename":
        return { ...created("stack", await this.#free("stack", from)), from };
      case "keep":
        return { ...created("stack", from), action: "kept" };
      case "replace":
        return { ...created("stack", from), action: "updated" };
    }
  }

  /** Undefined for a conflict that remains. */
  async ofComponent(
    compared: ComparedComponent,
    comparison: ComponentComparison,
  ): Promise<{ readonly part: ImportedPart; readonly compared: ComparedComponent | undefined } | undefined> {
    const { type, name: from } = compared.declared;
    const under = async (name: string): Promise<{ part: ImportedPart; compared: ComparedComponent }> => {
      const [again] = await comparison.compareAll([{ ...compared.declared, name }]);
      return { part: { type, name, from, action: again!.stored ? "reused" : "created" }, compared: again! };
    };
    if (this.#ask) return under(await this.#asked(type, from, compared.declared, comparison));
    switch (this.#onConflict) {
      case "fail":
        return undefined;
      case "rename":
        return under(await this.#free(type, from));
      case "keep":
        return { part: { ...created(type, from), action: "kept" }, compared: undefined };
      case "replace":
        return { part: { ...created(type, from), action: "updated" }, compared };
    }
  }

  /** `name-2`, or the first after it that is free; names that differ only in case aren't two. */
  async #free(type: ComponentType | "stack", name: string): Promise<string> {
    const taken = await this.#known(type);
    let free: string;
    for (let n = 2; ; n++) {
      const end = `-${n}`;
      free = `${name.slice(0, 100 - end.length)}${end}`;
      if (!taken.has(free.toLowerCase())) break;
    }
    taken.add(free.toLowerCase());
    return free;
  }

  /** Asks until the answer can be used; a component that is there and the same can. */
  async #asked(
    type: ComponentType | "stack",
    name: string,
    declared?: DeclaredComponent,
    comparison?: ComponentComparison,
  ): Promise<string> {
    const taken = await this.#known(type);
    for (let problem: string | null = null; ;) {
      const answer = await this.#ask!({ type, name, problem });
      problem = problemOf(type, answer);
      if (problem === null && declared && comparison && (await comparison.stored.get(declared.type, answer))) {
        const { stored, record } = await comparison.compare({ ...declared, name: answer });
        if (record === stored) return answer;
      }
      if (problem === null && taken.has(answer.toLowerCase()))
        problem = `There is ${type === "stack" ? "a stack" : aComponent(type)} "${answer}" already.`;
      if (problem === null) {
        taken.add(answer.toLowerCase());
        return answer;
      }
    }
  }

  /** The names that nothing else may have: of the profile, and of the file. In small letters. */
  async #known(type: ComponentType | "stack"): Promise<Set<string>> {
    const known = this.#taken.get(type);
    if (known) return known;
    const { stacks, components } = this.#declared;
    const there = type === "stack" ? await this.#store.listStacks() : await this.#store.listComponents(type);
    const coming = type === "stack" ? stacks : components.filter((component) => component.type === type);
    const names = new Set([...there, ...coming].map(({ name }) => name.toLowerCase()));
    this.#taken.set(type, names);
    return names;
  }
}

function problemOf(type: ComponentType | "stack", name: string): string | null {
  try {
    assertName(labelOf(type), name);
    return null;
  } catch (error) {
    if (!isZenError(error)) throw error;
    return error.message;
  }
}

function labelOf(type: ComponentType | "stack"): string {
  return type === "stack" ? "stack" : componentType(type).label;
}

function importConflict(profile: string, conflicts: readonly ImportConflict[]): ZenError {
  const inOrder = [...conflicts].sort((a, b) => rank(a.type) - rank(b.type));
  const what = inOrder.map(({ type, name }) =>
    type === "stack" ? `the stack "${name}"` : `the ${labelOf(type)} "${name}" with another configuration`,
  );
  return new ZenError("import_conflict", `The profile "${profile}" already has ${what.join(", ")}.`, {
    hint:
      "Nothing was changed. Say what becomes of them: --on-conflict rename (import under names such as " +
      `${conflicts[0]!.name}-2), keep (use what is there) or replace (change what is there). Or answer questions: --interactive`,
    details: { conflicts: inOrder.map(({ type, name }) => ({ type, name })) },
  });
}

function rank(type: ComponentType | "stack"): number {
  return COMPONENT_TYPES.findIndex((row) => row.type === type);
}
