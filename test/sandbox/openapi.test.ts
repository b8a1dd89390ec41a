/** The sandbox answers as the platform's OpenAPI description says, wherever that covers it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/domain/catalogue.ts';
import { eventText } from '../../src/sandbox/event-text.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { createWorld } from '../../src/sandbox/world.ts';
import { answerPart, describedTypes, flaws } from '../support/openapi.ts';

const AT = '2026-11-20T10:00:00.000Z';
const world = createWorld(1, Date.UTC(2026, 10, 24));
const described = [...describedTypes()].filter(([type]) => CATALOGUE.includes(type));

let api: Sandbox;

beforeAll(async () => {
  api = await createSandbox({ count: 2000, days: 20, shape: 'uniform' });
});
afterAll(() => api.close());

async function get(path: string): Promise<{ status: number; document: unknown }> {
  const answer = await fetch(`${api.url}${path}`, { headers: { authorization: `Bearer ${api.apiKey}` } });
  const document: unknown = await answer.json();
  return { status: answer.status, document };
}

it('the description has most of the catalogue', () => {
  expect(described.length).toBeGreaterThan(90);
});

it.each(described)('%s', (type, part) => {
  for (let n = 0; n < 60; n++) {
    const text = eventText(world, { id: `event_${n}`, type, createdAt: AT, n });
    expect(flaws(part, JSON.parse(text)), text).toEqual([]);
  }
});

describe('lists', () => {
  it.each(['/organizations', '/connections', '/directories', '/webhook_endpoints'])('%s', async (path) => {
    const { status, document } = await get(`${path}?limit=100`);
    expect({ status, flaws: flaws(answerPart(path, 200), document) }).toEqual({ status: 200, flaws: [] });
  });

  it('/events, of the types that are described', async () => {
    const names = described.map(([type]) => type);
    const { status, document } = await get(`/events?limit=100&events=${names.join(',')}`);
    expect({ status, flaws: flaws(answerPart('/events', 200), document) }).toEqual({
      status: 200,
      flaws: [],
    });
    expect(document).toMatchObject({ list_metadata: { after: expect.stringMatching(/^event_/) } });
  });
});

describe('refusals', () => {
  it.each([
    ['without a type', '/events', 422],
    ['of a limit', '/events?events=user.created&limit=101', 422],
    ['of two places to start at', '/events?events=user.created&after=event_1&range_start=2026-11-01', 422],
    ['of a span', '/events?events=user.created&range_start=2020-01-01&range_end=2020-03-01', 422],
    ['of an unknown type', '/events?events=user.creatd', 400],
    ['of an unknown cursor', '/events?events=user.created&after=event_1', 400],
  ])('%s', async (_, path, expected) => {
    const { status, document } = await get(path);
    expect({ status, flaws: flaws(answerPart('/events', status), document) }).toEqual({
      status: expected,
      flaws: [],
    });
  });
});

it('the check sees what is wrong', () => {
  const [[type, part] = ['', '']] = described;
  const event = JSON.parse(eventText(world, { id: 'event_1', type, createdAt: AT, n: 1 }));
  expect(flaws(part, { ...event, data: { ...event.data, verdict: 'Allow' } })).not.toEqual([]);
  expect(flaws(part, { ...event, created_at: 'yesterday' })).not.toEqual([]);
  expect(flaws(answerPart('/connections', 200), { object: 'list', data: [{}] })).not.toEqual([]);
});
