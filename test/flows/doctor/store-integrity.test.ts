import { expect, test } from 'vitest';
import { storeIntegrity } from '../../../src/flows/checks/store-integrity.ts';
import type { DoctorRun } from '../../../src/flows/doctor/check.ts';
import { open } from '../../store/rig.ts';
import { SkippingClock } from '../../support/workos-rig.ts';

/** A run over a store whose check ends only when it is stopped. */
function run(clock: SkippingClock): { run: DoctorRun; stopped: () => boolean } {
  let wasStopped = false;
  const store = open(':memory:');
  store.check = (_, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        wasStopped = true;
        reject(signal.reason);
      });
    });
  const nobody = async (): Promise<never> => {
    throw new Error('nobody asks');
  };
  return {
    run: {
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
      api: { baseUrl: 'https://api.workos.com', proxy: undefined, get: nobody },
      web: { request: nobody },
      store: {
        path: 'events.db',
        nativeFailure: async () => undefined,
        place: async () => ({
          files: [{ path: 'events.db', mode: 0o600, sizeBytes: 12e9 }],
          folder: undefined,
          networkFileSystem: undefined,
          freeBytes: 10e9,
        }),
        open: async () => store,
      },
      clock,
      signal: new AbortController().signal,
    },
    stopped: () => wasStopped,
  };
}

test('a store that takes too long is told so, and its worker is stopped', async () => {
  const { run: one, stopped } = run(new SkippingClock());
  const findings = await storeIntegrity(one, { signal: new AbortController().signal, required: false });
  expect(findings).toMatchObject([
    { status: 'skip', detail: expect.stringContaining('Not finished within 20 s') },
  ]);
  expect(stopped()).toBe(true);
});

test('an interrupt is no such end', async () => {
  class LongClock extends SkippingClock {
    override sleep(_ms: number, signal: AbortSignal): Promise<void> {
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    }
  }
  const { run: one } = run(new LongClock());
  const stop = new AbortController();
  const checking = storeIntegrity(one, { signal: stop.signal, required: false });
  setImmediate(() => stop.abort(new Error('stopped')));
  await expect(checking).rejects.toThrow('stopped');
});
