import { expect, onTestFinished, test, vi } from "vitest";
import { BaseArtifactStore, type ObjectStat, type StoreOptions } from "./artifact-store.ts";
import { ComponentCheck } from "./component-check.ts";

/** Takes what is written, and from then on hangs until it is aborted. */
class HangingStore extends BaseArtifactStore {
  static override readonly FLAVOR: string = "hanging";
  static override readonly SUPPORTED_SCHEMES = ["hanging://"];
  readonly deleted: string[] = [];

  async write(key: string, source: Uint8Array): Promise<ObjectStat> {
    return { key, size: source.byteLength, modifiedAt: new Date() };
  }

  async delete(key: string): Promise<void> {
    this.deleted.push(key);
  }

  read = (_key: string, options: StoreOptions): Promise<never> => hang(options);
  stat = (_key: string, options: StoreOptions): Promise<never> => hang(options);
  list = (_prefix: string, options: StoreOptions): Promise<never> => hang(options);
  copy = (_from: string, _to: string, options: StoreOptions): Promise<never> => hang(options);
  rename = (_from: string, _to: string, options: StoreOptions): Promise<never> => hang(options);
  deleteTree = (_prefix: string, options: StoreOptions): Promise<never> => hang(options);
}

async function hang({ signal }: StoreOptions): Promise<never> {
  signal!.throwIfAborted();
  return new Promise((_resolve, reject) => signal!.addEventListener("abort", () => reject(signal!.reason as Error)));
}

test("a store that hangs amid a check has 30 seconds for all of it, and what was written is removed", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const store = new HangingStore({ name: "lake", path: "hanging://lake" });
  const check = new ComponentCheck();
  const checking = store.check(check);
  await vi.advanceTimersByTimeAsync(29_999);
  expect(check.steps.map(({ action }) => action)).toEqual(["write"]);
  await vi.advanceTimersByTimeAsync(1);
  await checking;
  const skipped = { status: "skipped", message: "There was no time left for it." };
  expect(check.steps).toEqual([
    { action: "write", status: "ok" },
    {
      action: "read",
      status: "failed",
      code: "store_unavailable",
      message: 'The artifact store "lake" wasn\'t done within the 30 seconds that a check has.',
      hint: "See whether its server answers at all: one that hangs takes connections and says nothing, and so may a proxy or a firewall before it.",
    },
    { action: "look up", ...skipped },
    { action: "list", ...skipped },
    { action: "copy", ...skipped },
    { action: "delete", ...skipped },
  ]);
  expect(store.deleted).toEqual([expect.stringMatching(/^\.zen-check\/[\da-f-]{36}$/), `${store.deleted[0]}-copy`]);
  expect(vi.getTimerCount()).toBe(0);
});
