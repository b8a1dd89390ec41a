import { expect, it } from 'vitest';
import { subjectOf } from '../../src/domain/event-subject.ts';

const of = (data: unknown) => subjectOf(JSON.stringify({ id: 'event_1', event: 'x', data }));

it.each([
  [{ id: 'user_1', email: 'ada@example.com', name: 'Ada' }, 'ada@example.com'],
  [{ directory_id: 'd', user: { email: 'ada@example.com' }, group: { name: 'All' } }, 'ada@example.com'],
  [{ id: 'org_1', name: 'Acme' }, 'Acme'],
  [{ reason: 'expired', organization_domain: { domain: 'acme.example' } }, 'acme.example'],
  [{ object: 'session', id: 'session_1', user_id: 'user_1' }, 'user_1'],
  [{ id: 'thing_1' }, 'thing_1'],
  [{ email: '', name: null, id: 7, user: 'x' }, ''],
  [{}, ''],
  [null, ''],
  [[{ email: 'ada@example.com' }], ''],
  ['ada@example.com', ''],
])('%j is about %s', (data, subject) => {
  expect(of(data)).toBe(subject);
});

it('of what is no JSON is nothing', () => {
  expect(subjectOf('{"data":')).toBe('');
});
