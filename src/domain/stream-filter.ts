import type { WireEvent } from './event.ts';
import type { EventTypes } from './event-source.ts';
import { isGlob, matchesPattern } from './patterns.ts';
import type { StreamRecord, StreamType } from './stream-store.ts';

/** A name from a glob that the API refused is asked for again after this long. */
const ASK_AGAIN_MS = 24 * 3_600_000;

export type StreamFilter = Pick<StreamRecord, 'patterns' | 'types'>;

/** What to send as `events`. Refused names of the stream are in `types` no more (`dueTypes`). */
export function subscriptionOf(stream: Pick<StreamRecord, 'patterns' | 'types' | 'organizationId'>): {
  types: EventTypes;
  organizationId: string | null;
} {
  const exact = stream.patterns.filter((pattern) => !isGlob(pattern));
  const expanded = stream.types
    .filter((type) => type.refusedAtMs === undefined && !exact.includes(type.name))
    .map((type) => type.name);
  return { types: { exact, expanded }, organizationId: stream.organizationId };
}

/** Without patterns nothing is filtered here: what the API sends is kept. */
export function takesEvent(stream: Pick<StreamRecord, 'patterns'>, event: Pick<WireEvent, 'type'>): boolean {
  return (
    stream.patterns.length === 0 || stream.patterns.some((pattern) => matchesPattern(pattern, event.type))
  );
}

export function initialFilter(
  patterns: readonly string[],
  catalogue: readonly string[],
  nowMs: number,
): StreamFilter {
  return { patterns, types: typesOf(patterns, catalogue).map((name) => ({ name, sinceMs: nowMs })) };
}

/** The same selection, whatever the order in which it was typed. */
export function samePatterns(a: readonly string[], b: readonly string[]): boolean {
  const sorted = (patterns: readonly string[]) => JSON.stringify([...new Set(patterns)].sort());
  return sorted(a) === sorted(b);
}

export interface SettledFilter {
  readonly types: readonly StreamType[];
  /** Names the stream did not read until now. */
  readonly added: readonly string[];
}

/**
 * The stream's types as they are read from now on: those it has, less what its patterns no longer take,
 * with what a newer catalogue or new patterns add, read since `nowMs`; and with refused names that are
 * due to be asked for again.
 */
export function settleTypes(
  stream: StreamFilter,
  patterns: readonly string[],
  catalogue: readonly string[],
  nowMs: number,
): SettledFilter {
  const wanted = new Set(typesOf(patterns, catalogue));
  const takes = (name: string) => wanted.has(name) || takesEvent({ patterns }, { type: name });
  const kept = stream.types.filter((type) => takes(type.name)).map((type) => askAgain(type, nowMs));
  const had = new Set(stream.types.map((type) => type.name));
  const added = [...wanted].filter((name) => !had.has(name));
  return { types: [...kept, ...added.map((name) => ({ name, sinceMs: nowMs }))], added };
}

/** The types with what the API refused in this run marked so, since when it was first seen. */
export function withRefused(
  types: readonly StreamType[],
  refused: ReadonlySet<string>,
  nowMs: number,
): readonly StreamType[] {
  return types.map((type) =>
    refused.has(type.name) && type.refusedAtMs === undefined ? { ...type, refusedAtMs: nowMs } : type,
  );
}

function askAgain(type: StreamType, nowMs: number): StreamType {
  const due = type.refusedAtMs !== undefined && nowMs - type.refusedAtMs >= ASK_AGAIN_MS;
  return due ? { name: type.name, sinceMs: type.sinceMs } : type;
}

function typesOf(patterns: readonly string[], catalogue: readonly string[]): string[] {
  if (patterns.length === 0) return [...catalogue];
  const exact = patterns.filter((pattern) => !isGlob(pattern));
  const matched = catalogue.filter((name) => patterns.some((pattern) => matchesPattern(pattern, name)));
  return [...new Set([...matched, ...exact])];
}
