import { closeSync, existsSync, openSync, readSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { ZenError } from "@zen/core";
import { APPLICATION_ID, SCHEMA_VERSION } from "./schema.ts";
import { notADatabase, sqliteError, unavailable, type AttemptedQuery } from "./sqlite-error.ts";

/** The file that a store uses, as it was before anything was opened. */
export interface SQLiteFile {
  readonly file: string;
  /** 0 if there is nothing yet. */
  readonly version: number;
  /** Whether its header says that it keeps a write-ahead log. */
  readonly wal: boolean;
}

/**
 * Which file a `uri` means. An SQLite file that ML Metadata made is never written, not even its header: `zen.db` beside it
 * is used. So the file is looked at before SQLite opens it for writing, and SQLite only asked, without locks or a log,
 * about files that aren't zen's.
 *
 * @throws ZenError `store_too_new`; `store_unavailable` for what isn't a database, or is another program's
 */
export function locateDatabase(uri: string, attempted: AttemptedQuery): SQLiteFile {
  const found = look(uri, attempted);
  if (found !== "ml_metadata") return found;
  const beside = path.join(path.dirname(uri), "zen.db");
  const ours = path.resolve(uri) === beside ? "ml_metadata" : look(beside, { ...attempted, file: beside });
  if (ours !== "ml_metadata") return ours;
  throw unavailable(
    undefined,
    { ...attempted, file: beside },
    "ML Metadata's tables are in it, and zen never writes into those",
    "Give the metadata store a uri in another folder.",
  );
}

function look(file: string, attempted: AttemptedQuery): SQLiteFile | "ml_metadata" {
  const header = readHeader(file, attempted);
  if (header === undefined) return { file, version: 0, wal: false };
  if (header.toString("latin1", 0, 16) !== "SQLite format 3\0") throw notADatabase(attempted);
  const wal = header[18] === 2;
  if (header.readUInt32BE(68) !== APPLICATION_ID) {
    const tables = tablesOf(file, attempted);
    if (tables.includes("MLMDEnv") || (tables.includes("Artifact") && tables.includes("Execution"))) return "ml_metadata";
    if (tables.length === 0) return { file, version: 0, wal };
    throw unavailable(
      undefined,
      attempted,
      `it is another program's database (with tables such as ${tables.slice(0, 3).join(", ")})`,
      "zen leaves it as it is. Give the metadata store another uri.",
    );
  }
  const version = header.readUInt32BE(60);
  assertNotNewer(version, attempted);
  return { file, version, wal };
}

export function assertNotNewer(version: number, { file, store }: AttemptedQuery): void {
  if (version <= SCHEMA_VERSION) return;
  throw new ZenError(
    "store_too_new",
    `The metadata store "${store}" at ${file} was written by a newer zen (its schema is ${version}, this zen knows ${SCHEMA_VERSION}).`,
    {
      hint: "Update zen: npm install @zen/integration-local@latest. The file was not changed.",
      details: { file, version, known: SCHEMA_VERSION },
    },
  );
}

/** The first 100 bytes; undefined if the file is empty or isn't there. */
function readHeader(file: string, attempted: AttemptedQuery): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(file, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw sqliteError(error, attempted);
  }
  try {
    const header = Buffer.alloc(100);
    return readSync(fd, header, 0, 100, 0) === 0 ? undefined : header;
  } catch (error) {
    throw sqliteError(error, attempted);
  } finally {
    closeSync(fd);
  }
}

function tablesOf(file: string, attempted: AttemptedQuery): string[] {
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  const url = pathToFileURL(file);
  // Immutable: no lock, and no file beside it. Only a log that is there already has to be read as well.
  if (!existsSync(`${file}-wal`)) url.searchParams.set("immutable", "1");
  try {
    const database = new DatabaseSync(url, { readOnly: true });
    try {
      return database
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
        .all()
        .map(({ name }) => String(name));
    } finally {
      database.close();
    }
  } catch (error) {
    throw sqliteError(error, attempted);
  }
}
