import { renameSync, rmSync, statSync, type Stats } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { componentType, type ComponentType } from "../component/component-type.ts";
import { ZenError } from "../error/zen-error.ts";
import { own } from "../flavor/package-json.ts";
import type { Json } from "../pipeline/types.ts";
import { withConfigLock } from "./config-lock.ts";
import { fileError } from "./file-error.ts";
import { replaceFile, replaceFiles, type FileText } from "./replace-file.ts";
import { flavorKey, StackChanges, type ComponentState, type ProfileState } from "./stack-changes.ts";
import {
  BaseStackStore,
  type ComponentRecord,
  type ProjectRecord,
  type StackChange,
  type StackRecord,
  type StoredFlavor,
} from "./stack-store.ts";
import { readStacksYaml, stackRecord, type StacksYaml } from "./stacks-yaml.ts";
import { editYaml } from "./yaml-edit.ts";
import { brokenFile, parseYaml, readText, readYamlFile, text } from "./yaml-file.ts";
import { assertFormat, originEntry, readZenYaml, ZEN_YAML_FORMAT, type ZenYaml } from "./zen-yaml.ts";

/** How often, and how far apart, a reader looks whether a change that it met is done: a change takes a few milliseconds. */
const MAX_WAITS = 400;
const WAIT_MS = 5;
/** How often a reader begins again because something was changed meanwhile. */
const MAX_READS = 100;

/** A component's place in the store. */
interface Place {
  readonly type: ComponentType;
  readonly name: string;
}

/**
 * A local profile: a folder of YAML files that a person can read, in ZenML's format.
 *
 * `stacks.yaml` names everything, `<type plural>/<name>.yaml` has one component's configuration, `zen.yaml` what only zen
 * knows. Reading takes no lock. A change writes component files, `zen.yaml` and then `stacks.yaml`, and removes in the
 * opposite order: a component file that `stacks.yaml` doesn't name doesn't exist.
 */
export class FileStackStore extends BaseStackStore {
  readonly profile: string;
  readonly folder: string;
  readonly #configFolder: string;
  #index: { stamp: string; value: StacksYaml } | undefined;
  #zen: { stamp: string; value: ZenYaml } | undefined;

  /**
   * @param options.folder the profile's folder
   * @param options.configFolder the configuration folder, whose lock guards every change
   */
  constructor({ profile, folder, configFolder }: { readonly profile: string; readonly folder: string; readonly configFolder: string }) {
    super();
    this.profile = profile;
    this.folder = folder;
    this.#configFolder = configFolder;
  }

  override async assertReadable(): Promise<void> {
    if (!statIn(this.folder)?.isDirectory()) throw this.#folderMissing();
  }

  async listStacks(): Promise<readonly StackRecord[]> {
    const { stacks } = await this.#read();
    return [...stacks].map(([name, parts]) => stackRecord(name, parts)).sort(byName);
  }

  async getStack(name: string): Promise<StackRecord | undefined> {
    const parts = (await this.#read()).stacks.get(name);
    return parts && stackRecord(name, parts);
  }

  async listComponents(type: ComponentType): Promise<readonly ComponentRecord[]> {
    return this.#whole(async () => {
      const names = await this.listNames(type);
      if (names.length === 0) return [];
      const zen = await this.#readZen();
      const found: ComponentRecord[] = [];
      for (const name of names) found.push(...((await this.#component({ type, name }, zen)) ?? []));
      return found;
    });
  }

  override async listNames(type: ComponentType): Promise<readonly string[]> {
    return [...(await this.#read()).components.get(type)!.keys()].sort();
  }

  async getComponent(type: ComponentType, name: string): Promise<ComponentRecord | undefined> {
    return this.#whole(async () => {
      if (!(await this.#read()).components.get(type)!.has(name)) return undefined;
      return (await this.#component({ type, name }, await this.#readZen()))?.[0];
    });
  }

  async listFlavors(): Promise<readonly StoredFlavor[]> {
    const { pythonFlavors } = await this.#read();
    return [...pythonFlavors, ...(await this.#readZen()).flavors];
  }

  override async listProjects(): Promise<readonly ProjectRecord[]> {
    return (await this.#read()).projects;
  }

  async commit(changes: readonly StackChange[]): Promise<void> {
    await withConfigLock(this.#configFolder, () => this.commitLocked(changes));
  }

  override async commitLocked(changes: readonly StackChange[]): Promise<void> {
    const before = await this.#read();
    // If it is broken, nothing may be written before that is noticed.
    const zen = await this.#readZen();
    const after: ProfileState = {
      components: new Map([...before.components].map(([type, names]) => [type, stateOf(names)])),
      stacks: new Map(before.stacks),
      flavors: new Map(zen.flavors.map((flavor) => [flavorKey(flavor), flavor])),
    };
    const applied = new StackChanges(this.profile, after, async (type, name) => (await this.#component({ type, name }, zen))?.[0]);
    for (const change of changes) await applied.apply(change);
    await applied.assertFlavors(changes.flatMap((change) => (change.kind === "delete_flavor" ? [change] : [])));

    const written = [...after.components.values()].flatMap((components) => [...components.values()].filter(isWritten));
    const removed = [...before.components].flatMap(([type, names]) =>
      [...names.keys()].filter((name) => !after.components.get(type)!.has(name)).map((name): Place => ({ type, name })),
    );
    // All before any: a file that can't be changed must stop it all, and a component may take the name that another one had.
    const components = await Promise.all(written.map((component) => this.#draftComponent(component)));
    const zenDrafts = await this.#draftZen(written, removed, zen.flavors, after.flavors);
    const index = await this.#draftIndex(before, after);
    // What a killed process left under this name was never a component.
    for (const { draft, isNew } of components) if (isNew) remove(draft.path);
    const drafts = [...components.map(({ draft }) => draft), zenDrafts.first, index, zenDrafts.last];
    const replace = (): void => replaceFiles(drafts.flatMap(changed));
    // Of a component that gets another flavor a reader would see the old one with the new configuration.
    if (written.some(({ record, storedAs }) => storedAs === record.name && isOfAnother(before, zen, record))) this.#mark(replace);
    else replace();
    for (const place of removed) this.#remove(place, after);
  }

  /** Tells readers to wait while several files change that belong together. */
  #mark(change: () => void): void {
    replaceFile(this.#changingFile, `${process.pid}\n`);
    try {
      change();
    } finally {
      remove(this.#changingFile);
    }
  }

  /** Removes a component's file, unless a file system that knows no case has it for that of a new name. */
  #remove({ type, name }: Place, { components }: ProfileState): void {
    const path = this.#file({ type, name });
    const same = [...components.get(type)!.keys()].find((other) => other.toLowerCase() === name.toLowerCase());
    const other = same === undefined ? undefined : this.#file({ type, name: same });
    if (other === undefined || statIn(other)?.ino !== statIn(path)?.ino) return remove(path);
    try {
      renameSync(path, other);
    } catch (error) {
      throw fileError(error, `rename ${path}`);
    }
  }

  async #draftComponent({ record, storedAs }: WrittenComponent): Promise<{ readonly draft: Draft; readonly isNew: boolean }> {
    const { type, name, uuid, config } = record;
    const path = this.#file({ type, name });
    const source = storedAs === undefined ? undefined : readText(this.#file({ type, name: storedAs }));
    const before = source === undefined ? {} : await parseYaml(path, source);
    const entries = Object.entries({ ...config, name, uuid });
    const kept = new Set(entries.map(([key]) => key));
    const after = await editYaml(path, source ?? "", (yaml) => {
      for (const key of Object.keys(before)) if (!kept.has(key)) yaml.delete([key]);
      for (const [key, value] of entries) {
        if (!Object.hasOwn(before, key) || !isDeepStrictEqual(before[key], value)) yaml.set([key], value);
      }
    });
    return { draft: { path, before: storedAs === name ? source : undefined, after }, isNew: source === undefined };
  }

  /** `zen.yaml` before `stacks.yaml` is written, and after: what knows of a component goes last. */
  async #draftZen(
    components: readonly WrittenComponent[],
    removed: readonly Place[],
    before: readonly StoredFlavor[],
    after: ReadonlyMap<string, StoredFlavor>,
  ): Promise<{ readonly first: Draft; readonly last: Draft }> {
    const path = this.#zenFile;
    const source = readText(path);
    const gone = before.filter((flavor) => !after.has(flavorKey(flavor)));
    const added = [...after.values()].filter((flavor) => !before.includes(flavor));
    let text = source;
    if (components.length + gone.length + added.length > 0) {
      text = await editYaml(path, source ?? "", (yaml) => {
        yaml.set(["format"], ZEN_YAML_FORMAT);
        for (const { record } of components) {
          const entry = originEntry(record);
          if (entry) yaml.set(["components", record.type, record.name], entry);
          else yaml.delete(["components", record.type, record.name]);
        }
        for (const { type, flavor } of gone) yaml.delete(["flavors", type, flavor]);
        for (const { type, flavor, source: from } of added) {
          if (from.kind === "custom") yaml.set(["flavors", type, flavor], { root: from.root, module: from.module, export: from.export });
        }
      });
    }
    const first = { path, before: source, after: text };
    if (removed.length === 0 || text === undefined) return { first, last: { path, before: text, after: text } };
    const last = await editYaml(path, text, (yaml) => {
      for (const { type, name } of removed) yaml.delete(["components", type, name]);
    });
    return { first, last: { path, before: text, after: last } };
  }

  async #draftIndex(before: StacksYaml, after: ProfileState): Promise<Draft> {
    const path = this.#indexFile;
    const source = readText(path);
    const text = await editYaml(path, source ?? "", (yaml) => {
      for (const [type, names] of before.components)
        for (const name of names.keys()) if (!after.components.get(type)!.has(name)) yaml.delete(["stack_components", type, name]);
      for (const [type, components] of after.components) {
        for (const [name, { flavor }] of components)
          if (before.components.get(type)!.get(name) !== flavor) yaml.set(["stack_components", type, name], flavor);
      }
      for (const name of before.stacks.keys()) if (!after.stacks.has(name)) yaml.delete(["stacks", name]);
      for (const [name, parts] of after.stacks) {
        const old = before.stacks.get(name);
        if (old === parts) continue;
        // Part by part: entries of types that zen doesn't know stay.
        for (const type of old?.keys() ?? []) if (!parts.has(type)) yaml.delete(["stacks", name, type]);
        for (const [type, component] of parts) if (old?.get(type) !== component) yaml.set(["stacks", name, type], component);
      }
    });
    return { path, before: source, after: text };
  }

  async #read(): Promise<StacksYaml> {
    const stamp = stampOf(this.#indexFile);
    if (this.#index?.stamp !== stamp) {
      assertFormat(this.#zenFile, this.profile);
      const file = await readYamlFile(this.#indexFile);
      if (file === undefined) await this.assertReadable();
      this.#index = { stamp, value: readStacksYaml(this.#indexFile, file ?? {}) };
    }
    return this.#index.value;
  }

  /** What several files say together, as it is between two changes. */
  async #whole<Result>(read: () => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries++) {
      let before = this.#stamps();
      // Looked for after the stamps: a mark that was there when they were taken would be there afterwards, too.
      for (let waits = 0; waits < MAX_WAITS && isAlive(this.#changingFile); waits++) {
        // node:timers/promises would be loaded by each command, of which hardly one waits.
        await new Promise((resume) => setTimeout(resume, WAIT_MS));
        before = this.#stamps();
      }
      const result = await read();
      // A long list, and many writers: what belongs to one component is right all the same.
      if (this.#stamps() === before || tries === MAX_READS) return result;
    }
  }

  #stamps(): string {
    return [this.#changingFile, this.#indexFile, this.#zenFile].map(stampOf).join(" ");
  }

  #folderMissing(): ZenError {
    return new ZenError("profile_folder_missing", `The folder of the profile "${this.profile}", ${this.folder}, does not exist.`, {
      hint: `Put it back, work with another profile (zen profile set NAME), or forget it: zen profile delete ${this.profile}`,
    });
  }

  async #readZen(): Promise<ZenYaml> {
    const stamp = stampOf(this.#zenFile);
    if (this.#zen?.stamp !== stamp) this.#zen = { stamp, value: await readZenYaml(this.#zenFile) };
    return this.#zen.value;
  }

  /** The component in a list of one; undefined if it was deleted meanwhile. */
  async #component({ type, name }: Place, zen: ZenYaml): Promise<[ComponentRecord] | undefined> {
    const path = this.#file({ type, name });
    const file = await readYamlFile(path);
    const flavor = (await this.#read()).components.get(type)!.get(name);
    if (flavor === undefined) return undefined;
    if (file === undefined) {
      throw new ZenError("component_file_missing", `The file of the ${componentType(type).label} "${name}", ${path}, does not exist.`, {
        hint: `Put it back from a backup, or take its name out of ${this.#indexFile}.`,
      });
    }
    const uuid = text(path, ["uuid"], own(file, "uuid"));
    if (uuid === undefined) throw brokenFile(path, `"uuid" is missing`);
    const config = Object.fromEntries(Object.entries(file).filter(([key]) => key !== "name" && key !== "uuid"));
    return [{ type, name, flavor, uuid, config: config as Readonly<Record<string, Json>>, ...zen.origin(type, name) }];
  }

  /** Is there while a component gets another flavor: has the process's id. */
  get #changingFile(): string {
    return join(this.folder, ".changing");
  }

  get #indexFile(): string {
    return join(this.folder, "stacks.yaml");
  }

  get #zenFile(): string {
    return join(this.folder, "zen.yaml");
  }

  #file({ type, name }: Place): string {
    return join(this.folder, componentType(type).plural, `${name}.yaml`);
  }
}

/** What is to stand in a file: undefined if there is to be none. */
interface Draft {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

function changed({ path, before, after }: Draft): FileText[] {
  return after !== undefined && after !== before ? [{ path, text: after }] : [];
}

/** Whether a component is to have another flavor, or one from elsewhere, than it has. */
function isOfAnother(index: StacksYaml, zen: ZenYaml, { type, name, flavor, package: from, custom }: ComponentRecord): boolean {
  const origin = zen.origin(type, name);
  return index.components.get(type)!.get(name) !== flavor || origin.package !== from || origin.custom !== custom;
}

/** Whether a mark is one that its process will remove: a killed one leaves it, and its id may come to another process. */
function isAlive(mark: string): boolean {
  const age = Date.now() - (statIn(mark)?.mtimeMs ?? 0);
  if (age > MAX_WAITS * WAIT_MS) return false;
  const pid = Number(readText(mark) ?? NaN);
  if (!Number.isInteger(pid)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Another one for each text of a file: files are replaced whole, so another text has another inode, time or size. */
function stampOf(path: string): string {
  const stat = statIn(path);
  return stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : "none";
}

/** What there is at a path that a person may have written; undefined if nothing. */
function statIn(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw fileError(error, `look at ${path}`);
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw fileError(error, `remove ${path}`);
  }
}

type WrittenComponent = ComponentState & { readonly record: ComponentRecord };

function isWritten(state: ComponentState): state is WrittenComponent {
  return state.record !== undefined;
}

function stateOf(names: ReadonlyMap<string, string>): Map<string, ComponentState> {
  return new Map([...names].map(([name, flavor]) => [name, { flavor, storedAs: name, record: undefined }]));
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
