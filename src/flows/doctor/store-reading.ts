/** What the checks of the store judge, read in one go: it is opened once, and closed before any of them is told. */
import type { ReadStore } from '../../domain/doctor/store-probe.ts';
import {
  type JudgedAt,
  judgedAt,
  type StoreReading,
  type StreamReading,
} from '../../domain/doctor/store-reading.ts';
import { AppError } from '../../errors.ts';
import { apiTime } from './api-time.ts';
import type { DoctorRun } from './check.ts';
import { shared } from './shared.ts';

/** Readers are rarely in the way of each other: what is locked for longer is so for all that use it. */
const TRIES = 4;
const PAUSE_MS = 400;
const FIRST_DEAD = 3;

export const storeReading = shared(async (run): Promise<StoreReading> => {
  try {
    const place = await run.store.place();
    if (place.files.length === 0) return { kind: 'absent' };
    return await withStore(run, (store) => ({
      kind: 'read',
      place,
      streams: streamsOf(store),
      apiTimeMs: store.apiTimeMs(),
    }));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message, hint } = error;
    return code === 'store_missing' ? { kind: 'absent' } : { kind: 'unusable', code, message, hint };
  }
});

/** Opens the store, and closes it whatever happens. */
export async function withStore<T>(
  { store, clock, signal }: Pick<DoctorRun, 'store' | 'clock' | 'signal'>,
  work: (store: ReadStore) => T | Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      const opened = await store.open();
      try {
        return await work(opened);
      } finally {
        opened.close();
      }
    } catch (error) {
      const isBusy = error instanceof AppError && error.code === 'store_busy';
      if (!isBusy || tries === TRIES) throw error;
      await clock.sleep(PAUSE_MS, signal);
    }
  }
}

function streamsOf(store: ReadStore): StreamReading[] {
  return store.status().streams.map((status) => {
    const { name } = status.stream;
    const dead: StreamReading['dead'][number][] = [];
    for (const delivery of store.deliveries('dead', name)) {
      if (dead.push(delivery) === FIRST_DEAD) break;
    }
    return {
      ...status,
      dead,
      readTimes: store.readTimes(name),
      longestWaiting: store.longestWaiting(name),
    };
  });
}

/** What the streams of a store that can be read are judged by; no streams where it cannot be. */
export async function streamFacts(run: DoctorRun): Promise<{
  readonly streams: readonly StreamReading[];
  readonly at: JudgedAt;
  readonly machineMs: number;
}> {
  const reading = await storeReading(run);
  const [streams, apiTimeMs] = reading.kind === 'read' ? [reading.streams, reading.apiTimeMs] : [[], null];
  return { streams, at: judgedAt(await apiTime(run), apiTimeMs), machineMs: run.clock.nowMs() };
}
