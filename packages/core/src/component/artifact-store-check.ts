import { randomBytes, randomUUID } from "node:crypto";
import { sha256 } from "../artifact/digest.ts";
import { isZenError, ZenError } from "../error/zen-error.ts";
import type { BaseArtifactStore, ObjectStat, StorePermissions } from "./artifact-store.ts";
import type { ComponentCheck } from "./component-check.ts";

/** Below this no artifact is ever kept. */
const FOLDER = ".zen-check";
const PROBE_BYTES = 4096;
/** What a check that was killed has left is removed by a later one. */
const LEFT_MILLISECONDS = 3_600_000;
/**
 * For all that is tried: somebody waits for it. A store that has a server goes on for minutes while nothing answers, as a run
 * needs it to.
 */
const LIMIT_MILLISECONDS = 30_000;
/** What can't be removed in this time at the end is left to a later check: a server that hangs would keep it for minutes. */
const CLEAN_UP_MILLISECONDS = 5_000;

const RIGHTS: Required<StorePermissions> = {
  write: "to write objects",
  read: "to read objects",
  lookUp: "to look up objects",
  list: "to list objects",
  copy: "to copy objects",
  delete: "to delete objects",
};

/** Writes, reads, looks up, lists, copies and deletes an object of its own, in 30 seconds at most, and leaves nothing. */
export async function checkArtifactStore(store: BaseArtifactStore, check: ComponentCheck): Promise<void> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(tooSlow(store)), LIMIT_MILLISECONDS);
  const signal = check.signal ? AbortSignal.any([check.signal, limit.signal]) : limit.signal;
  const key = `${FOLDER}/${randomUUID()}`;
  const copy = `${key}-copy`;
  const probe = randomBytes(PROBE_BYTES);
  const rights = { ...RIGHTS, ...store.permissions };
  let written: ObjectStat | undefined;
  /** A write whose answer was lost, or not waited for, may have been done all the same. */
  let isLeft = true;
  const list = async (): Promise<void> => {
    const { objects } = await store.list(written ? key : `${FOLDER}/`, { signal });
    if (written && !objects.some((object) => object.key === key && object.size === PROBE_BYTES))
      throw wrong(`A listing doesn't have`, store, key);
  };
  const attempt = async (action: string, right: keyof StorePermissions, work: () => Promise<unknown>): Promise<void> => {
    if (limit.signal.aborted) check.skip(action, "There was no time left for it.");
    else await check.attempt(action, work, { permission: rights[right] });
  };
  try {
    let forbidden = false;
    await attempt("write", "write", async () => {
      try {
        written = await store.write(key, probe, { ifAbsent: true, signal });
      } catch (error) {
        forbidden = isZenError(error) && error.code === "store_forbidden";
        throw error;
      }
    });
    if (!written) {
      for (const action of ["read", "look up"]) check.skip(action, "Nothing could be written.");
      // Where only a right is missing, it may not be the only one.
      if (forbidden) await attempt("list", "list", list);
      else check.skip("list", "Nothing could be written.");
      for (const action of ["copy", "delete"]) check.skip(action, "Nothing could be written.");
      return;
    }
    await attempt("read", "read", async () => {
      if (sha256(await bytesOf(store, key, signal)) !== sha256(probe)) throw wrong("What is read is not what was written at", store, key);
    });
    await attempt("look up", "lookUp", async () => {
      if ((await store.stat(key, { signal }))?.size !== PROBE_BYTES)
        throw wrong(`There are not the ${PROBE_BYTES} bytes that were written at`, store, key);
    });
    await attempt("list", "list", list);
    await attempt("copy", "copy", async () => {
      const { size } = await store.copy(key, copy, { signal });
      if (size !== PROBE_BYTES) throw wrong(`There are ${size} bytes instead of ${PROBE_BYTES} in the copy at`, store, copy);
    });
    await attempt("delete", "delete", async () => {
      try {
        for (const one of [key, copy]) await store.delete(one, { signal });
      } catch (error) {
        if (!isZenError(error)) throw error;
        throw new ZenError(error.code, `${error.message} Left behind: ${store.uri(key)}`, { hint: error.hint, cause: error });
      }
      if (await store.exists(key, { signal })) throw wrong("There is still something at", store, key);
      isLeft = false;
    });
    await sweep(store, written, signal);
  } finally {
    clearTimeout(timer);
    if (isLeft)
      await Promise.allSettled([key, copy].map((one) => store.delete(one, { signal: AbortSignal.timeout(CLEAN_UP_MILLISECONDS) })));
  }
}

async function bytesOf(store: BaseArtifactStore, key: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  return new Uint8Array(await new Response(await store.read(key, { signal })).arrayBuffer());
}

/** The store's own clock tells what is old. */
async function sweep(store: BaseArtifactStore, { modifiedAt }: ObjectStat, signal: AbortSignal | undefined): Promise<void> {
  try {
    for (const { key, modifiedAt: then } of (await store.list(`${FOLDER}/`, { signal })).objects)
      if (modifiedAt.getTime() - then.getTime() > LEFT_MILLISECONDS) await store.delete(key, { signal });
  } catch {
    // A right that is missing has been reported.
  }
}

function tooSlow({ name }: BaseArtifactStore): ZenError {
  return new ZenError(
    "store_unavailable",
    `The artifact store "${name}" wasn't done within the ${LIMIT_MILLISECONDS / 1000} seconds that a check has.`,
    {
      hint: "See whether its server answers at all: one that hangs takes connections and says nothing, and so may a proxy or a firewall before it.",
    },
  );
}

function wrong(what: string, store: BaseArtifactStore, key: string): ZenError {
  return new ZenError("store_unfaithful", `${what} ${store.uri(key)}.`, {
    hint: "The store doesn't do what its answers say: look for a cache or a proxy in front of it, or use another one.",
  });
}
