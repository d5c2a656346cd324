import { expect, test } from "vitest";
import type { BaseMetadataStore } from "../component/metadata-store.ts";
import { ZenError } from "../error/zen-error.ts";
import type { Change, Lease } from "../metadata/change.ts";
import { Committer } from "./committer.ts";

const lease: Lease = { runId: "r", owner: { host: "h", bootId: "b", pid: 1, processStart: "" }, epoch: 1 };
const change = (at: string): Change => ({ kind: "heartbeat", runId: "r", at });

/** Records what arrives, and settles each commit when told. */
function recorder(): { store: BaseMetadataStore; commits: string[][]; settle: ((error?: Error) => void)[] } {
  const commits: string[][] = [];
  const settle: ((error?: Error) => void)[] = [];
  const store = {
    commit: (changes: readonly Change[]) => {
      commits.push(changes.map((each) => (each as { at: string }).at));
      return new Promise<void>((resolve, reject) => settle.push((error) => (error ? reject(error) : resolve())));
    },
  } as unknown as BaseMetadataStore;
  return { store, commits, settle };
}

test("what is handed over while a commit is under way shares the next one, in order", async () => {
  const { store, commits, settle } = recorder();
  const committer = new Committer(store, lease, () => {});
  const first = committer.commit([change("1")]);
  await Promise.resolve();
  const others = Promise.all([committer.commit([change("2"), change("3")]), committer.commit([change("4")])]);
  expect(commits).toEqual([["1"]]);
  settle[0]!();
  await first;
  await Promise.resolve();
  expect(commits).toEqual([["1"], ["2", "3", "4"]]);
  settle[1]!();
  await others;
});

test("a commit that fails rejects those who share it, and nobody else", async () => {
  const { store, settle } = recorder();
  const committer = new Committer(store, lease, () => {});
  const lost = committer.commit([change("1")]);
  await Promise.resolve();
  const kept = committer.commit([change("2")]);
  settle[0]!(new Error("gone"));
  await expect(lost).rejects.toThrow("gone");
  await Promise.resolve();
  settle[1]!();
  await expect(kept).resolves.toBeUndefined();
});

test("a lease that was lost is told once for all who share a commit", async () => {
  const { store, settle } = recorder();
  const lost: ZenError[] = [];
  const committer = new Committer(store, lease, (error) => lost.push(error));
  const commits = Promise.allSettled([committer.commit([change("1")]), committer.commit([change("2")])]);
  await Promise.resolve();
  await Promise.resolve();
  settle[0]!(new ZenError("lease_lost", "taken"));
  await commits;
  expect(lost.map(({ message }) => message)).toEqual(["taken"]);
  const failed = committer.commit([change("3")]);
  await Promise.resolve();
  await Promise.resolve();
  settle[1]!(new ZenError("store_unavailable", "busy"));
  await expect(failed).rejects.toThrow("busy");
  expect(lost).toHaveLength(1);
});
