/**
 * The tables, as migrations: a published one is never edited, a change is a new one at the end.
 *
 * What is asked often is answered without a scan: `tally` counts entries by state, `last_seq` gives the
 * next place in server order, and partial indexes hold only what is still open or kept. Times are
 * milliseconds UTC. Ids and other texts are in the form of `stored-text.ts`.
 */
export interface Migration {
  /** The schema version it leads to. */
  readonly version: number;
  readonly sql: string;
}

const FIRST: Migration = {
  version: 1,
  sql: `
CREATE TABLE stream (
  name TEXT NOT NULL PRIMARY KEY,
  patterns TEXT NOT NULL,            -- JSON array, as typed
  types TEXT NOT NULL,               -- JSON array of {name, since, refused_at}
  organization_id TEXT,
  base_url TEXT NOT NULL,
  key_mode TEXT NOT NULL CHECK (key_mode IN ('test', 'live', 'unknown')),
  key_fingerprint TEXT NOT NULL,
  has_routes INTEGER NOT NULL,
  cursor_id TEXT,
  cursor_created_at INTEGER,
  started_from INTEGER NOT NULL,
  default_start INTEGER NOT NULL,    -- nobody chose started_from
  read_through INTEGER,
  horizon INTEGER NOT NULL,
  last_seq INTEGER NOT NULL DEFAULT 0,
  last_order_at INTEGER NOT NULL DEFAULT 0,
  requeues INTEGER NOT NULL DEFAULT 0, -- how often entries that had arrived before became pending again
  CHECK ((cursor_id IS NULL) = (cursor_created_at IS NULL))
) STRICT;

CREATE TABLE event (
  position INTEGER PRIMARY KEY,      -- the order in which the store first saw it
  id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  organization_id TEXT,
  payload TEXT,                      -- NULL once pruned
  first_seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX event_by_created_at ON event (created_at);
CREATE INDEX event_with_payload ON event (first_seen_at) WHERE payload IS NOT NULL;

CREATE TABLE entry (
  stream TEXT NOT NULL,
  event_id TEXT NOT NULL,
  seq INTEGER NOT NULL,              -- order of arrival; (order_at, seq) is server order
  order_at INTEGER NOT NULL,         -- created_at, never less than that of an event before it
  lane TEXT NOT NULL,
  state TEXT NOT NULL,               -- stored, pending, delivered, dead, dropped
  origin TEXT NOT NULL,              -- sync, listen, reconcile; no CHECK here: an IN list costs 4 us a row
  late INTEGER NOT NULL DEFAULT 0,
  sink TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER,
  failed_mark INTEGER,               -- the newest mark when it first failed
  rounds INTEGER NOT NULL DEFAULT 0, -- how often it met its sink down, first at down_since
  down_since INTEGER,
  down_mark INTEGER,                 -- the newest mark at the latest of these
  outlived INTEGER NOT NULL DEFAULT 0, -- how often the sink had taken others between two of them
  last_error TEXT,
  settled_at INTEGER,
  recovered_at INTEGER,
  PRIMARY KEY (stream, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_arrived ON entry (stream, seq, lane, order_at) WHERE state = 'pending';
CREATE INDEX entry_in_lane ON entry (stream, lane, order_at, seq) WHERE state = 'pending';
CREATE INDEX entry_dead ON entry (stream, order_at, seq) WHERE state = 'dead';

CREATE TABLE sink (
  stream TEXT NOT NULL,
  name TEXT NOT NULL,
  acknowledged_mark INTEGER NOT NULL, -- of the latest attempt begun that it acknowledged
  PRIMARY KEY (stream, name)
) STRICT, WITHOUT ROWID;

-- Number of the delivery attempt begun last; apart from the stream, whose row is large.
CREATE TABLE mark (
  stream TEXT NOT NULL PRIMARY KEY,
  newest INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The latest event delivered for each object (data.id): one that comes after it is late.
CREATE TABLE delivered_object (
  stream TEXT NOT NULL,
  object_id TEXT NOT NULL,
  order_at INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (stream, object_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tally (
  stream TEXT NOT NULL,
  state TEXT NOT NULL,
  entries INTEGER NOT NULL,
  PRIMARY KEY (stream, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE gap (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  stream TEXT NOT NULL,
  "from" INTEGER NOT NULL,
  "to" INTEGER NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('cursor_expired', 'retention', 'horizon')),
  acknowledged_at INTEGER
) STRICT;

CREATE TABLE conflict (
  id INTEGER PRIMARY KEY,
  event_id TEXT NOT NULL,
  payload TEXT,                      -- NULL once pruned
  seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX conflict_by_event ON conflict (event_id);

CREATE TABLE lease (
  stream TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('read', 'deliver')),
  run_id TEXT,                       -- NULL while nobody holds it; the fence stays
  host TEXT,
  boot_id TEXT,
  pid_namespace TEXT,
  pid INTEGER,
  start_time TEXT,
  routes TEXT,
  since INTEGER,
  heartbeat INTEGER,
  fence INTEGER NOT NULL,
  PRIMARY KEY (stream, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,     -- application_id, schema_version: for readers of the file
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`,
};

export const MIGRATIONS: readonly Migration[] = [FIRST];

export function newestVersion(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0;
}
