#!/usr/bin/env node
"use strict";
// The launcher: it finds a Node that is new enough and the project's own @zen/cli, then gets out of the way.
// Committed, not built, and in the syntax of Node 18, so that an old Node can still say what it needs.
const fs = require("node:fs");
const path = require("node:path");

const NEEDS = [24, 15];
const PROTOCOL = 1;
const OWN_MAIN = path.join(__dirname, "..", "dist", "main.js");
const args = process.argv.slice(2);

if (isNewEnough(process.versions.node)) start();
else restartWithNewerNode();

function isNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > NEEDS[0] || (major === NEEDS[0] && minor >= NEEDS[1]);
}

function start() {
  require("node:module").enableCompileCache();
  const handedOver = process.env.ZEN_HANDED_OVER === "1";
  // A command that a step starts may stand in another project: it decides for itself.
  delete process.env.ZEN_HANDED_OVER;

  const found = handedOver ? undefined : projectMain();
  const cli = load(found === undefined ? OWN_MAIN : found);
  if (cli.PROTOCOL !== PROTOCOL) return handOver(found);
  cli.main(args, { protocol: PROTOCOL }).then(
    // A step that was given up may have left timers behind: they must not keep the command alive.
    (code) => process.exit(code),
    (error) => fail("internal_error", `zen stopped on an error of its own: ${error && error.stack ? error.stack : error}`, null, 1),
  );
}

/** The `main` of the @zen/cli that the working directory's project depends on, or undefined. */
function projectMain() {
  try {
    // Not `require.resolve` with `paths`: within this package, it finds this package.
    return require("node:module").createRequire(path.join(process.cwd(), "_")).resolve("@zen/cli/main");
  } catch {
    return undefined;
  }
}

function load(main) {
  try {
    return require(main);
  } catch (error) {
    const missing = error.code === "MODULE_NOT_FOUND" && !fs.existsSync(main);
    const reason = missing ? `${main} does not exist` : error.message.split("\n")[0];
    fail("broken_installation", `The command zen is not installed completely: ${reason}.`, "Install it again: npm install -D @zen/cli", 1);
  }
}

/** Another protocol: the project's zen runs in a process of its own, by its own launcher. */
function handOver(main) {
  let folder = path.dirname(main);
  while (!fs.existsSync(path.join(folder, "package.json"))) folder = path.dirname(folder);
  const { bin } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
  const file = path.join(folder, typeof bin === "string" ? bin : bin.zen);
  run(process.execPath, [file, ...args], { ...process.env, ZEN_HANDED_OVER: "1" });
}

/** Looks upward from the working directory for the Node that the project brings, as `npm install -D node` does. */
function restartWithNewerNode() {
  const { spawnSync } = require("node:child_process");
  const names = process.platform === "win32" ? ["node_modules/node/bin/node.exe"] : ["node_modules/.bin/node"];
  for (const folder of upward(process.cwd())) {
    for (const name of names) {
      const node = path.join(folder, name);
      if (!fs.existsSync(node)) continue;
      const { stdout, status } = spawnSync(node, ["--version"], { encoding: "utf8" });
      if (status === 0 && isNewEnough(stdout.trim().replace(/^v/, ""))) return run(node, [__filename, ...args], process.env);
    }
  }
  const message = `zen needs Node >= ${NEEDS.join(".")}, and this is Node ${process.versions.node}.`;
  fail("node_too_old", message, "Install one for this project: npm install -D node@24", 1);
}

function upward(folder) {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...upward(parent)];
}

function run(command, argv, env) {
  let child;
  // A Ctrl-C reaches the child by itself, as it is in the terminal's foreground group: sent on, it would count twice,
  // and the second one ends a run at once.
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]) {
    const fromTerminal = onTerminal && (signal === "SIGINT" || signal === "SIGQUIT");
    process.on(signal, () => fromTerminal || child.kill(signal));
  }
  // After the listeners: a signal that comes as soon as there is a child must not end this process without it.
  child = require("node:child_process").spawn(command, argv, { stdio: "inherit", env });
  child.on("error", (error) => fail("node_not_started", `${command} could not be started: ${error.message}.`, null, 1));
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** One line for a person, one object for a program that asked for JSON. */
function fail(code, message, hint, exitCode) {
  const json = args.some((arg, at) => arg === "--output=json" || (arg === "--output" && args[at + 1] === "json"));
  const line = json ? JSON.stringify({ error: { code, message, hint } }) : `Error: ${message}${hint ? ` ${hint}` : ""}`;
  process.stderr.write(`${line}\n`);
  process.exit(exitCode);
}
