import type { GivenEvent } from '../../../src/sandbox/event-list.ts';

/** The types that happen in a schedule; `FILTERS` take some of them. */
const TYPES = ['dsync.user.updated', 'user.updated', 'session.created', 'dsync.group.updated'] as const;
const ORGANIZATIONS = ['org_A', 'org_B', 'org_C'];

export interface ModelEvent extends GivenEvent {
  /** Became visible when newer ones could be listed already. */
  readonly late: boolean;
  /** The sink refuses it for good. */
  readonly bad: boolean;
}

export interface NewEvent {
  readonly atMs: number;
  readonly late?: boolean;
  readonly bad?: boolean;
}

/** The `n`th event of a schedule: types, lanes and objects go round. */
export function modelEvent(n: number, { atMs, late = false, bad = false }: NewEvent): ModelEvent {
  const type = TYPES[n % TYPES.length] ?? TYPES[0];
  const organizationId = ORGANIZATIONS[n % ORGANIZATIONS.length] ?? '';
  const id = `event_M${String(n).padStart(5, '0')}`;
  const data = `{"id":"object_${organizationId}${n % 2}","organization_id":"${organizationId}","n":${n}}`;
  const createdAt = new Date(atMs).toISOString();
  const text = `{"object":"event","id":"${id}","event":"${type}","data":${data},"created_at":"${createdAt}"}`;
  return { id, type, atMs, text, organizationId, late, bad };
}

export function isTaken(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type,
  );
}

/** Every type of a schedule, with the time since which a stream is sure to read it. */
export type ReadSince = ReadonlyMap<string, number>;

export const ALL_TYPES: readonly string[] = TYPES;
