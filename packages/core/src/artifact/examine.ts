import { inspect, types } from "node:util";
import { className, obstacle, unstorable, unstorableOfZen, type Obstacle } from "./unstorable.ts";
import { mapEntry } from "./value-path.ts";

/** How deep values may nest: what `JSON.stringify` and devalue, which recurse, manage on the default stack with room to spare. */
const MAX_DEPTH = 1_000;
/** Up to here it is faster to look at a shared object again than to remember every object. */
const REMEMBER_FROM = 2_000_000;
/** A Map of V8 holds 2^24 entries. */
const REMEMBER_AT_MOST = 16_000_000;
/** Beyond it JSON, which writes a shared object wherever it stands, would not fit into a string. */
const MAX_EXPANDED = 100_000_000;
/** Listing the keys of a longer array costs more than asking `inspect` what stands beside its items. */
const SHORT_ARRAY = 50;
const OPEN = -1;

/** Whether JSON keeps `value` exactly, or devalue does, or what keeps it from being stored. */
export function examine(value: unknown): "json" | "rich" | Obstacle {
  const quick = new Examination();
  const found = quick.visit(value, 0);
  if (!quick.gaveUp) return found ?? quick.materializer;
  const thorough = new Examination(new Map());
  return thorough.visit(value, 0) ?? thorough.materializer;
}

/**
 * One walk over a value. The first walk remembers nothing: a cycle shows as bottomless nesting, and heavy sharing as too
 * many objects; then it gives up, and a second walk remembers each object it has met.
 */
class Examination {
  gaveUp = false;
  #rich = false;
  #objects = 0;
  /** By object: how many objects are in it, itself included; `OPEN` while it is being looked at. */
  readonly #seen: Map<object, number> | undefined;

  constructor(seen?: Map<object, number>) {
    this.#seen = seen;
  }

  get materializer(): "json" | "rich" {
    return this.#rich || this.#objects > MAX_EXPANDED ? "rich" : "json";
  }

  visit(value: unknown, depth: number): Obstacle | undefined {
    switch (typeof value) {
      case "string":
      case "boolean":
        return undefined;
      case "number":
        if (!Number.isFinite(value) || Object.is(value, -0)) this.#rich = true;
        return undefined;
      case "undefined":
      case "bigint":
        this.#rich = true;
        return undefined;
      case "object":
        return value === null ? undefined : this.#object(value, depth);
      default:
        return unstorable(value as object | symbol);
    }
  }

  #object(value: object, depth: number): Obstacle | undefined {
    const before = this.#objects++;
    if (this.#seen !== undefined) {
      const size = this.#seen.get(value);
      if (size === OPEN) this.#rich = true;
      else if (size !== undefined) this.#objects = before + size;
      if (size !== undefined) return undefined;
      if (this.#seen.size < REMEMBER_AT_MOST) this.#seen.set(value, OPEN);
    }
    if (depth >= MAX_DEPTH || (this.#seen === undefined && before >= REMEMBER_FROM)) {
      this.gaveUp = true;
      return obstacle(
        `is nested more than ${MAX_DEPTH} levels deep`,
        "Store it flat: a list of nodes that refer to each other by number, for example.",
      );
    }
    let found: Obstacle | undefined;
    try {
      found = this.#contents(value, depth + 1);
    } catch (error) {
      // Only a Proxy throws when it is looked at: accessors are refused unread.
      found = obstacle(`can't be read (${error instanceof Error ? error.message : String(error)})`, "Return plain data.");
    }
    if (this.#seen?.has(value)) this.#seen.set(value, this.#objects - before);
    return found;
  }

  #contents(value: object, depth: number): Obstacle | undefined {
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (prototype === Object.prototype) return this.#properties(value, depth);
    if (Array.isArray(value)) return isArrayPrototype(prototype) ? this.#items(value, depth) : altered(value, "array");
    if (prototype === null) {
      this.#rich = true;
      return this.#properties(value, depth);
    }
    if (isObjectPrototype(prototype)) return this.#properties(value, depth);
    this.#rich = true;
    if (types.isMap(value)) return isPlain(value, Map.prototype) ? this.#entries(value, depth) : altered(value, "Map");
    if (types.isSet(value)) return isPlain(value, Set.prototype) ? this.#members(value, depth) : altered(value, "Set");
    if (types.isDate(value)) return isPlain(value, Date.prototype) ? undefined : altered(value, "Date");
    if (types.isRegExp(value)) return isPlain(value, RegExp.prototype, ["lastIndex"]) ? undefined : altered(value, "RegExp");
    if (prototype === URL.prototype) return isPlain(value, URL.prototype) ? undefined : altered(value, "URL");
    if (types.isArrayBuffer(value)) return isPlain(value, ArrayBuffer.prototype) ? unusable(value) : altered(value, "ArrayBuffer");
    if (ArrayBuffer.isView(value))
      return isPlainView(value)
        ? types.isSharedArrayBuffer(value.buffer)
          ? unstorable(value.buffer)
          : unusable(value.buffer)
        : altered(value, viewName(value));
    return unstorable(value);
  }

  #properties(value: object, depth: number): Obstacle | undefined {
    const ours = unstorableOfZen(value);
    if (ours) return ours;
    const [symbol] = Object.getOwnPropertySymbols(value);
    if (symbol !== undefined) return symbolKey(symbol);
    for (const key of Object.getOwnPropertyNames(value)) {
      const property = Object.getOwnPropertyDescriptor(value, key)!;
      let found: Obstacle | undefined;
      if (property.get !== undefined || property.set !== undefined)
        found = obstacle("is an accessor (a get or set property)", "Return a plain object with its value: { ...it }");
      else if (!property.enumerable) found = obstacle("is not enumerable and would be lost", "Return a plain object: { ...it }");
      else found = this.visit(property.value, depth);
      if (found !== undefined) {
        found.path.push(key);
        return found;
      }
    }
    return undefined;
  }

  #items(array: readonly unknown[], depth: number): Obstacle | undefined {
    const [symbol] = Object.getOwnPropertySymbols(array);
    if (symbol !== undefined) return symbolKey(symbol);
    const beside = keyBesideItems(array);
    if (beside !== undefined)
      return {
        ...obstacle(
          "is a property that an array has beside its items, and would be lost",
          "Return an object with the array and the property.",
        ),
        path: [beside],
      };
    for (let i = 0; i < array.length; i++) {
      const item = array[i];
      if (item === undefined && !Object.hasOwn(array, i)) return this.#itemsAmongHoles(array, i, depth);
      const found = this.visit(item, depth);
      if (found !== undefined) {
        found.path.push(i);
        return found;
      }
    }
    return undefined;
  }

  /** From the first hole on: the length of an array may be far beyond what is in it. */
  #itemsAmongHoles(array: readonly unknown[], from: number, depth: number): Obstacle | undefined {
    this.#rich = true;
    for (const index of Object.keys(array).map(Number)) {
      if (index < from) continue;
      const found = this.visit(array[index], depth);
      if (found !== undefined) {
        found.path.push(index);
        return found;
      }
    }
    return undefined;
  }

  #entries(map: ReadonlyMap<unknown, unknown>, depth: number): Obstacle | undefined {
    let index = 0;
    for (const [key, value] of map) {
      const inKey = this.visit(key, depth);
      if (inKey !== undefined) {
        inKey.path.push({ call: `keys()[${index}]` });
        return inKey;
      }
      const inValue = this.visit(value, depth);
      if (inValue !== undefined) {
        inValue.path.push(mapEntry(key, index));
        return inValue;
      }
      index++;
    }
    return undefined;
  }

  #members(set: ReadonlySet<unknown>, depth: number): Obstacle | undefined {
    let index = 0;
    for (const member of set) {
      const found = this.visit(member, depth);
      if (found !== undefined) {
        found.path.push({ call: `values()[${index}]` });
        return found;
      }
      index++;
    }
    return undefined;
  }
}

function symbolKey(symbol: symbol): Obstacle {
  return obstacle(`has a property whose key is a symbol (${String(symbol)})`, "Use a string as its key.");
}

/** An object of a built-in class that is not quite one: what makes it different would be lost. */
function altered(value: object, type: string): Obstacle {
  const name = className(value);
  return name !== "" && name.toLowerCase() !== type.toLowerCase()
    ? obstacle(
        `is an instance of the class ${name}, not a plain ${type}`,
        `Return a plain ${type} with its data, and make the instance again in the step that reads it.`,
      )
    : obstacle(
        `is not a plain ${type}: its own properties, or its own prototype, would be lost`,
        `Return a plain ${type}, and beside it what else it has.`,
      );
}

/** Of a buffer: what can be seen in it isn't all that it is. */
function unusable(buffer: ArrayBuffer): Obstacle | undefined {
  if (buffer.detached)
    return obstacle("has no bytes any more: they were transferred to somewhere else", "Return it before you transfer it, or a copy of it.");
  if (buffer.resizable)
    return obstacle("is in a resizable ArrayBuffer, which would come back with a fixed size", "Return a copy of it: .slice()");
  return undefined;
}

function isPlain(value: object, prototype: object, ownKeys: readonly string[] = []): boolean {
  return Object.getPrototypeOf(value) === prototype && Reflect.ownKeys(value).length === ownKeys.length;
}

/** Whether a typed array or DataView is one of the built-in classes (or a Buffer), without properties of its own. */
function isPlainView(view: ArrayBufferView): boolean {
  const prototype = Object.getPrototypeOf(view) as object;
  if (view instanceof DataView) return isPlain(view, DataView.prototype);
  const builtIn = prototype === Buffer.prototype ? Uint8Array : (globalThis as unknown as Record<string, unknown>)[viewName(view)];
  if (prototype !== Buffer.prototype && prototype !== (builtIn as typeof Uint8Array | undefined)?.prototype) return false;
  const bare = Object.setPrototypeOf(
    new (builtIn as typeof Uint8Array)(view.buffer as ArrayBuffer, view.byteOffset, (view as Uint8Array).length),
    prototype,
  ) as object;
  return Object.getOwnPropertySymbols(view).length === 0 && beside(view) === beside(bare);
}

/** A key of an array that is neither an index nor `length`. */
function keyBesideItems(array: readonly unknown[]): string | undefined {
  const { length } = array;
  if (length > SHORT_ARRAY) {
    const bare: unknown[] = [];
    bare.length = length;
    if (beside(array) === beside(bare)) return undefined;
  }
  const names = Object.getOwnPropertyNames(array);
  // Indices come first, in order, and then `length`.
  if (names.length === length + 1 && (length === 0 || names[length - 1] === String(length - 1))) return undefined;
  return names.find((name) => name !== "length" && !isIndex(name));
}

/** What an array has beside its items, as text to compare: `inspect` alone can tell without listing every index. */
function beside(array: object): string {
  return inspect(array, { maxArrayLength: 0, depth: 0, showHidden: true, customInspect: false });
}

/** `Float64Array`, say, whatever the view's own prototype. */
function viewName(view: ArrayBufferView): string {
  return Object.prototype.toString.call(view).slice(8, -1);
}

/** `Array.prototype` of this or another `node:vm` context: it is an array itself, which no subclass's prototype is. */
function isArrayPrototype(prototype: object | null): boolean {
  return prototype === Array.prototype || Array.isArray(prototype);
}

/** `Object.prototype` of another `node:vm` context, where test runners like to evaluate code. */
function isObjectPrototype(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "__proto__") && Object.hasOwn(prototype, "hasOwnProperty");
}

function isIndex(name: string): boolean {
  const index = Number(name);
  return index >= 0 && index < 2 ** 32 - 1 && Number.isInteger(index) && String(index) === name;
}
