import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { systemClock } from '../src/clock.ts';

it('a sleep of a month does not end at once', async () => {
  const warnings: string[] = [];
  const onWarning = ({ name }: Error) => warnings.push(name);
  process.on('warning', onWarning);
  const stop = new AbortController();
  const sleeping = systemClock.sleep(30 * 24 * 3_600_000, stop.signal);
  await turn();
  stop.abort(new Error('woken'));
  await expect(sleeping).rejects.toThrow('woken');
  process.off('warning', onWarning);
  expect(warnings).not.toContain('TimeoutOverflowWarning');
});
