import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isAlive, isDead, thisProcess } from "./run-owner.ts";

const now = new Date().toISOString();
const longAgo = new Date(Date.now() - 3_600_000).toISOString();

test("a process on this host lives as long as its pid does, whatever its heartbeat", async () => {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
  await once(child, "spawn");
  const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8");
  const owner = { ...thisProcess(), pid: child.pid!, processStart: stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]! };
  expect(isAlive(owner, longAgo)).toBe(true);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(isAlive(owner, now)).toBe(false);
});

test("a pid that another process has by now is not the owner", () => {
  expect(isAlive({ ...thisProcess(), processStart: "1" }, now)).toBe(false);
});

test("a restart of the machine ends every owner", () => {
  expect(isAlive({ ...thisProcess(), bootId: "another" }, now)).toBe(false);
});

test("elsewhere only the heartbeat tells", () => {
  const elsewhere = { ...thisProcess(), host: "another-host" };
  expect(isAlive(elsewhere, now)).toBe(true);
  expect(isAlive(elsewhere, longAgo)).toBe(false);
});

test("of a process elsewhere nobody knows that it is dead", () => {
  expect(isDead({ ...thisProcess(), host: "another-host", processStart: "1" })).toBe(false);
  expect(isDead({ ...thisProcess(), processStart: "1" })).toBe(true);
  expect(isDead(thisProcess())).toBe(false);
});
