/** The check reads the whole file, minutes for a large one: in a worker thread, over its own connection. */
import { Worker } from 'node:worker_threads';
import type { StoreFinding, StoreFindingCode } from '../domain/store-maintenance.ts';
import type { Connection } from './connection.ts';
import { translate } from './failures.ts';
import { sqlitePath } from './native.ts';

interface Probe {
  readonly code: StoreFindingCode;
  /** Answers a row with `detail` for each thing that is wrong. */
  readonly sql: string;
}

/** Enough to see what is wrong; a damaged page can be wrong a million times. */
const AT_MOST = 20;

const SQLITE_CHECKS = { quick: 'quick_check', full: 'integrity_check' } as const;

/** What the tables promise each other. */
const PROMISES: readonly Probe[] = [
  {
    code: 'tally_differs',
    sql: `SELECT format('stream %s: %d entries are %s, counted as %d', stream, sum(n), state, sum(kept)) AS detail
      FROM (SELECT stream, state, count(*) AS n, 0 AS kept FROM entry GROUP BY stream, state
        UNION ALL SELECT stream, state, 0, entries FROM tally)
      GROUP BY stream, state HAVING sum(n) <> sum(kept)`,
  },
  {
    code: 'entry_without_event',
    sql: `SELECT format('event %s of stream %s is not kept', event_id, stream) AS detail FROM entry
      WHERE NOT EXISTS (SELECT 1 FROM event WHERE event.id = entry.event_id)`,
  },
  {
    code: 'event_without_entry',
    sql: `SELECT format('event %s is in no stream', id) AS detail FROM event WHERE NOT EXISTS (
      SELECT 1 FROM stream CROSS JOIN entry ON entry.stream = stream.name AND entry.event_id = event.id)`,
  },
  {
    code: 'entry_without_stream',
    sql: `SELECT format('%d entries of stream %s, which is not kept', count(*), stream) AS detail FROM entry
      WHERE stream NOT IN (SELECT name FROM stream) GROUP BY stream`,
  },
  {
    // A stream with patterns may stand on an event it did not take, and retention forgets old ones.
    code: 'cursor_unknown',
    sql: `SELECT format('stream %s: its cursor %s is not kept', name, cursor_id) AS detail FROM stream
      WHERE cursor_id IS NOT NULL AND patterns = '[]' AND cursor_created_at >= horizon
        AND NOT EXISTS (SELECT 1 FROM entry WHERE stream = stream.name AND event_id = cursor_id)`,
  },
  {
    code: 'seq_repeated',
    sql: `SELECT format('stream %s: place %d is taken %d times', stream, seq, count(*)) AS detail
      FROM entry GROUP BY stream, seq HAVING count(*) > 1`,
  },
];

export async function checkStore(
  connection: Connection,
  depth: keyof typeof SQLITE_CHECKS,
  signal: AbortSignal,
): Promise<StoreFinding[]> {
  signal.throwIfAborted();
  const sqliteCheck = SQLITE_CHECKS[depth];
  const damaged: Probe = {
    code: 'damaged',
    sql: `SELECT ${sqliteCheck} AS detail FROM pragma_${sqliteCheck} WHERE ${sqliteCheck} <> 'ok'`,
  };
  const probes = [damaged, ...PROMISES].map(({ code, sql }) => ({
    code,
    sql: `SELECT * FROM (${sql}) LIMIT ${AT_MOST}`,
  }));
  if (connection.inMemory) return probes.flatMap((probe) => probeHere(connection, probe));
  return probeInWorker(connection.path, probes, signal);
}

function probeHere(connection: Connection, { code, sql }: Probe): StoreFinding[] {
  const rows = connection.prepare<[], { detail: string }>(sql);
  return connection.read(() => rows.all()).map(({ detail }) => ({ code, detail }));
}

/**
 * As text, since the same program runs from TypeScript sources and from the build. Damage met by one probe
 * is a finding: the others may still say something. Any other error is sent as data, for an SqliteError
 * loses its class on the way between threads.
 */
const WORKER = `
const { parentPort, workerData } = require('node:worker_threads');
const Database = require(workerData.sqlite);
const db = new Database(workerData.path, { readonly: true });
const findings = [];
let failure;
for (const { code, sql } of workerData.probes) {
  try {
    for (const { detail } of db.prepare(sql).all()) findings.push({ code, detail });
  } catch (error) {
    if (/^SQLITE_(CORRUPT|NOTADB)/.test(error.code)) findings.push({ code: 'damaged', detail: error.message });
    else failure = { code: error.code, message: error.message };
  }
}
db.close();
parentPort.postMessage({ findings, failure });
`;

interface WorkerAnswer {
  readonly findings: StoreFinding[];
  readonly failure?: { readonly code: string; readonly message: string };
}

function probeInWorker(path: string, probes: readonly Probe[], signal: AbortSignal): Promise<StoreFinding[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, { eval: true, workerData: { path, probes, sqlite: sqlitePath() } });
    const stop = () => {
      reject(signal.reason);
      void worker.terminate();
    };
    signal.addEventListener('abort', stop, { once: true });
    worker.once('message', ({ findings, failure }: WorkerAnswer) => {
      if (failure) reject(translate(Object.assign(new Error(failure.message), { code: failure.code }), path));
      else resolve(findings);
    });
    worker.once('error', reject);
    worker.once('exit', () => {
      signal.removeEventListener('abort', stop);
      reject(new Error('The worker of the store check ended without an answer.'));
    });
  });
}
