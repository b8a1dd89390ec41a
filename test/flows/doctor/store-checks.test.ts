/** The checks of the store where it is slow, locked, or without its native part: over a store of the test's own. */
import { describe, expect, test } from 'vitest';
import type { StoreProbe } from '../../../src/domain/doctor/store-probe.ts';
import { AppError } from '../../../src/errors.ts';
import { storeFile } from '../../../src/flows/checks/store-file.ts';
import { storeIntegrity } from '../../../src/flows/checks/store-integrity.ts';
import type { DoctorRun } from '../../../src/flows/doctor/check.ts';
import { open } from '../../store/rig.ts';
import { SkippingClock } from '../../support/workos-rig.ts';

const NOBODY = async (): Promise<never> => {
  throw new Error('nobody asks');
};
const FILE = { path: 'events.db', mode: 0o600, sizeBytes: 12e9 };

/** A clock whose sleepers wait until they are told to stop. */
class LongClock extends SkippingClock {
  override sleep(_ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  }
}

function run(
  store: Pick<StoreProbe, 'open'> & { readonly exists?: boolean },
  clock = new SkippingClock(),
): DoctorRun {
  const { exists = true } = store;
  const files = exists ? [FILE] : [];
  return {
    setup: {
      nodeVersion: '20.19.0',
      platform: 'linux',
      apiKey: undefined,
      webhookSecret: undefined,
      datadogApiKey: undefined,
      datadogAppKey: undefined,
      datadogSite: undefined,
      endpoint: undefined,
      patterns: [],
      types: { exact: [], expanded: [] },
    },
    api: { baseUrl: 'https://api.workos.com', proxy: undefined, get: NOBODY },
    web: { request: NOBODY },
    hosts: { proxyOf: () => undefined, resolve: NOBODY, connect: NOBODY },
    store: {
      path: 'events.db',
      nativeFailure: async () => undefined,
      place: async () => ({ files, folder: undefined, networkFileSystem: undefined, freeBytes: 100e9 }),
      open: store.open,
    },
    clock,
    signal: new AbortController().signal,
  };
}

const own = () => ({ signal: new AbortController().signal, required: false });

describe('a store that takes long to check', () => {
  /** Its check ends only when it is stopped. */
  function endless() {
    const store = open(':memory:');
    let wasStopped = false;
    store.check = (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          wasStopped = true;
          reject(signal.reason);
        });
      });
    return { open: async () => store, stopped: () => wasStopped };
  }

  test('is told so, and its worker is stopped', async () => {
    const store = endless();
    expect(await storeIntegrity(run(store), own())).toMatchObject([
      {
        status: 'skip',
        detail: expect.stringContaining('Not finished within 20 s, for the store has 12.0 GB'),
      },
    ]);
    expect(store.stopped()).toBe(true);
  });

  test('an interrupt is no such end', async () => {
    const stop = new AbortController();
    const checking = storeIntegrity(run(endless(), new LongClock()), { ...own(), signal: stop.signal });
    setImmediate(() => stop.abort(new Error('stopped')));
    await expect(checking).rejects.toThrow('stopped');
  });
});

describe('a store that is locked', () => {
  /** So often before it opens. */
  function locked(times: number) {
    let opened = 0;
    return {
      open: async () => {
        opened += 1;
        if (opened <= times) throw new AppError('store_busy', 'It is locked.', { hint: 'Close it.' });
        return open(':memory:');
      },
      opened: () => opened,
    };
  }

  test('for a moment is waited for', async () => {
    const store = locked(3);
    const clock = new SkippingClock();
    expect(await storeFile(run(store, clock), own())).toMatchObject([{ code: 'readable', status: 'pass' }]);
    expect([store.opened(), clock.slept]).toEqual([4, [400, 400, 400]]);
  });

  test('for longer fails, for a cause that passes', async () => {
    const store = locked(99);
    expect(await storeFile(run(store), own())).toMatchObject([
      { status: 'fail', transient: true, detail: 'It is locked.', fixes: ['Close it.'] },
    ]);
    expect(store.opened()).toBe(4);
  });
});

describe('without its native part', () => {
  const unbuilt = async (): Promise<never> => {
    throw new AppError('no_native_part', 'The native part does not load.', { hint: 'Rebuild it.' });
  };

  test('a store that is there cannot be used', async () => {
    expect(await storeFile(run({ open: unbuilt }), own())).toMatchObject([
      { status: 'fail', transient: false, detail: 'The native part does not load.', fixes: ['Rebuild it.'] },
    ]);
  });

  test('where there is no store, nothing needs it', async () => {
    expect(await storeFile(run({ open: unbuilt, exists: false }), own())).toMatchObject([{ status: 'skip' }]);
  });
});

test('a defect is none of the store', async () => {
  const defect = async (): Promise<never> => {
    throw new TypeError('surprise');
  };
  await expect(storeFile(run({ open: defect }), own())).rejects.toThrow('surprise');
});
