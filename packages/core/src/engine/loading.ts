import { AsyncLocalStorage } from "node:async_hooks";

/** On the global object, so that every copy of core sees it. */
const holder = globalThis as { [key: symbol]: AsyncLocalStorage<string> | undefined };
const key = Symbol.for("zen.loading.v1");

function loading(): AsyncLocalStorage<string> {
  return (holder[key] ??= new AsyncLocalStorage());
}

/** Runs `work`, which imports a pipeline file: meanwhile `.run()` is refused. */
export function whileLoading<T>(file: string, work: () => Promise<T>): Promise<T> {
  return loading().run(file, work);
}

/** The file that zen is importing right now, if it is this code that it imports. */
export function loadingFile(): string | undefined {
  return holder[key]?.getStore();
}
