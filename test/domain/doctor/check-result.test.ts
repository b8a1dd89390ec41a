import { describe, expect, test } from 'vitest';
import { diagnosisOf, judged, resultOf } from '../../../src/domain/doctor/check-result.ts';
import type { Finding, Status } from '../../../src/domain/doctor/finding.ts';

function found(status: Status, detail: string, more: Partial<Finding> = {}): Finding {
  return { code: 'code', status, transient: false, detail, fixes: [], ...more };
}

function result(...findings: Finding[]) {
  return resultOf('time.clock', { findings, durationMs: 1, chosen: true });
}

describe('a check is as bad as the worst it found', () => {
  test.each<[Status[], Status]>([
    [['pass'], 'pass'],
    [['pass', 'warn'], 'warn'],
    [['warn', 'fail', 'pass'], 'fail'],
    [['skip', 'pass'], 'pass'],
    [['skip'], 'skip'],
    [[], 'skip'],
  ])('%j: %s', (statuses, status) => {
    expect(result(...statuses.map((one) => found(one, one))).status).toBe(status);
  });

  test('it tells what is well only when all is well, and the worst first', () => {
    const [good, odd, bad] = [found('pass', 'Good.'), found('warn', 'Odd.'), found('fail', 'Bad.')];
    expect(result(good, found('pass', 'Fine.')).detail).toBe('Good. Fine.');
    expect(result(good, odd).detail).toBe('Odd.');
    expect(result(good, odd, bad).detail).toBe('Bad. Odd.');
  });

  test('each fix once, in that order', () => {
    const bad = found('fail', 'Bad.', { fixes: ['a', 'b'] });
    expect(result(found('warn', 'Odd.', { fixes: ['b', 'c'] }), bad).fixes).toEqual(['a', 'b', 'c']);
  });

  test('it passes by itself only when all of the worst does', () => {
    const passing = found('fail', 'Down.', { transient: true });
    expect(result(passing, found('warn', 'Odd.')).transient).toBe(true);
    expect(result(passing, found('fail', 'Bad.')).transient).toBe(false);
    expect(result(found('pass', 'Good.', { transient: true })).transient).toBe(false);
  });
});

describe('how strict to be', () => {
  test.each<[string, Status, boolean, { strict?: true; allowTransient?: true }, Status]>([
    ['as it is', 'warn', false, {}, 'warn'],
    ['a warning, strictly', 'warn', false, { strict: true }, 'fail'],
    ['a failure that passes', 'fail', true, { allowTransient: true }, 'warn'],
    ['a failure that stays', 'fail', false, { allowTransient: true }, 'fail'],
    ['a failure that passes, with both', 'fail', true, { strict: true, allowTransient: true }, 'warn'],
    ['a warning that stays, with both', 'warn', false, { strict: true, allowTransient: true }, 'fail'],
    ['a warning that passes, with both', 'warn', true, { strict: true, allowTransient: true }, 'warn'],
    ['a skip, strictly', 'skip', false, { strict: true }, 'skip'],
  ])('%s', (_, status, transient, { strict = false, allowTransient = false }, expected) => {
    const one = result(found(status, 'It.', { transient }));
    expect(judged(one, { strict, allowTransient }).status).toBe(expected);
  });
});

test('all of them are good when none fails', () => {
  const all = (...statuses: Status[]) =>
    diagnosisOf(
      statuses.map((one) => result(found(one, one))),
      7,
    );
  expect(all('pass', 'warn', 'warn', 'skip')).toMatchObject({
    ok: true,
    summary: { pass: 1, warn: 2, fail: 0, skip: 1 },
    durationMs: 7,
  });
  expect(all('pass', 'fail').ok).toBe(false);
});
