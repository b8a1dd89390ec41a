/**
 * One reader and one deliverer a stream (I8). A row stays when its lease is released, so that the
 * fence grows with every taking and no old one ever fits again.
 */
import type Database from 'better-sqlite3';
import type { LeaseHolder } from '../domain/store-maintenance.ts';
import type { Lease } from '../domain/stream-store.ts';
import { AppError } from '../errors.ts';
import { reach } from '../fault-points.ts';
import type { Connection } from './connection.ts';
import { type Holder, isGone } from './holder.ts';

/** Six heartbeats of 10 s. */
const STALE_MS = 60_000;

interface HeldRow {
  role: Lease['role'];
  run_id: string;
  host: string;
  boot_id: string | null;
  pid_namespace: string | null;
  pid: number;
  start_time: string | null;
  routes: string | null;
  since: number;
  heartbeat: number;
}

type Claim = Omit<HeldRow, 'role' | 'since' | 'heartbeat'> & {
  stream: string;
  role: Lease['role'];
  now: number;
};

export class Leases {
  readonly #holder: Holder;
  readonly #nowMs: () => number;
  readonly #held: Database.Statement<[string, Lease['role']], HeldRow>;
  readonly #holders: Database.Statement<[string], HeldRow>;
  readonly #claim: Database.Statement<[Claim], { fence: number }>;
  readonly #beat: Database.Statement<[number, string, Lease['role'], string, number]>;
  readonly #fits: Database.Statement<[string, Lease['role'], string, number], { fence: number }>;
  readonly #release: Database.Statement<[string, Lease['role'], string, number]>;

  constructor(connection: Connection, holder: Holder, nowMs: () => number) {
    this.#holder = holder;
    this.#nowMs = nowMs;
    const columns = 'role, run_id, host, boot_id, pid_namespace, pid, start_time, routes, since, heartbeat';
    const mine = 'stream = ? AND role = ? AND run_id = ? AND fence = ?';
    this.#held = connection.prepare(
      `SELECT ${columns} FROM lease WHERE stream = ? AND role = ? AND run_id IS NOT NULL`,
    );
    this.#holders = connection.prepare(
      `SELECT ${columns} FROM lease WHERE stream = ? AND run_id IS NOT NULL ORDER BY role DESC`,
    );
    this.#claim = connection.prepare(`
      INSERT INTO lease (stream, role, run_id, host, boot_id, pid_namespace, pid, start_time, routes, since, heartbeat, fence)
      VALUES (@stream, @role, @run_id, @host, @boot_id, @pid_namespace, @pid, @start_time, @routes, @now, @now, 1)
      ON CONFLICT DO UPDATE SET run_id = excluded.run_id, host = excluded.host, boot_id = excluded.boot_id,
        pid_namespace = excluded.pid_namespace, pid = excluded.pid, start_time = excluded.start_time,
        routes = excluded.routes, since = excluded.since, heartbeat = excluded.heartbeat, fence = fence + 1
      RETURNING fence`);
    this.#beat = connection.prepare(`UPDATE lease SET heartbeat = ? WHERE ${mine}`);
    this.#fits = connection.prepare(`SELECT fence FROM lease WHERE ${mine}`);
    this.#release = connection.prepare(`UPDATE lease SET run_id = NULL, routes = NULL WHERE ${mine}`);
  }

  take(stream: string, role: Lease['role'], routes?: string): Lease {
    const held = this.#held.get(stream, role);
    if (held && !this.#isFree(held)) throw heldBy(stream, held);
    reach('lease.judged');
    const { runId, host, bootId, pidNamespace, pid, startTime } = this.#holder;
    const claimed = this.#claim.get({
      stream,
      role,
      run_id: runId,
      host,
      boot_id: bootId,
      pid_namespace: pidNamespace,
      pid,
      start_time: startTime,
      routes: routes ?? null,
      now: this.#nowMs(),
    });
    if (!claimed) throw new Error('INSERT … RETURNING answered nothing');
    return { stream, role, runId, fence: claimed.fence };
  }

  renew(lease: Lease): void {
    const { changes } = this.#beat.run(this.#nowMs(), lease.stream, lease.role, lease.runId, lease.fence);
    if (changes === 0) throw lost(lease);
  }

  release(lease: Lease): void {
    this.#release.run(lease.stream, lease.role, lease.runId, lease.fence);
  }

  /** Called inside each fenced transaction, before anything is written. */
  assertHeld(lease: Lease): void {
    if (!this.#fits.get(lease.stream, lease.role, lease.runId, lease.fence)) throw lost(lease);
  }

  holders(stream: string): LeaseHolder[] {
    return this.#holders.all(stream).map((row) => ({
      role: row.role,
      runId: row.run_id,
      host: row.host,
      pid: row.pid,
      sinceMs: row.since,
      heartbeatMs: row.heartbeat,
      gone: isGone(identity(row), this.#holder),
    }));
  }

  routesOfDeliverer(stream: string): string | null | undefined {
    const held = this.#held.get(stream, 'deliver');
    return held && !this.#isFree(held) ? held.routes : undefined;
  }

  #isFree(held: HeldRow): boolean {
    // Its own: it could not be given back, since the store was locked then.
    if (held.run_id === this.#holder.runId) return true;
    // A heartbeat from the future is as old: the clock was set back, and a live holder will not write it.
    return isGone(identity(held), this.#holder) || Math.abs(this.#nowMs() - held.heartbeat) > STALE_MS;
  }
}

function identity(row: HeldRow) {
  return {
    host: row.host,
    bootId: row.boot_id,
    pidNamespace: row.pid_namespace,
    pid: row.pid,
    startTime: row.start_time,
  };
}

function heldBy(stream: string, held: HeldRow): AppError {
  const doing = held.role === 'read' ? 'read' : 'delivered';
  const since = new Date(held.since).toISOString();
  const message = `The stream "${stream}" is being ${doing} by process ${held.pid} on ${held.host} since ${since}.`;
  return new AppError('stream_held', message, {
    hint:
      'Wait for it to end, or stop it; `--if-busy skip` makes a scheduled sync pass over its turn. The lease of a ' +
      'process that has ended is taken over at once, that of one out of sight after 60 s without a heartbeat.',
  });
}

function lost(lease: Lease): AppError {
  const doing = lease.role === 'read' ? 'reading' : 'delivering';
  return new AppError(
    'lease_lost',
    `Another run has taken over ${doing} the stream "${lease.stream}"; this one was out for more than 60 s.`,
    { hint: 'Nothing is lost or doubled: what this run had not committed, the other one does.' },
  );
}
