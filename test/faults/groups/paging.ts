import Database from 'better-sqlite3';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import {
  after,
  edited,
  emptyAndStill,
  emptyThenOn,
  happening,
  isListing,
  listedIds,
  moreThanAsked,
  repeatingTheLast,
  shuffled,
  swapped,
  theSamePage,
  twoPagesInTurn,
} from '../paging-scripts.ts';
import { HAPPENED_SINCE, laterSync } from '../scenarios.ts';
import { Stage } from '../stage.ts';
import { type ApiFault, apiCase } from './api.ts';

const DAY_MS = 24 * 3_600_000;
/** Events in a page of the walk: enough for a second page of its window. */
const options = { count: 700, days: 25 };

const FAULTS: readonly ApiFault[] = [
  {
    name: 'an id twice in a page',
    script: edited(({ data, ...page }) => ({ ...page, data: data.flatMap((one) => [one, one]) })),
    exit: [0],
  },
  { name: 'an id across pages', script: repeatingTheLast(), exit: [0] },
  {
    name: 'reversed',
    script: edited(({ data, ...page }) => ({ ...page, data: data.toReversed() })),
    exit: [3],
    order: 'any',
  },
  {
    name: 'two of a page changed over',
    script: edited(({ data, ...page }) => ({ ...page, data: swapped(data) })),
    exit: [0],
    order: 'any',
  },
  {
    name: 'shuffled',
    script: edited(({ data, ...page }) => ({ ...page, data: shuffled(data) })),
    exit: [0, 3],
    order: 'any',
  },
  {
    name: 'after that is not in the page',
    script: edited((page) => ({ ...page, list_metadata: after(page, 'event_elsewhere') })),
    exit: [0],
  },
  {
    name: 'fewer than asked for',
    script: edited(({ data }) => {
      const kept = data.slice(0, 7);
      return { object: 'list', data: kept, list_metadata: { after: kept.at(-1)?.id ?? null } };
    }),
    exit: [0],
  },
  {
    name: 'a full page that says it is the last',
    script: edited((page) => ({ ...page, list_metadata: { after: null } })),
    exit: [0],
  },
  { name: 'more than asked for', script: moreThanAsked(), exit: [0] },
  { name: 'the same page again and again', script: theSamePage(), exit: [3] },
  {
    name: 'two pages in turn',
    script: twoPagesInTurn(),
    exit: [3],
    options: { quirks: { ignoresRanges: true } },
  },
  { name: 'an empty page with a new after', script: emptyThenOn(), exit: [0], options: { days: 80 } },
  { name: 'an empty page with the same after', script: emptyAndStill(), exit: [3] },
  { name: 'events happen while it is read', script: happening(), exit: [0], grows: true },
  { name: 'ranges are ignored', exit: [0], options: { quirks: { ignoresRanges: true } } },
  {
    name: 'after is refused with range_end',
    exit: [0],
    options: { quirks: { refusesAfterWithRangeEnd: true } },
  },
  { name: 'order is obeyed', exit: [0], options: { quirks: { obeysOrder: true } } },
];

/** Lists that are not what the documentation promises. */
export const paging: FaultGroup = {
  name: 'paging',
  open: async (lab) => [
    ...FAULTS.map((fault) => apiCase(lab, { ...fault, options: { ...options, ...fault.options } })),
    ...(['refuse', 'from_start', 'empty'] as const).map((how) => lostCursor(lab, how)),
    pastRetention(lab),
  ],
};

/**
 * The API forgets where we were; nothing is lost, for the time around it is read again. One that answers
 * nothing after a cursor it does not know is found out because it does not list that event either.
 */
function lostCursor(lab: Lab, unknownCursor: 'refuse' | 'from_start' | 'empty'): FaultCase {
  return {
    name: `the cursor is lost: ${unknownCursor}`,
    run: async () => {
      const scenario = await laterSync(lab);
      const stage = new Stage(lab, scenario);
      const { sandbox } = scenario;
      const cursor = listedIds(sandbox).at(-1 - HAPPENED_SINCE) ?? '';
      sandbox.expire(cursor);
      sandbox.quirks = { unknownCursor };
      let wasAsked = false;
      sandbox.script = ({ query: { after: asked } }) => {
        wasAsked ||= asked === cursor;
        return unknownCursor === 'empty' ? { edit: (page) => without(page, cursor) } : undefined;
      };
      const broken = await stage.runWith('commit.done@2:kill');
      const rest = await stage.toRest();
      const fired = wasAsked || unknownCursor === 'empty' ? [] : ['the lost cursor was never sent'];
      return [...fired, ...broken.flaws, ...rest];
    },
  };
}

/** A stream that nobody has read for longer than the API keeps events: a gap, until it is acknowledged. */
function pastRetention(lab: Lab): FaultCase {
  return {
    name: 'the cursor is past retention',
    run: async () => {
      const scenario = await laterSync(lab);
      const stage = new Stage(lab, { ...scenario, expected: { ...scenario.expected, order: 'any' } });
      const db = new Database(stage.store);
      db.prepare('UPDATE stream SET cursor_created_at = cursor_created_at - ?, read_through = NULL').run(
        100 * DAY_MS,
      );
      db.close();
      const { code, flaws, stdout } = await stage.run();
      const { gaps = [] } = JSON.parse(stdout);
      const again = await stage.run();
      const ack = ['store', 'ack-gap', '--all', '--json', '--store', stage.store];
      const acknowledged = await lab.run(ack, { cwd: stage.folder, apiUrl: scenario.sandbox.url });
      return [
        ...(code === 1 && gaps.length === 1 ? [] : [`it ended with ${code}: ${stdout}`]),
        ...(again.code === 1 ? [] : [`with the gap open it ended with ${again.code}: ${again.stdout}`]),
        ...(acknowledged.code === 0 ? [] : [acknowledged.stdout]),
        ...[...flaws, ...again.flaws, ...acknowledged.flaws],
        ...(await stage.toRest()),
      ];
    },
  };
}

function without(page: unknown, hidden: string): unknown {
  return isListing(page) ? { ...page, data: page.data.filter(({ id }) => id !== hidden) } : page;
}
