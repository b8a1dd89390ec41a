import { expect, test } from 'vitest';
import { CATALOGUE } from '../../src/domain/catalogue.ts';
import { ulidTimeMs } from '../../src/domain/ulid.ts';
import { sampleEvent } from '../../src/sandbox/sample-event.ts';

const NOW = Date.UTC(2026, 10, 24, 8, 0, 0, 123);

test.each(CATALOGUE)('a webhook of %s', (type) => {
  const text = sampleEvent(type, 7, NOW) ?? '';
  const event = JSON.parse(text);
  expect(JSON.stringify(event)).toBe(text);
  expect(Object.keys(event)).toEqual(['id', 'event', 'data', 'created_at']);
  expect(event).toMatchObject({ event: type, created_at: '2026-11-24T08:00:00.123Z' });
});

test('its id is of its time, and another with another seed', () => {
  const ids = [1, 2].map((seed): string => JSON.parse(sampleEvent('user.created', seed, NOW) ?? '').id);
  expect(ids.map(ulidTimeMs)).toEqual([NOW, NOW]);
  expect(ids[0]).not.toBe(ids[1]);
});

test('there is none of a type that is not known', () => {
  expect(sampleEvent('user.creatd', 7, NOW)).toBeUndefined();
  expect(sampleEvent('constructor', 7, NOW)).toBeUndefined();
});
