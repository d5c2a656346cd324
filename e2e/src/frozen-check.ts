import type { RunningServer } from "@zen-tests/servers";
import { expect, onTestFinished } from "vitest";
import type { Ended } from "./project.ts";

/** Freezes a server, has a store of it checked before it is registered, and looks at how that ends. */
export async function expectCheckToGiveUp(
  server: RunningServer,
  zen: (...args: readonly string[]) => Promise<Ended>,
  settings: readonly string[],
): Promise<void> {
  server.freeze();
  onTestFinished(() => server.thaw());
  const started = performance.now();
  const { code, stderr } = await zen("artifact-store", "register", "frozen", ...settings, "--check");
  expect(code).toBe(1);
  expect(stderr.trimEnd().split("\n").slice(-5)).toEqual([
    "Checking artifact store 'frozen': run...",
    "Checking artifact store 'frozen': write...",
    `Failed: The artifact store "frozen" wasn't done within the 30 seconds that a check has.`,
    `Error: The check of artifact store 'frozen' failed at "write". Nothing was registered.`,
    "See whether its server answers at all: one that hangs takes connections and says nothing, and so may a proxy or a firewall before it.",
  ]);
  // 30 seconds, 5 to clean up, and a slow machine's: half of what all attempts take.
  expect(performance.now() - started).toBeLessThan(75_000);
}
