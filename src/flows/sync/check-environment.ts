import { isUnknown } from '../../domain/environment.ts';
import { overlapStart } from '../../domain/resume.ts';
import { subscriptionOf } from '../../domain/stream-filter.ts';
import type { Environment, StreamRecord } from '../../domain/stream-store.ts';
import { AppError } from '../../errors.ts';
import { readAnyWay } from '../read-windows.ts';
import type { SyncRun } from './run.ts';

/**
 * A stream is read from one environment only: ids of two would mix, and each run would miss what the other
 * read. A changed key or address is accepted while the stream knows no event, or when what the API lists
 * around the cursor (or now, before there is one) holds an event that the stream knows (a rotated key); else it
 * is refused.
 */
export async function checkEnvironment(run: SyncRun, stream: StreamRecord): Promise<void> {
  const { request, store, lease, report } = run;
  if (isUnknown(stream.environment)) store.updateStream(lease, { environment: request.environment });
  const change = changeOf(stream.environment, request.environment);
  if (!change) return;
  if (knowsEvents(store, stream) && !request.sameEnvironment) {
    const proof = await findKnownEvent(run, stream);
    if (proof === undefined) throw otherEnvironment(stream, change);
    report({ kind: 'environment_proven', change, eventId: proof });
  }
  store.updateStream(lease, { environment: request.environment });
}

/** What `listen` and `reconcile` brought moves no cursor, and is of one environment all the same. */
export function knowsEvents(
  store: Pick<SyncRun['store'], 'counts'>,
  { cursor, name }: StreamRecord,
): boolean {
  return cursor !== null || Object.values(store.counts(name)).some((entries) => entries > 0);
}

export type EnvironmentChange = 'key' | 'address';

/** Undefined: it is the environment that the stream was read from, or nothing says which one that was. */
export function changeOf(known: Environment, now: Environment): EnvironmentChange | undefined {
  if (isUnknown(known)) return undefined;
  if (known.keyFingerprint !== now.keyFingerprint || known.keyMode !== now.keyMode) return 'key';
  return known.baseUrl === now.baseUrl ? undefined : 'address';
}

async function findKnownEvent(run: SyncRun, stream: StreamRecord): Promise<string | undefined> {
  const { source, request, store, signal } = run;
  const nowMs = await source.nowMs(signal);
  const last = stream.cursor ?? { id: '', createdAtMs: nowMs };
  const stretchMs = Math.max(request.overlapMs, 1);
  const fromMs = overlapStart(stream, last, stretchMs, nowMs);
  if (fromMs === undefined) return undefined;
  const span = { fromMs, toMs: last.createdAtMs + 1, nowMs, slackMs: request.overlapMs };
  for await (const parts of readAnyWay(source, subscriptionOf(stream), span, 1, signal)) {
    const ids = parts.flatMap(({ events }) => events.map((event) => event.id));
    const [known] = store.known(stream.name, ids);
    if (known !== undefined) return known;
  }
  return undefined;
}

export function otherEnvironment(stream: StreamRecord, change: EnvironmentChange): AppError {
  const what = change === 'key' ? 'This API key' : 'This API address';
  return new AppError(
    'other_environment',
    `${what} is not the one that stream "${stream.name}" was read with, and the API shows none of its events.`,
    {
      hint: 'Use the key of the environment the stream belongs to, another --stream (or --store) for another environment, or --same-environment if you know that it is the same one.',
    },
  );
}
