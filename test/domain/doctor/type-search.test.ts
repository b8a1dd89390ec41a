import { describe, expect, test } from 'vitest';
import { TypeSearch } from '../../../src/domain/doctor/type-search.ts';

const NAMES = Array.from({ length: 111 }, (_, index) => `type.t${String(index).padStart(3, '0')}`);

/** An API that does not know some names, and says so in its way. */
function searched(
  names: readonly string[],
  unknown: readonly string[],
  says: (name: string) => string,
  most?: number,
) {
  const refusedIn = (asked: readonly string[]) => asked.find((name) => unknown.includes(name));
  const search = new TypeSearch(names, says(refusedIn(names) ?? ''), most);
  let requests = 0;
  for (let group = search.next; group !== undefined; group = search.next) {
    requests += 1;
    const name = refusedIn(group);
    if (name === undefined) search.accepted();
    else search.refused(says(name));
  }
  const { accepted, refused, untold } = search.told;
  return { accepted, refused: refused.map(({ name }) => name), untold, requests };
}

const naming = (name: string) =>
  `Invalid name parameter, received: '${name}'. See https://workos.com/docs/events.`;
const silent = () => 'Validation failed';

describe.each<[string, (name: string) => string, number]>([
  ['an API that names what it refuses', naming, 1],
  ['an API that does not', silent, 14],
])('%s', (_, says, most) => {
  test.each([[['type.t000']], [['type.t110']], [['type.t055', 'type.t056']]])('%j', (unknown) => {
    const { accepted, refused, untold, requests } = searched(NAMES, unknown, says);
    expect(refused).toEqual(unknown);
    expect([...accepted].sort()).toEqual(NAMES.filter((name) => !unknown.includes(name)));
    expect(untold).toEqual([]);
    expect(requests).toBeLessThanOrEqual(most * 2 * unknown.length);
  });
});

test('one name alone, refused: no more is asked', () => {
  expect(searched(['user.craeted'], ['user.craeted'], silent)).toEqual({
    accepted: [],
    refused: ['user.craeted'],
    untold: [],
    requests: 0,
  });
});

test('30 names, each named: one request each', () => {
  const { refused, requests } = searched(NAMES, NAMES.slice(81), naming);
  expect([refused.length, requests]).toEqual([30, 30]);
});

test('what takes too many requests is left untold, and nothing is lost', () => {
  const unknown = NAMES.filter((_, index) => index % 2 === 0);
  const { accepted, refused, untold, requests } = searched(NAMES, unknown, silent);
  expect(requests).toBe(40);
  expect(untold.length).toBeGreaterThan(0);
  expect([...accepted, ...refused, ...untold].sort()).toEqual(NAMES);
  expect(refused.every((name) => unknown.includes(name))).toBe(true);
  expect(accepted.some((name) => unknown.includes(name))).toBe(false);
});
