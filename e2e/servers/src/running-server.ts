import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** How a server is started. */
export interface ServerCommand {
  readonly program: string;
  /** Given a free port of 127.0.0.1 and an empty folder for its data. */
  readonly args: (port: number, folder: string) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Gives it a disk of this size for its data, which only root may mount. By default it has the machine's. */
  readonly diskMebibytes?: number | undefined;
  /** Whether it answers yet, once its port is open. By default it does then. */
  readonly isReady?: (url: string) => Promise<boolean>;
}

const START_MILLISECONDS = 30_000;

/**
 * Runs the server as a child of a shell whose standard input is ours: it ends when we die, however that happens, and the shell
 * then kills the server and removes its data; so it does when all of us get a signal. A line on it only kills the server.
 */
const GUARD = `
  trap : INT TERM HUP
  "$@" </dev/null >>"$ZEN_TESTS_ROOT/server.log" 2>&1 &
  pid=$!
  echo $pid
  read -r keep || keep=
  kill -9 $pid 2>/dev/null
  wait $pid 2>/dev/null
  [ -n "$keep" ] || { umount "$ZEN_TESTS_ROOT/data" 2>/dev/null; rm -rf "$ZEN_TESTS_ROOT"; }`;

/** A server of this machine's own, on 127.0.0.1, with its data in a temporary folder. It ends with the process that started it. */
export class RunningServer implements AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** What it keeps. */
  readonly folder: string;
  readonly #command: ServerCommand;
  readonly #root: string;
  #guard: ChildProcess | undefined;
  #pid = 0;

  constructor(command: ServerCommand, port: number) {
    this.#command = command;
    this.#root = mkdtempSync(path.join(tmpdir(), "zen-server-"));
    this.folder = path.join(this.#root, "data");
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    mkdirSync(this.folder);
    const { diskMebibytes: size } = command;
    if (size !== undefined) execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}m`, "tmpfs", this.folder], { stdio: "pipe" });
  }

  /** Starts it if it isn't running, after {@link RunningServer.kill} with the data that it left, and waits until it answers. */
  async start(): Promise<void> {
    if (this.#guard) return;
    const { program, args, env, isReady = async () => true } = this.#command;
    const guard = spawn("sh", ["-c", GUARD, "sh", program, ...args(this.port, this.folder)], {
      cwd: this.#root,
      env: { ...process.env, ...env, ZEN_TESTS_ROOT: this.#root },
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#guard = guard;
    guard.stdin.on("error", () => {});
    const [line] = (await once(guard.stdout, "data")) as [Buffer];
    this.#pid = Number(String(line));
    const deadline = Date.now() + START_MILLISECONDS;
    while (!((await isOpen(this.port)) && (await isReady(this.url).catch(() => false)))) {
      if (Date.now() > deadline) throw new Error(`${path.basename(program)} didn't start on ${this.url}:\n${this.log}`);
      await sleep(20);
    }
  }

  /** What it has printed. */
  get log(): string {
    const file = path.join(this.#root, "server.log");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /** Takes it down at once (SIGKILL). Its data stays. */
  async kill(): Promise<void> {
    await this.#end("keep\n");
  }

  /** Makes it hang: connections are taken, nothing is answered. */
  freeze(): void {
    process.kill(this.#pid, "SIGSTOP");
  }

  /** Lets it go on after {@link RunningServer.freeze}. */
  thaw(): void {
    process.kill(this.#pid, "SIGCONT");
  }

  /** Ends it and removes its data. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end("");
    rmSync(this.#root, { recursive: true, force: true });
  }

  async #end(word: string): Promise<void> {
    const guard = this.#guard;
    this.#guard = undefined;
    if (!guard) return;
    const closed = once(guard, "close");
    guard.stdin!.end(word);
    await closed;
  }
}

/** Starts a server on a free port. */
export async function startServer(command: ServerCommand): Promise<RunningServer> {
  const server = new RunningServer(command, await freePort());
  try {
    await server.start();
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
