import { mkdirSync, statSync } from "node:fs";
import path from "node:path";
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION } from "./schema.ts";
import { sqliteError, type AttemptedQuery } from "./sqlite-error.ts";
import { assertNotNewer, locateDatabase, type SQLiteFile } from "./sqlite-file.ts";

/** How long a writer waits for another process's commit, which takes a fraction of a millisecond. */
const BUSY_TIMEOUT_MILLISECONDS = 15_000;
/** The log is moved into the database, with an fsync, every 16 MiB: four times SQLite's own default. */
const CHECKPOINT_PAGES = 4000;

/** One open file: statements prepared once, transactions, errors in the contract's words. */
export class SQLiteDatabase {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #store: string;
  /** Which file of the disk it is, whatever its name. */
  #identity: string | undefined;
  readonly #statements = new Map<string, StatementSync>();

  private constructor(database: DatabaseSync, file: string, store: string) {
    this.#database = database;
    this.#file = file;
    this.#store = store;
  }

  /**
   * Whether the file is still where it was when it was opened. SQLite looks at that itself, but not where it keeps a
   * write-ahead log: it would go on writing to a file that was moved away or deleted, where nobody ever finds it.
   */
  get isInPlace(): boolean {
    return identityOf(this.#file) === this.#identity;
  }

  /**
   * Opens the database of a `uri`; creates it, or brings it up to this version's schema, if need be.
   *
   * @param create false: a file that isn't there isn't made, and undefined returned
   */
  static open(uri: string, store: string, create: boolean): SQLiteDatabase | undefined {
    const attempted: AttemptedQuery = { operation: "open", file: uri, store };
    const found = locateDatabase(uri, attempted);
    if (found.version === 0 && !create) return undefined;
    try {
      mkdirSync(path.dirname(found.file), { recursive: true });
      // Loaded here, so that importing the package costs nothing.
      const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
      const database = new DatabaseSync(found.file, { timeout: BUSY_TIMEOUT_MILLISECONDS });
      try {
        const opened = new SQLiteDatabase(database, found.file, store);
        opened.#prepare(found);
        return opened;
      } catch (error) {
        database.close();
        throw error;
      }
    } catch (error) {
      throw sqliteError(error, { ...attempted, file: found.file });
    }
  }

  /** All rows of a query, which is one consistent view. */
  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#run("read", () => this.#statement(sql).all(...values)) as Row[];
  }

  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#run("read", () => this.#statement(sql).get(...values)) as Row | undefined;
  }

  /** @returns the id of the row, if one was inserted */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#run("write to", () => this.#statement(sql).run(...values)).lastInsertRowid);
  }

  /** Does `work`, which must be synchronous, whole or not at all; no other process writes meanwhile. */
  transaction<T>(work: () => T): T {
    return this.#run("write to", () => {
      this.#statement("BEGIN IMMEDIATE").run();
      try {
        // Another process may have brought the file to a newer schema since it was opened.
        assertNotNewer(this.#version(), { operation: "write to", file: this.#file, store: this.#store });
        const result = work();
        this.#statement("COMMIT").run();
        return result;
      } catch (error) {
        // After some failures, a full disk for one, SQLite has rolled back by itself.
        if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
        throw error;
      }
    });
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepare({ version, wal }: SQLiteFile): void {
    this.#database.exec(`PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    if (version < SCHEMA_VERSION) {
      this.transaction(() => {
        for (const migration of MIGRATIONS.slice(this.#version())) this.#database.exec(migration);
        this.#database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; PRAGMA application_id = ${APPLICATION_ID}`);
      });
    }
    if (!wal) this.#database.exec("PRAGMA journal_mode = WAL");
    // By now it is made.
    this.#identity = identityOf(this.#file);
  }

  #version(): number {
    return Number(this.#statement("PRAGMA user_version").get()!["user_version"]);
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#database.prepare(sql)));
    return statement;
  }

  #run<T>(operation: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw sqliteError(error, { operation, file: this.#file, store: this.#store });
    }
  }
}

/** Undefined if there is none, or none that can be reached. */
function identityOf(file: string): string | undefined {
  try {
    const { dev, ino } = statSync(file);
    return `${dev} ${ino}`;
  } catch {
    return undefined;
  }
}
