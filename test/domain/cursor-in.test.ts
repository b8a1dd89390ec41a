import { expect, it } from 'vitest';
import { cursorIn, type Part } from '../../src/domain/window.ts';
import { eventAt } from '../support/virtual-list.ts';

const estimated = { ...eventAt(9_000, 2), timeSource: 'ulid' } as const;
const part: Part = {
  events: [eventAt(100, 0), eventAt(200, 1), estimated, eventAt(300, 3)],
  passable: 3,
  sinceMs: 50,
};

it.each<[string, Part, number | undefined, ReturnType<typeof cursorIn>]>([
  ['as far as nothing was left out', part, undefined, { id: 'event_2', createdAtMs: 200 }],
  ['no further than what is stored', part, 1, { id: 'event_0', createdAtMs: 100 }],
  ['nowhere, when nothing is', part, 0, undefined],
  ['nowhere, when an earlier event was left out', { ...part, passable: 0 }, undefined, undefined],
  [
    'at the time of what stands before, when its own is an estimate',
    { ...part, events: [estimated] },
    1,
    { id: 'event_2', createdAtMs: 50 },
  ],
])('the cursor stands %s', (_, given, count, expected) => {
  expect(cursorIn(given, count)).toEqual(expected);
});
