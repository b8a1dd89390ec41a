import { CATALOGUE } from '../../domain/catalogue.ts';
import { samePatterns, settleTypes, withRefused } from '../../domain/stream-filter.ts';
import type { StreamRecord } from '../../domain/stream-store.ts';
import { AppError } from '../../errors.ts';
import type { SyncRequest, SyncRun } from './run.ts';

/** What a stream reads is its own; a run that asks for something else says so with `--change-filter`. */
export function refuseChangedFilter(stream: StreamRecord, request: SyncRequest): void {
  if (request.changeFilter) return;
  const { patterns, organizationId } = request;
  const typed = patterns !== undefined && !samePatterns(patterns, stream.patterns);
  if (!typed && (organizationId === undefined || organizationId === stream.organizationId)) return;
  const own = `--events '${shown(stream.patterns)}'${stream.organizationId ? ` --org ${stream.organizationId}` : ''}`;
  throw new AppError(
    'filter_changed',
    `Stream "${stream.name}" reads ${own}; this run asks for something else.`,
    {
      hint: 'Leave --events and --org out to go on as before, add --change-filter to change the stream from now on, or use another --stream.',
    },
  );
}

/** Brings the stream's types up to date with its patterns and the catalogue of this version. */
export async function settleFilter(run: SyncRun, stream: StreamRecord): Promise<void> {
  const { request, store, lease, source, signal, report } = run;
  const patterns = request.changeFilter ? (request.patterns ?? stream.patterns) : stream.patterns;
  const organizationId = request.changeFilter
    ? (request.organizationId ?? stream.organizationId)
    : stream.organizationId;
  const nowMs = await source.nowMs(signal);
  const { types, added } = settleTypes(stream, patterns, CATALOGUE, nowMs);
  const unchanged =
    JSON.stringify([stream.types, stream.patterns, stream.organizationId]) ===
    JSON.stringify([types, patterns, organizationId]);
  if (unchanged) return;
  store.updateStream(lease, { types, patterns, organizationId });
  if (added.length > 0) {
    const from = new Date(stream.startedFromMs).toISOString();
    const to = new Date(nowMs).toISOString();
    const acting = stream.hasRoutes ? '--deliver SPEC' : '--apply';
    const command = `workos-events reconcile --stream ${stream.name} --events '${added.join(',')}' --from ${from} --to ${to} ${acting}`;
    report({ kind: 'types_widened', names: added, command });
  }
}

/** Remembers which names of a glob the API refused, so that the next day's runs do not ask for them. */
export function keepRefusedTypes(run: SyncRun, nowMs: number): void {
  const { store, lease, source, request } = run;
  const stream = store.stream(request.stream);
  if (!stream || source.refusedTypes.size === 0) return;
  const types = withRefused(stream.types, source.refusedTypes, nowMs);
  if (types.some((type, index) => type !== stream.types[index])) store.updateStream(lease, { types });
}

function shown(patterns: readonly string[]): string {
  return patterns.length === 0 ? '*' : patterns.join(',');
}
