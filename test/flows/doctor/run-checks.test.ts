/** In which order checks run, wait, are left out and end, over one set of made-up checks and clocks that each of these needs: long. */
import { describe, expect, test } from 'vitest';
import type { DoctorProgress } from '../../../src/domain/doctor/check-result.ts';
import { CHECK_IDS, type CheckId } from '../../../src/domain/doctor/checks.ts';
import type { Finding, Status } from '../../../src/domain/doctor/finding.ts';
import { planChecks } from '../../../src/domain/doctor/plan.ts';
import { selectChecks } from '../../../src/domain/doctor/select-checks.ts';
import { AppError } from '../../../src/errors.ts';
import type { Check, Checks, DoctorPorts } from '../../../src/flows/doctor/check.ts';
import { runChecks } from '../../../src/flows/doctor/run-checks.ts';
import { shared } from '../../../src/flows/doctor/shared.ts';
import { SkippingClock } from '../../support/workos-rig.ts';

const NOBODY = async (): Promise<never> => {
  throw new Error('nobody asks');
};

/** A clock whose sleepers wait until the run is over. */
class LongClock extends SkippingClock {
  override sleep(_ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  }
}

/** Time passes for whoever sleeps first. */
class FirstSleeperClock extends LongClock {
  #slept = false;

  override async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#slept) return await super.sleep(ms, signal);
    this.#slept = true;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function ports(clock: SkippingClock): DoctorPorts {
  return {
    setup: {
      nodeVersion: '20.19.0',
      platform: 'linux',
      apiKey: { value: 'sk_test_0123456789', from: 'environment' },
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
    store: { path: 'events.db', nativeFailure: async () => undefined, place: NOBODY, open: NOBODY },
    clock,
  };
}

interface Wish {
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly clock?: SkippingClock;
  readonly signal?: AbortSignal;
  readonly clean?: (text: string) => string;
}

async function ran(checks: Checks, wish: Wish = {}) {
  const { only, skip = [], clock = new LongClock() } = wish;
  const { signal = new AbortController().signal, clean = (text) => text } = wish;
  const progress: DoctorProgress[] = [];
  const asked = {
    integrations: [],
    only: only && selectChecks('--only', only),
    skip: selectChecks('--skip', skip),
    hasEndpoint: false,
  };
  const results = await runChecks({
    plan: planChecks(asked, new Set(['events-api'])).filter(({ id }) => id in checks),
    checks,
    ports: ports(clock),
    signal,
    clean,
    onProgress: (one) => progress.push(one),
  });
  const lines = results.map(({ id, status, detail }) => `${status} ${id}: ${detail}`);
  return { results, progress, lines };
}

function finding(status: Status, detail: string = status, more: Partial<Finding> = {}): Finding {
  return { code: status, status, transient: false, detail, fixes: [], ...more };
}

const found =
  (...findings: Finding[]): Check =>
  async () =>
    findings;
const pass = found(finding('pass'));

describe('what builds on another check', () => {
  test('runs after it', async () => {
    const order: string[] = [];
    const noted =
      (name: string): Check =>
      async () => {
        await new Promise((resolve) => setImmediate(resolve));
        order.push(name);
        return [finding('pass')];
      };
    await ran({
      'network.api': noted('network'),
      'config.api_key': noted('config'),
      'auth.api_key': noted('auth'),
    });
    expect(order.at(-1)).toBe('auth');
  });

  test('is not judged when it failed, and names what it lacks', async () => {
    const { lines } = await ran({
      'config.api_key': pass,
      'network.api': pass,
      'auth.api_key': found(finding('fail', 'refused')),
      'source.connections': pass,
      'time.clock': pass,
    });
    expect(lines).toEqual([
      'pass config.api_key: pass',
      'pass network.api: pass',
      'fail auth.api_key: refused',
      'pass time.clock: pass',
      'skip source.connections: Needs a key that works (auth.api_key).',
    ]);
  });

  test('names the first that failed, not the next one that had to be skipped', async () => {
    const { lines } = await ran({
      'config.api_key': found(finding('fail', 'flawed')),
      'auth.api_key': pass,
      'source.connections': pass,
    });
    expect(lines[2]).toBe('skip source.connections: Needs a usable API key (config.api_key).');
  });

  test('is judged after a warning', async () => {
    const { lines } = await ran({ 'store.file': found(finding('warn')), 'store.streams': pass });
    expect(lines[1]).toBe('pass store.streams: pass');
  });

  test('has nothing to judge where that has not', async () => {
    const { lines } = await ran({ 'store.file': found(finding('skip', 'No store.')), 'store.streams': pass });
    expect(lines).toEqual(['skip store.file: No store.', 'skip store.streams: No store.']);
  });

  test('fails itself where that failed and is not among --only: a smoke check must not pass', async () => {
    const broken = found(finding('fail', 'down', { transient: true, fixes: ['wait'] }));
    const { lines, results } = await ran(
      { 'network.api': broken, 'config.api_key': pass, 'auth.api_key': pass },
      { only: ['auth.*'] },
    );
    expect(lines).toEqual([
      'skip config.api_key: Not among --only.',
      'skip network.api: Not among --only.',
      'fail auth.api_key: Needs a way to the API (network.api): down',
    ]);
    expect(results[2]).toMatchObject({ transient: true, fixes: ['wait'] });
  });

  test('is left out with what --skip passes over', async () => {
    const { lines } = await ran(
      { 'config.api_key': found(finding('fail', 'missing')), 'auth.api_key': pass },
      { skip: ['config.*'] },
    );
    expect(lines).toEqual([
      'skip config.api_key: Left out by --skip.',
      'skip auth.api_key: Needs a usable API key (config.api_key).',
    ]);
  });
});

describe('a check that breaks', () => {
  test('fails, with what to report; the others go on', async () => {
    const broken: Check = async () => {
      throw new TypeError('undefined is no function');
    };
    const { results, lines } = await ran({ 'runtime.node': broken, 'config.api_key': pass });
    expect(lines).toEqual([
      'fail runtime.node: A defect of workos-events, in the check itself: undefined is no function',
      'pass config.api_key: pass',
    ]);
    expect(results[0]?.fixes.join('\n')).toMatch(
      /report it[\s\S]*workos-events \d+\.\d+\.\d+, Node 20\.19\.0, linux\nTypeError: [\s\S]* at /,
    );
    expect(results[0]?.transient).toBe(false);
  });

  test('with an error that explains itself, is told in its words', async () => {
    const broken: Check = async () => {
      throw new AppError('store_busy', 'The store is locked.', { hint: 'Close it.' });
    };
    const { results } = await ran({ 'runtime.node': broken });
    expect(results).toMatchObject([
      { status: 'fail', transient: true, detail: 'The store is locked.', fixes: ['Close it.'] },
    ]);
  });

  test('takes too long: its signal aborts, and it fails for now; the others go on', async () => {
    const stopped = new AbortController();
    const endless: Check = (_run, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          stopped.abort();
          reject(signal.reason);
        });
      });
    const patient: Check = async () => {
      if (!stopped.signal.aborted) {
        await new Promise((resolve) => stopped.signal.addEventListener('abort', resolve));
      }
      return [finding('pass')];
    };
    const { results } = await ran(
      { 'runtime.node': endless, 'config.api_key': patient },
      { clock: new FirstSleeperClock() },
    );
    expect(results).toMatchObject([
      { status: 'fail', transient: true, detail: 'Not done within 5 s.' },
      { status: 'pass' },
    ]);
  });
});

test('an interrupt ends all of it, with its reason', async () => {
  const stopping = new AbortController();
  const waiting: Check = async () => {
    stopping.abort(new Error('stop'));
    return await new Promise(() => {});
  };
  await expect(ran({ 'runtime.node': waiting }, { signal: stopping.signal })).rejects.toThrow('stop');
});

test('all run at the same time, and are told as they are settled', async () => {
  const waiting = new Map<CheckId, () => void>();
  const held =
    (id: CheckId): Check =>
    () =>
      new Promise((resolve) => {
        waiting.set(id, () => resolve([finding('pass')]));
        // Whoever comes last lets them go, in the other order.
        if (waiting.size < 3) return;
        setImmediate(() => {
          for (const go of [...waiting.values()].reverse()) go();
        });
      });
  const ids = ['runtime.node', 'config.api_key', 'network.api'] as const;
  const { progress, results } = await ran(Object.fromEntries(ids.map((id) => [id, held(id)])));
  const told = progress.map((one) => `${one.kind} ${one.kind === 'started' ? one.id : one.result.id}`);
  expect(told).toEqual([
    'started runtime.node',
    'started config.api_key',
    'started network.api',
    'settled network.api',
    'settled config.api_key',
    'settled runtime.node',
  ]);
  expect(results.map(({ id }) => id)).toEqual(ids);
});

test('a shared look-up is made once, and outlives the time of the check that came first', async () => {
  let asked = 0;
  const look = shared(async ({ signal }) => {
    asked += 1;
    await new Promise((resolve) => setImmediate(resolve));
    return signal.aborted ? 'aborted' : 'told';
  });
  const looking: Check = async (run) => [finding('pass', await look(run))];
  const { lines } = await ran(Object.fromEntries(CHECK_IDS.slice(0, 3).map((id) => [id, looking])));
  expect(lines.every((line) => line.endsWith(': told'))).toBe(true);
  expect(asked).toBe(1);
});

test('nothing is told before it is cleaned', async () => {
  const secretive = found(finding('fail', 'key canary', { fixes: ['not canary'] }));
  const { results, progress } = await ran(
    { 'runtime.node': secretive },
    { clean: (text) => text.replaceAll('canary', '…') },
  );
  expect(results).toMatchObject([{ detail: 'key …', fixes: ['not …'] }]);
  expect(JSON.stringify([results, progress])).not.toContain('canary');
});
