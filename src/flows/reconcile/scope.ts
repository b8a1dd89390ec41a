import { CATALOGUE } from '../../domain/catalogue.ts';
import type { WireEvent } from '../../domain/event.ts';
import { initialFilter, subscriptionOf, takesEvent } from '../../domain/stream-filter.ts';
import type { StreamRecord } from '../../domain/stream-store.ts';
import { AppError } from '../../errors.ts';
import type { Subscription } from '../read-windows.ts';

/** Which events are compared: those of the stream, or of a part of it. */
export interface Scope {
  readonly subscription: Subscription;
  /** Less than all that the API lists. */
  readonly isNarrowed: boolean;
  /** Less than the stream reads. */
  readonly isNarrowedByRun: boolean;
  readonly takes: (event: Pick<WireEvent, 'type'>) => boolean;
  /** The API was asked for such an event, so it would have listed it. */
  readonly isAskedFor: (event: Pick<WireEvent, 'type' | 'organizationId'>) => boolean;
}

/** What was typed; absent: the stream's own. */
interface Narrowing {
  readonly patterns: readonly string[] | undefined;
  readonly organizationId: string | undefined;
}

const EVERYTHING: Pick<StreamRecord, 'patterns' | 'organizationId'> = { patterns: [], organizationId: null };

export function scopeOf(
  stream: StreamRecord | undefined,
  { patterns, organizationId }: Narrowing,
  refusedTypes: ReadonlySet<string>,
): Scope {
  const own = stream ?? EVERYTHING;
  const asked = patterns === undefined && stream ? stream : initialFilter(patterns ?? [], CATALOGUE, 0);
  const takes = (event: Pick<WireEvent, 'type'>) => takesEvent(own, event) && takesEvent(asked, event);
  const organization = organizationOf(stream, organizationId);
  const { types } = subscriptionOf({ ...asked, organizationId: organization });
  const isOwn = (type: string) => takesEvent(own, { type });
  const subscription = {
    types: { exact: types.exact.filter(isOwn), expanded: types.expanded.filter(isOwn) },
    organizationId: organization,
  };
  const names = new Set([...subscription.types.exact, ...subscription.types.expanded]);
  if (names.size === 0) throw outside(stream, `--events '${(patterns ?? []).join(',')}'`);
  return {
    subscription,
    isNarrowed: organization !== null || own.patterns.length > 0 || asked.patterns.length > 0,
    isNarrowedByRun: patterns !== undefined || organization !== own.organizationId,
    takes,
    isAskedFor: ({ type, organizationId: of }) =>
      names.has(type) && !refusedTypes.has(type) && (organization === null || of === organization),
  };
}

function organizationOf(stream: StreamRecord | undefined, asked: string | undefined): string | null {
  const own = stream?.organizationId ?? null;
  if (own !== null && asked !== undefined && asked !== own) throw outside(stream, `--org ${asked}`);
  return asked ?? own;
}

function outside(stream: StreamRecord | undefined, asked: string): AppError {
  const events = stream && stream.patterns.length > 0 ? ` --events '${stream.patterns.join(',')}'` : '';
  const org = stream?.organizationId ? ` --org ${stream.organizationId}` : '';
  return new AppError(
    'filter_changed',
    `${asked} is outside of what the stream "${stream?.name ?? 'default'}" reads (${`${events}${org}`.trim()}).`,
    { hint: 'Leave it out to compare all that the stream reads, or give a part of that.' },
  );
}
