import { accessSync, constants, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ZenError } from "../error/zen-error.ts";
import { fileError, isMissing } from "./file-error.ts";
import { makeFolder } from "./replace-file.ts";

const SQLITE_BUSY = 5;
/** How long one process may have the lock. A queue may take longer, as long as it moves; a holder that dies lets go at once. */
const PATIENCE_MS = 30_000;
/** At most, between two tries: dozens that wait must leave the processor to the one that works. */
const SLEEP_MS = 40;

/**
 * Runs `work` while no other process changes anything in the configuration folder. Not reentrant: what already holds
 * the lock must not take it again. Never hold it while asking a person, loading a class or calling a server.
 *
 * The lock is a SQLite transaction on `lock.db`: the operating system frees it when its process ends, however it ends.
 *
 * @throws ZenError `config_locked` where another process has it for 30 seconds.
 */
export async function withConfigLock<Result>(configFolder: string, work: () => Promise<Result>): Promise<Result> {
  // What almost every change needs: nobody else should wait while this process loads it.
  const [{ DatabaseSync }] = await Promise.all([import("node:sqlite"), import("yaml"), import("js-yaml")]);
  makeFolder(configFolder);
  const database = await acquire(configFolder, (file) => new DatabaseSync(file, { timeout: 0 }));
  try {
    return await work();
  } finally {
    database.close();
  }
}

async function acquire<Database extends { exec(sql: string): void; close(): void }>(
  configFolder: string,
  open: (file: string) => Database,
): Promise<Database> {
  const file = join(configFolder, "lock.db");
  try {
    accessSync(file, constants.W_OK);
  } catch (error) {
    // On a file that it may only read, SQLite would begin the transaction and lock nobody out.
    if (!isMissing(error)) throw fileError(error, `write ${file}`);
  }
  let database: Database | undefined;
  try {
    database = open(file);
    let holder = holderOf(file);
    let deadline = Date.now() + PATIENCE_MS;
    // SQLite's own waiting would stop this process's event loop, and with it a holder in this very process.
    while (!begin(database)) {
      const now = holderOf(file);
      if (now !== holder) {
        holder = now;
        deadline = Date.now() + PATIENCE_MS;
      }
      if (Date.now() > deadline) {
        throw new ZenError("config_locked", `Another process has been changing ${configFolder} for ${PATIENCE_MS / 1000} seconds.`, {
          hint: "Try again. If it goes on, look for a zen process that is stopped or hangs, and end it.",
        });
      }
      // node:timers/promises would be loaded by each command, of which hardly one waits.
      await new Promise((resume) => setTimeout(resume, 1 + Math.random() * SLEEP_MS));
    }
    utimesSync(file, new Date(), new Date());
    return database;
  } catch (error) {
    database?.close();
    throw error instanceof ZenError ? error : lockFailure(configFolder, error);
  }
}

function begin(database: { exec(sql: string): void }): boolean {
  try {
    database.exec("BEGIN IMMEDIATE");
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return false;
    throw error;
  }
}

/** Another value for each process that gets the lock: it touches the file. */
function holderOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

/** SQLite says only that it can't open its file; trying to write one says why. */
function lockFailure(configFolder: string, error: unknown): ZenError {
  const probe = join(configFolder, `.lock.${process.pid}.tmp`);
  try {
    writeFileSync(probe, "zen");
    return fileError(error, `lock ${join(configFolder, "lock.db")}`);
  } catch (reason) {
    return fileError(reason, `write into its configuration folder ${configFolder}`);
  } finally {
    rmSync(probe, { force: true });
  }
}
