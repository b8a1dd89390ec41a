import { describe, expect, test } from 'vitest';
import { decideRetry, FIRST_CONTACT, PATIENT, parseRetryAfter } from '../../src/domain/retry.ts';

const once = { attempt: 1, failingForMs: 0, retryAfterMs: undefined };

describe('whether to try again', () => {
  test.each([
    ['first contact, first try', once, FIRST_CONTACT, 0.5, { kind: 'retry', delayMs: 250 }],
    [
      'first contact, second try',
      { ...once, attempt: 2 },
      FIRST_CONTACT,
      0.5,
      { kind: 'retry', delayMs: 500 },
    ],
    [
      'first contact, third try',
      { ...once, attempt: 3 },
      FIRST_CONTACT,
      0.5,
      { kind: 'give_up', because: 'tries' },
    ],
    [
      'first contact, 8 s gone',
      { ...once, failingForMs: 8_000 },
      FIRST_CONTACT,
      0,
      { kind: 'give_up', because: 'time' },
    ],
    [
      'the delay would pass the end',
      { ...once, failingForMs: 7_900 },
      FIRST_CONTACT,
      0.9,
      { kind: 'give_up', because: 'time' },
    ],
    [
      'patient, the hundredth try',
      { ...once, attempt: 100, failingForMs: 500_000 },
      PATIENT,
      0.5,
      { kind: 'retry', delayMs: 15_000 },
    ],
    [
      'patient, 10 minutes gone',
      { ...once, attempt: 30, failingForMs: 600_000 },
      PATIENT,
      0,
      { kind: 'give_up', because: 'time' },
    ],
    [
      'never less than Retry-After',
      { ...once, retryAfterMs: 5_000 },
      PATIENT,
      0.5,
      { kind: 'retry', delayMs: 5_000 },
    ],
    [
      'jitter above a Retry-After in the past',
      { ...once, retryAfterMs: 0 },
      PATIENT,
      0.5,
      { kind: 'retry', delayMs: 250 },
    ],
    [
      'Retry-After beyond the patience left',
      { ...once, retryAfterMs: 9_000 },
      FIRST_CONTACT,
      0,
      { kind: 'give_up', because: 'retry_after' },
    ],
    [
      'the same after ten minutes but one second',
      { ...once, failingForMs: 599_000, retryAfterMs: 2_000 },
      PATIENT,
      0,
      { kind: 'give_up', because: 'retry_after' },
    ],
  ])('%s', (_, failed, patience, random, expected) => {
    expect(decideRetry(failed, patience, random)).toEqual(expected);
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 10, 24, 8);
  test.each([
    [undefined, undefined],
    ['', undefined],
    ['30', 30_000],
    [' 1.5 ', 1_500],
    ['0', 0],
    ['-1', undefined],
    ['soon', undefined],
    ['2026-11-24', undefined],
    ['Tue, 24 Nov 2026 08:00:10 GMT', 10_000],
    ['Tue, 24 Nov 2026 07:00:00 GMT', 0],
    ['Tue, 24 Nov 2026 25:00:00 GMT', undefined],
    ['99999999999999999999', 1e23],
  ])('%j is %s ms', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });
});
