import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { startServer, type ServerCommand } from "./running-server.ts";

/** Serves its pid. */
const SCRIPT = `require("node:http").createServer((_, response) => response.end(String(process.pid))).listen(Number(process.argv[1]), "127.0.0.1")`;
const command: ServerCommand = { program: process.execPath, args: (port) => ["-e", SCRIPT, String(port)] };
const answer = async (url: string): Promise<string> => (await fetch(url, { signal: AbortSignal.timeout(300) })).text();

test("a server is killed, started again over the same data, frozen, and ends with its data", async () => {
  const server = await startServer(command);
  onTestFinished(() => server[Symbol.asyncDispose]());
  const pid = await answer(server.url);
  writeFileSync(path.join(server.folder, "kept"), "");
  await server.kill();
  await expect(answer(server.url)).rejects.toThrow("fetch failed");
  await server.start();
  expect(await answer(server.url)).not.toBe(pid);
  expect(existsSync(path.join(server.folder, "kept"))).toBe(true);
  server.freeze();
  await expect(answer(server.url)).rejects.toThrow("timeout");
  server.thaw();
  expect(await answer(server.url)).toMatch(/^\d+$/);
  await server[Symbol.asyncDispose]();
  await expect(answer(server.url)).rejects.toThrow("fetch failed");
  expect(existsSync(server.folder)).toBe(false);
});

test.each([
  ["is killed", (child: ChildProcess) => child.kill("SIGKILL")],
  // As a terminal's Ctrl-C does.
  ["gets a signal with all that it has started", (child: ChildProcess) => process.kill(-child.pid!, "SIGTERM")],
])("a server ends with the process that started it, also if that %s", async (_, end) => {
  const script = `
    import { startServer } from ${JSON.stringify(new URL("running-server.ts", import.meta.url).href)};
    const server = await startServer({ program: process.execPath, args: (port) => ["-e", ${JSON.stringify(SCRIPT)}, String(port)] });
    console.log(JSON.stringify([server.url, server.folder]));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"], detached: true });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const [url, folder] = JSON.parse(String(line)) as [string, string];
  expect(await answer(url)).toMatch(/^\d+$/);
  end(child);
  for (let n = 0; n < 100 && existsSync(folder); n++) await sleep(50);
  expect(existsSync(folder)).toBe(false);
  await expect(answer(url)).rejects.toThrow("fetch failed");
});
