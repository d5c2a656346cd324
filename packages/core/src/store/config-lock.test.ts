import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { boundByModes } from "./bound-by-modes.fixture.ts";
import { withConfigLock } from "./config-lock.ts";

const LOCK = new URL("./config-lock.ts", import.meta.url).href;

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "zen-lock-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("two tasks of one process take turns, and the event loop goes on", async () => {
  const folder = temporary();
  const order: string[] = [];
  const work = (name: string) => async (): Promise<void> => {
    order.push(`${name} in`);
    await sleep(30);
    order.push(`${name} out`);
  };
  await Promise.all([withConfigLock(folder, work("a")), withConfigLock(folder, work("b"))]);
  expect(order.map((entry) => entry.slice(2))).toEqual(["in", "out", "in", "out"]);
});

test("what fails lets go", async () => {
  const folder = temporary();
  await expect(withConfigLock(folder, async () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await withConfigLock(folder, async () => 1)).toBe(1);
  expect(readdirSync(folder)).toEqual(["lock.db"]);
});

test("a holder that is killed delays nobody", async () => {
  const folder = temporary();
  const script = `
    const { withConfigLock } = await import(${JSON.stringify(LOCK)});
    const { setTimeout } = await import("node:timers/promises");
    await withConfigLock(${JSON.stringify(folder)}, async () => { console.log("held"); await setTimeout(60_000); });`;
  const holder = spawn(process.execPath, ["--input-type=module", "-e", script]);
  await once(holder.stdout, "data");
  const waiting = withConfigLock(folder, async () => Date.now());
  await sleep(100);
  const killed = Date.now();
  holder.kill("SIGKILL");
  expect((await waiting) - killed).toBeLessThan(5_000);
  expect(await waiting).toBeGreaterThanOrEqual(killed);
});

test("32 processes that count in one file lose no count", { timeout: 120_000 }, async () => {
  const folder = temporary();
  const counter = join(folder, "counter");
  writeFileSync(counter, "0");
  const script = `
    const { withConfigLock } = await import(${JSON.stringify(LOCK)});
    const { readFileSync, writeFileSync } = await import("node:fs");
    for (let i = 0; i < 5; i++) await withConfigLock(${JSON.stringify(folder)}, async () => writeFileSync(${JSON.stringify(counter)}, String(Number(readFileSync(${JSON.stringify(counter)}, "utf8")) + 1)));`;
  await Promise.all(Array.from({ length: 32 }, () => promisify(execFile)(process.execPath, ["--input-type=module", "-e", script])));
  expect(readFileSync(counter, "utf8")).toBe("160");
});

test("a folder that this user may not write to is named", async () => {
  const folder = temporary();
  chmodSync(folder, 0o555);
  const script = `import(${JSON.stringify(LOCK)}).then((m) => m.withConfigLock(${JSON.stringify(folder)}, async () => {})).catch((error) => console.log(JSON.stringify({ code: error.code, message: error.message })))`;
  const { stdout } = await boundByModes(["-e", script]);
  expect(JSON.parse(stdout)).toEqual({
    code: "permission_denied",
    message: `zen can't write into its configuration folder ${folder}: permission denied.`,
  });
});
