import Database from 'better-sqlite3';
import { CATALOGUE } from '../../../src/domain/catalogue.ts';
import { seededRandom } from '../../../src/sandbox/random.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { HAPPENED_SINCE, laterSync } from '../scenarios.ts';
import { Stage } from '../stage.ts';
import { type ApiFault, apiCase, type Script } from './api.ts';

interface Listing {
  readonly data: readonly { readonly id: string }[];
  readonly list_metadata: { readonly after: string | null };
}

const DAY_MS = 24 * 3_600_000;
const PAGE = 100;
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

/** Changes every list with events in it. */
export function edited(edit: (page: Listing) => unknown): Script {
  return () => ({
    edit: (document) => (isListing(document) && document.data.length > 0 ? edit(document) : document),
  });
}

function after({ list_metadata }: Listing, id: string): Listing['list_metadata'] {
  return { after: list_metadata.after === null ? null : id };
}

/** The same order each time. */
function shuffled<T>(data: readonly T[]): T[] {
  const random = seededRandom(data.length);
  return data
    .map((one) => ({ one, at: random() }))
    .toSorted((some, other) => some.at - other.at)
    .map(({ one }) => one);
}

function swapped<T>(items: readonly T[]): T[] {
  const copy = [...items];
  const middle = Math.floor(copy.length / 2);
  const moved = copy.splice(middle, 1);
  copy.splice(middle + 1, 0, ...moved);
  return copy;
}

/** Each page begins with the event that it was asked to come after. */
export function repeatingTheLast(): Script {
  return ({ query: { after: asked } }, sandbox) => {
    const last = sandbox.listed(CATALOGUE).find(({ id }) => id === asked);
    if (!last) return undefined;
    return {
      edit: (page) => (isListing(page) ? { ...page, data: [JSON.parse(last.text), ...page.data] } : page),
    };
  };
}

/** Half a page more than the limit. */
function moreThanAsked(): Script {
  return (_request, sandbox) => ({
    edit: (page) => {
      if (!isListing(page) || page.list_metadata.after === null) return page;
      const listed = sandbox.listed(CATALOGUE);
      const at = listed.findIndex(({ id }) => id === page.data.at(-1)?.id);
      const more = listed.slice(at + 1, at + 51).map(({ text }) => JSON.parse(text));
      const last = more.at(-1) ?? page.data.at(-1);
      return { object: 'list', data: [...page.data, ...more], list_metadata: { after: last.id } };
    },
  });
}

/** A leads to B, and B to A. */
function twoPagesInTurn(): Script {
  let first: Listing | undefined;
  let second: Listing | undefined;
  return ({ query: { after: asked } }) => ({
    edit: (page) => {
      if (!isListing(page) || page.data.length < PAGE) return page;
      first ??= page;
      if (asked === first.data.at(-1)?.id) second ??= page;
      return second && asked === second.data.at(-1)?.id ? first : page;
    },
  });
}

/** What comes after a first full page is that page. */
function theSamePage(): Script {
  let full: Listing | undefined;
  return ({ query: { after: asked } }) => ({
    edit: (page) => {
      if (isListing(page) && page.list_metadata.after !== null) full ??= page;
      return asked === undefined ? page : (full ?? page);
    },
  });
}

/** Before the first page of one window, an empty one that leads to it. */
function emptyThenOn(): Script {
  let done = false;
  return ({ query }, sandbox) => {
    if (query.range_start === undefined || done) return undefined;
    const ids = listedIds(sandbox);
    return {
      edit: (document) => {
        const first = isListing(document) ? ids.indexOf(document.data[0]?.id ?? '') : -1;
        if (first <= 0 || done) return document;
        done = true;
        return { object: 'list', data: [], list_metadata: { after: ids[first - 1] } };
      },
    };
  };
}

function emptyAndStill(): Script {
  return ({ query: { after: asked } }) =>
    asked === undefined
      ? undefined
      : { edit: () => ({ object: 'list', data: [], list_metadata: { after: asked } }) };
}

function happening(): Script {
  return ({ ordinal }, sandbox) => {
    if (ordinal < 8) sandbox.happen(3);
    return ordinal < 8 ? {} : undefined;
  };
}

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

function listedIds(sandbox: Sandbox): string[] {
  return sandbox.listed(CATALOGUE).map(({ id }) => id);
}

function isListing(document: unknown): document is Listing {
  return (
    typeof document === 'object' && document !== null && 'data' in document && Array.isArray(document.data)
  );
}
