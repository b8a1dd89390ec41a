import type { ChalkInstance } from 'chalk';
import { isUnknown } from '../domain/environment.ts';
import type { LeaseHolder, StoreStatus, StreamStatus } from '../domain/store-maintenance.ts';
import type { Gap, StreamRecord } from '../domain/stream-store.ts';
import { bytes, count, printable, span, utc } from './figures.ts';
import { rows } from './rows.ts';

/** The document of `store status --json`; documented in docs/json.md. */
export function storeStatusJson(status: StoreStatus, nowMs: number): Record<string, unknown> {
  return {
    store: status.path,
    schema_version: status.schemaVersion,
    size_bytes: status.sizeBytes,
    streams: status.streams.map((stream) => streamJson(stream, nowMs)),
  };
}

export function gapJson({ id, stream, fromMs, toMs, reason }: Gap): Record<string, unknown> {
  return { id, stream, from: iso(fromMs), to: iso(toMs), reason };
}

export function storeStatusText(status: StoreStatus, nowMs: number, style: ChalkInstance): string {
  const { path, sizeBytes, schemaVersion, streams } = status;
  const head = `${style.bold(printable(path))}  ${bytes(sizeBytes)}, schema version ${schemaVersion}\n`;
  if (streams.length === 0) return `${head}No streams yet.\n`;
  return [head, ...streams.map((stream) => streamText(stream, nowMs, style))].join('\n');
}

function streamJson({ stream, counts, conflicts, openGaps, holders }: StreamStatus, nowMs: number) {
  const { environment, cursor, readThroughMs } = stream;
  return {
    name: stream.name,
    patterns: stream.patterns,
    types: stream.types.map(({ name, sinceMs, refusedAtMs }) => ({
      name,
      since: iso(sinceMs),
      refused_at: refusedAtMs === undefined ? null : iso(refusedAtMs),
    })),
    organization_id: stream.organizationId,
    base_url: isUnknown(environment) ? null : environment.baseUrl,
    key_mode: environment.keyMode,
    has_routes: stream.hasRoutes,
    cursor: cursor && { id: cursor.id, created_at: iso(cursor.createdAtMs) },
    started_from: iso(stream.startedFromMs),
    read_through: readThroughMs === null ? null : iso(readThroughMs),
    lag_ms: readThroughMs === null ? null : nowMs - readThroughMs,
    horizon: iso(stream.horizonMs),
    entries: counts,
    conflicts,
    gaps: openGaps.map(gapJson),
    holders: holders.map((holder) => ({
      role: holder.role,
      run_id: holder.runId,
      host: holder.host,
      pid: holder.pid,
      since: iso(holder.sinceMs),
      heartbeat: iso(holder.heartbeatMs),
      gone: holder.gone,
    })),
  };
}

function streamText(status: StreamStatus, nowMs: number, style: ChalkInstance): string {
  const { stream, conflicts, openGaps, holders } = status;
  const { cursor, readThroughMs } = stream;
  const lag = readThroughMs === null ? '' : style.dim(` (lag ${span(nowMs - readThroughMs)})`);
  return `${style.bold(printable(stream.name))}\n${rows(style, [
    ['reads', reads(stream)],
    ['from', readFrom(stream)],
    ['cursor', cursor ? `${printable(cursor.id)} at ${utc(cursor.createdAtMs)}` : 'none yet'],
    ['read through', readThroughMs === null ? 'nothing yet' : `${utc(readThroughMs)}${lag}`],
    ['remembers', `since ${utc(stream.horizonMs)}`],
    ['entries', entries(status, style)],
    ['conflicts', conflicts > 0 ? style.yellow(count(conflicts)) : undefined],
    ...openGaps.map((gap): [string, string] => ['gap', gapText(gap, style)]),
    ...holders.map((holder): [string, string] => ['held', holderText(holder)]),
  ])}`;
}

function readFrom({ environment }: StreamRecord): string {
  if (isUnknown(environment)) return 'webhooks only, so far';
  return `${printable(environment.baseUrl)}, ${environment.keyMode} key`;
}

function reads({ patterns, organizationId }: StreamRecord): string {
  const types = patterns.length === 0 ? 'every type' : printable(patterns.join(','));
  return organizationId === null ? types : `${types} of ${printable(organizationId)}`;
}

function entries({ counts }: StreamStatus, style: ChalkInstance): string {
  const { stored, pending, delivered, dead, dropped } = counts;
  const parts = [`${count(stored)} stored`];
  if (pending > 0) parts.push(style.yellow(`${count(pending)} pending`));
  if (delivered > 0) parts.push(`${count(delivered)} delivered`);
  if (dead > 0) parts.push(style.red(`${count(dead)} dead`));
  if (dropped > 0) parts.push(`${count(dropped)} dropped`);
  return parts.join(' · ');
}

export function gapText({ id, fromMs, toMs, reason }: Gap, style: ChalkInstance): string {
  return `${style.red(`#${id}  ${utc(fromMs)} to ${utc(toMs)}`)} (${reason.replace('_', ' ')})`;
}

function holderText({ role, pid, host, sinceMs, gone }: LeaseHolder): string {
  const doing = role === 'read' ? 'read' : 'delivered';
  const ended = gone ? '; that process has ended' : '';
  return `${doing} by process ${pid} on ${printable(host)} since ${utc(sinceMs)}${ended}`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
