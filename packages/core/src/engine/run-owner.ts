import { readFileSync } from "node:fs";
import { hostname, uptime } from "node:os";
import type { RunOwner } from "../metadata/change.ts";

/** After this long without a heartbeat a process on another host counts as dead. */
export const HEARTBEAT_LAPSE_MILLISECONDS = 60_000;

let self: RunOwner | undefined;

/** This process, as the owner of a run. */
export function thisProcess(): RunOwner {
  self ??= { host: hostname(), bootId: bootId(), pid: process.pid, processStart: processStart(process.pid) ?? "" };
  return self;
}

/**
 * Whether the owner of a run still lives. On this host its pid decides, because a step that computes synchronously stops
 * every timer and lets the heartbeat lapse; of another host only the heartbeat is known.
 */
export function isAlive(owner: RunOwner, heartbeatAt: string, now: number = Date.now()): boolean {
  return owner.host === thisProcess().host ? !isDead(owner) : now - Date.parse(heartbeatAt) < HEARTBEAT_LAPSE_MILLISECONDS;
}

/** Whether the owner of a run is known to have ended: nobody can know that of a process on another host. */
export function isDead(owner: RunOwner): boolean {
  const here = thisProcess();
  if (owner.host !== here.host) return false;
  if (!isSameBoot(owner.bootId, here.bootId)) return true;
  const start = processStart(owner.pid);
  return start === undefined || (start !== "" && owner.processStart !== "" && start !== owner.processStart);
}

/** Two processes may round the same start of the machine to different minutes. */
function isSameBoot(a: string, b: string): boolean {
  return a === b || (/^\d+$/.test(a) && /^\d+$/.test(b) && Math.abs(Number(a) - Number(b)) <= 2);
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    // No such file outside Linux: the minute of the start is stable enough, and differs after a restart.
    return String(Math.round((Date.now() / 1000 - uptime()) / 60));
  }
}

/** When a process started: undefined if there is none, "" where the system doesn't tell. */
function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the command in parentheses and may contain anything; the start is the 20th after it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie has ended, although its entry is still there.
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    if (process.platform === "linux") return undefined;
  }
  try {
    process.kill(pid, 0);
    return "";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM" ? "" : undefined;
  }
}
