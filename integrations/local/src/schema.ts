/** "zenm", in the header of every file that zen made: how it knows its own. */
export const APPLICATION_ID = 0x7a656e6d;

/**
 * One step per version of the schema, from nothing to the newest; `PRAGMA user_version` counts those that a file has had.
 * A released one never changes: whatever comes later is another step.
 *
 * Ids are UUIDv7, so "newest first" is their descending order, and an index that ends in an id serves a page as it is.
 * What only zen reads of a record is its JSON; columns are what queries ask for.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE run (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    pipeline TEXT NOT NULL,
    status TEXT NOT NULL,
    stack TEXT NOT NULL,
    owner TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    heartbeat_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    finished_at TEXT,
    failure TEXT,
    outputs TEXT
  ) STRICT;
  CREATE INDEX run_name ON run (name, id);
  CREATE INDEX run_status ON run (status, id);
  CREATE INDEX run_pipeline ON run (pipeline, id);
  CREATE INDEX run_pipeline_status ON run (pipeline, status, id);

  -- Apart from the run, because a spec may have megabytes and a changed row is written whole.
  CREATE TABLE run_document (
    run_id TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL
  ) STRICT;

  CREATE TABLE step (
    seq INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL,
    node TEXT NOT NULL,
    status TEXT NOT NULL,
    cached INTEGER NOT NULL,
    cache_key TEXT,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    record TEXT NOT NULL,
    UNIQUE (run_id, node)
  ) STRICT;
  CREATE INDEX step_started ON step (run_id, started_at);
  CREATE INDEX step_cache_key ON step (cache_key, finished_at) WHERE cache_key IS NOT NULL AND status = 'completed' AND cached = 0;

  -- Lineage, forward: which steps took an artifact.
  CREATE TABLE step_input (
    artifact_id TEXT NOT NULL,
    started_at TEXT NOT NULL,
    step INTEGER NOT NULL,
    PRIMARY KEY (artifact_id, started_at, step)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE attempt (
    run_id TEXT NOT NULL,
    id TEXT NOT NULL,
    node TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (run_id, id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE artifact (
    id TEXT NOT NULL PRIMARY KEY,
    run_id TEXT NOT NULL,
    name TEXT NOT NULL,
    record TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX artifact_run ON artifact (run_id);
  CREATE INDEX artifact_name ON artifact (name);
  `,
];

/** The version that this program writes, and the newest that it reads. */
export const SCHEMA_VERSION = MIGRATIONS.length;
