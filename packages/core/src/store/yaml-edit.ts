import type { Document, ParsedNode, YAMLMap } from "yaml";
import type { Json } from "../pipeline/types.ts";
import { replaceFile } from "./replace-file.ts";
import { brokenFile, parseYaml, readText } from "./yaml-file.ts";

/** Changes single entries of a YAML file. */
export interface YamlEditor {
  /** Writes an entry, with the mappings on the way to it; a new key goes where the alphabet puts it. */
  set(path: readonly [string, ...string[]], value: Json): void;
  /** Gives an entry another key; what it holds stays as it is. */
  rename(path: readonly [string, ...string[]], key: string): void;
  /** Removes an entry, if it is there. */
  delete(path: readonly [string, ...string[]]): void;
}

/**
 * Changes a YAML file, or makes it. Whatever isn't concerned keeps its value, its type and its comments: `1.0`, `0o17` and
 * thirty digits stay what they are.
 */
export async function editYamlFile(path: string, edit: (yaml: YamlEditor) => void): Promise<void> {
  (await prepareYamlFile(path, edit))();
}

/**
 * {@link editYamlFile} in two steps: for who changes several files, and must know that each can be changed before one is.
 *
 * @returns what writes the file
 */
export async function prepareYamlFile(path: string, edit: (yaml: YamlEditor) => void): Promise<() => void> {
  const before = readText(path) ?? "";
  const after = await editYaml(path, before, edit);
  return () => {
    if (after !== before) replaceFile(path, after);
  };
}

/**
 * The text of a YAML file after changes.
 *
 * @param path what errors name
 */
export async function editYaml(path: string, before: string, edit: (yaml: YamlEditor) => void): Promise<string> {
  // A big library, and off the light path: loaded by what writes.
  const [yaml, { load }] = await Promise.all([import("yaml"), import("js-yaml")]);
  // Without YAML's types every plain scalar is written back letter by letter. Only "nothing" needs a type, or it becomes "".
  const nothing = {
    tag: "tag:yaml.org,2002:null",
    default: true,
    test: /^$/,
    identify: (value: unknown) => value === null,
    resolve: () => new yaml.Scalar(null),
    stringify: () => "",
  } as const;
  const parse = (source: string): Document.Parsed =>
    yaml.parseDocument(source, {
      schema: "failsafe",
      customTags: (tags) => [...tags, nothing],
      lineCounter: undefined as never,
      prettyErrors: true,
    });
  // Written so that YAML 1.1 (ZenML's) and 1.2 read the same; as a value of a mapping, because the library writes a block at the
  // root without saying how far it is indented. Blocks that begin with white space it reads back as others.
  const node = (value: Json): ParsedNode => {
    const blockQuote = !/"(?: |\\[nrt])(?:[^"\\]|\\.)*?\\n/.test(JSON.stringify(value));
    const document = parse(yaml.stringify({ value }, { compat: "yaml-1.1", lineWidth: 0, blockQuote }));
    return (document.contents as unknown as YAMLMap<unknown, ParsedNode>).items[0]!.value!;
  };

  const document = parse(before);
  const [error] = document.errors;
  if (error)
    throw brokenFile(
      path,
      error.message.split("\n")[0]!.replace(/ at line .*$/, ""),
      error.linePos && { line: error.linePos[0].line, column: error.linePos[0].col },
    );
  if (document.contents === null || (yaml.isScalar(document.contents) && document.contents.value === null))
    document.contents = new yaml.YAMLMap() as never;
  if (!yaml.isMap(document.contents)) throw brokenFile(path, "it should hold a mapping (key: value)");

  // A key is what the library that reads makes of it: `~` is "null" there, and `0x10` "16".
  const keyOf = (key: unknown): string => {
    if (!yaml.isScalar(key)) return String(key);
    const text = (key.value ?? "") as string;
    const isTyped =
      key.type === "PLAIN" && key.tag === undefined && /^(?:|~|null|true|false|[-+]?(?:\.?\d[-+.\w]*|\.inf|\.nan))$/i.test(text);
    return isTyped ? Object.keys(load(`? ${text}`) as object)[0]! : text;
  };
  const insert = (map: YAMLMap, key: string, value: unknown): void => {
    const pair = map.items.find((item) => keyOf(item.key) === key);
    if (pair) {
      pair.value = value;
      return;
    }
    if (map.items.length === 0) map.flow = false;
    const next = map.items.findIndex((item) => keyOf(item.key) > key);
    const first = map.items[0]?.key;
    // The parser gives the comment above the first entry to the mapping.
    if (next === 0 && map.commentBefore && yaml.isScalar(first)) {
      first.commentBefore = map.commentBefore;
      map.commentBefore = null;
    }
    map.items.splice(next === -1 ? map.items.length : next, 0, new yaml.Pair(node(key), value));
  };
  const child = (map: YAMLMap, key: string): YAMLMap | undefined => {
    const pair = map.items.find((item) => keyOf(item.key) === key);
    // An alias is given its own copy, so that what it points to stays as it is.
    if (pair && yaml.isAlias(pair.value)) pair.value = pair.value.resolve(document)?.clone();
    return yaml.isMap(pair?.value) ? pair.value : undefined;
  };
  edit({
    set([...path], value) {
      const last = path.pop()!;
      let map = document.contents as unknown as YAMLMap;
      for (const key of path) {
        let inner = child(map, key);
        if (!inner) insert(map, key, (inner = new yaml.YAMLMap()));
        map = inner;
      }
      insert(map, last, node(value));
    },
    rename([...path], key) {
      const last = path.pop()!;
      let map: YAMLMap | undefined = document.contents as unknown as YAMLMap;
      for (const step of path) map = map && child(map, step);
      const pair = map?.items.find((item) => keyOf(item.key) === last);
      if (!map || !pair) return;
      map.items = map.items.filter((item) => item !== pair);
      insert(map, key, pair.value);
    },
    delete([...path]) {
      const last = path.pop()!;
      let map: YAMLMap | undefined = document.contents as unknown as YAMLMap;
      for (const key of path) map = map && child(map, key);
      if (map) map.items = map.items.filter((item) => keyOf(item.key) !== last);
    },
  });
  let after: string;
  try {
    after = document.toString({ lineWidth: 0, indentSeq: false, flowCollectionPadding: false });
  } catch (error) {
    // An alias to what was removed.
    throw brokenFile(path, (error as Error).message);
  }
  // A letter of the first key would become a sign that whoever reads it leaves out.
  if (after.startsWith("\uFEFF") && !before.startsWith("\uFEFF")) throw brokenFile(path, "a key in it begins with a byte order mark");
  // The library that writes takes some signs for text that the one that reads refuses: nothing is written that can't be read.
  await parseYaml(path, after);
  return after;
}
