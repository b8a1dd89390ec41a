import { describe, expect, test } from 'vitest';
import { DeliverySession } from '../../../src/flows/deliver/delivery-session.ts';
import type { SqliteStore } from '../../../src/store/sqlite-store.ts';
import { holder, open, refusal, temporaryFolder } from '../../store/rig.ts';
import { FakeSink, pend, type Rig, rigOf } from '../../support/delivery-rig.ts';

/** Two runs on one store: the first holds the stream as its deliverer. */
function twoRuns(theirRoutes: string | undefined): { theirs: Rig; ours: SqliteStore } {
  const path = `${temporaryFolder()}/events.db`;
  const theirs = rigOf(open(path));
  theirs.store.release(theirs.lease);
  const lease = theirs.store.take('default', 'deliver', theirRoutes);
  const ours = open(path, { holder: holder('run-2', { pid: 101 }) });
  return { theirs: { ...theirs, lease }, ours };
}

function sessionOf(store: SqliteStore, rig: Rig, sink: FakeSink, drainMs = 5000): DeliverySession {
  const { clock, told } = rig;
  return new DeliverySession(
    {
      store,
      queue: store,
      clock,
      nowMs: () => clock.nowMs(),
      random: () => 0.5,
      report: (activity) => told.push(activity),
      signal: new AbortController().signal,
    },
    'default',
    {
      routing: { sinks: new Map([[sink.name, sink]]), sinkOf: () => sink.name, key: 'our routes' },
      policy: { concurrency: 8, maxAttempts: 5, rate: 0, drainMs },
      probeEveryMs: undefined,
    },
  );
}

describe('while another run delivers the stream', () => {
  test('along other routes, this one is refused', () => {
    const { theirs, ours } = twoRuns('their routes');
    const error = refusal(() => sessionOf(ours, theirs, new FakeSink()));
    expect(error).toMatchObject({ code: 'stream_held' });
    expect(error.message).toContain('other routes');
  });

  test('along the same routes, it leaves events to that one, and takes over when it ends', async () => {
    const { theirs, ours } = twoRuns('our routes');
    const sink = new FakeSink();
    pend(theirs, { id: 'a' });
    const session = sessionOf(ours, theirs, sink);
    session.start();
    await theirs.clock.sleep(1, new AbortController().signal);
    expect(sink.ids).toEqual([]);
    theirs.store.release(theirs.lease);
    await session.finish();
    expect(sink.ids).toEqual(['a']);
    expect(session.tally).toEqual({ delivered: 1, dead: 0, unrouted: 0 });
    expect(theirs.told.filter(({ kind }) => kind === 'delivered_elsewhere')).toHaveLength(1);
  });

  test('it waits no longer than --drain', async () => {
    const { theirs, ours } = twoRuns('our routes');
    const sink = new FakeSink();
    pend(theirs, { id: 'a' });
    const session = sessionOf(ours, theirs, sink, 3000);
    session.start();
    await session.finish();
    expect(sink.ids).toEqual([]);
    expect(ours.counts('default').pending).toBe(1);
    expect(theirs.clock.now).toBeGreaterThanOrEqual(3000);
  });

  test('it ends at once when that one has delivered everything', async () => {
    const { theirs, ours } = twoRuns('our routes');
    const session = sessionOf(ours, theirs, new FakeSink(), 1e9);
    session.start();
    await session.finish();
    expect(theirs.clock.now).toBeLessThan(10_000);
  });
});

test('a defect of a sink is told by finish, and ends the reading beside it', async () => {
  const rig = rigOf(open(':memory:'));
  rig.store.release(rig.lease);
  const sink = new FakeSink();
  sink.answer = () => {
    throw new TypeError('a defect');
  };
  pend(rig, { id: 'a' });
  const session = sessionOf(rig.store, rig, sink);
  session.start();
  await expect(session.finish()).rejects.toThrow('a defect');
  expect(session.failed.aborted).toBe(true);
});
