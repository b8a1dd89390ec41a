import { expect, test } from 'vitest';
import { OutputClosed } from '../../src/io.ts';
import { StdoutSink } from '../../src/sinks/stdout.ts';
import { abort, attempt, needs } from './rig.ts';

test('a line is acknowledged when the system took it, not before', async () => {
  const needed = needs();
  let take: () => void = () => {};
  needed.stdout.write = () =>
    new Promise((resolve) => {
      take = resolve;
    });
  let acknowledged = false;
  const delivery = new StdoutSink('stdout', needed).deliver(attempt(), abort().signal).then((outcome) => {
    acknowledged = true;
    return outcome;
  });
  await Promise.resolve();
  expect(acknowledged).toBe(false);
  take();
  expect(await delivery).toEqual({ kind: 'acknowledged' });
});

test('one line an event, and nothing else', async () => {
  const needed = needs();
  const sink = new StdoutSink('stdout', needed);
  await sink.open();
  await sink.deliver(attempt({ text: '{"id":"a"}' }), abort().signal);
  await sink.deliver(attempt({ text: '{"id":"b"}' }), abort().signal);
  await sink.close();
  expect(needed.stdout.text).toBe('{"id":"a"}\n{"id":"b"}\n');
  expect(needed.stderr.text).toBe('');
});

test('when nobody reads any more, that is said as it is', async () => {
  const needed = needs();
  needed.stdout.write = () => Promise.reject(new OutputClosed());
  const delivery = new StdoutSink('stdout', needed).deliver(attempt(), abort().signal);
  await expect(delivery).rejects.toBeInstanceOf(OutputClosed);
});
