import type { WireEvent } from '../../event.ts';
import { counted, span, utc } from '../../figures.ts';
import { printable } from '../../printable.ts';
import type { KeyMode } from '../../stream-store.ts';
import { STATUS_PAGE, TRY_AGAIN } from '../advice.ts';
import { type Bare, type Finding, type FindingOf, type Sentences, told } from '../finding.ts';
import { type NewestTold, RECENT_MS } from '../newest-search.ts';
import type { Unread } from '../unread.ts';

export interface RecentFacts extends NewestTold {
  readonly unread: Unread | undefined;
  /** The API's. */
  readonly nowMs: number;
  /** How many event types were looked for: those that the API takes. */
  readonly types: number;
  /** Of how many that were asked for it is not known whether it does. */
  readonly untold: number;
  /** `--events`, as typed; none means every type. */
  readonly patterns: readonly string[];
  readonly keyMode: KeyMode;
  readonly required: boolean;
}

interface Looked {
  readonly types: number;
  readonly patterns: readonly string[];
  readonly keyMode: KeyMode;
  readonly required: boolean;
}

interface RecentCodes {
  readonly recent: {
    readonly event: Pick<WireEvent, 'id' | 'type' | 'createdAtMs'>;
    readonly nowMs: number;
    readonly sure: boolean;
  };
  readonly none: Looked & { readonly olderMs: number | undefined };
  /** The server is not asked for the newest by any means it heeds. */
  readonly unsure: Bare;
  readonly not_all_types: { readonly types: number; readonly untold: number };
  readonly no_types: { readonly required: boolean };
  readonly unavailable: { readonly why: string };
  readonly unusable: { readonly why: string };
}

const MODES: Readonly<Record<KeyMode, string>> = {
  test: 'this key is one of a test environment',
  live: 'this key is a live one, of production',
  unknown: 'the key does not say of which it is',
};

export const SENTENCES = {
  recent: ({ event, nowMs, sure }) => ({
    status: 'pass',
    detail: `${sure ? 'The newest' : 'A new one'} is ${printable(event.type)} of ${utc(event.createdAtMs)}, ${span(nowMs - event.createdAtMs)} ago (${printable(event.id)}).`,
  }),
  none: ({ types, patterns, keyMode, required, olderMs }) => ({
    status: required ? 'fail' : 'warn',
    detail: `No event in the last 30 days, of ${patterns.length > 0 ? `${counted(types, 'type')} that --events ${patterns.join(',')} asks for` : 'any type'}${olderMs === undefined ? '' : `; the newest that was found is of ${utc(olderMs)}`}.`,
    fixes: [
      ...(patterns.length > 0
        ? ['Others may have come: run it without --events, which looks for every type.']
        : []),
      'Nothing happened yet, or what is connected is not used (source.connections says what is active): sign in once, through a connection or AuthKit of this environment, and run this again. An event is listed some seconds after it happened.',
      `Is it the right environment? Each has events of its own, and ${MODES[keyMode]}.`,
      'Where a reader of your own gets none although there are some: range_start must not lie in the future nor more than 90 days back, both bounds are UTC and at most 30 days apart, and events has to name every type.',
      'The cursor of a reader of your own is the id of the last event taken, saved after each page. list_metadata.after is null at the end of the list: who saves that starts over, or stands still.',
    ],
  }),
  unsure: () => ({
    status: 'warn',
    detail:
      'The server does not heed range_start, and lists so many events that the newest was not reached in 12 requests.',
    fixes: ['Is WORKOS_API_URL right? WorkOS itself heeds it; `workos-events tail` shows what comes now.'],
  }),
  not_all_types: ({ types, untold }) => ({
    status: 'warn',
    detail: `No event in the last 30 days, of the ${counted(types, 'type')} that the API is known to take; ${counted(untold, 'other')} could not be looked for (events.catalogue).`,
    fixes: ["Look for fewer: doctor --only events.recent --events 'user.*'"],
  }),
  no_types: ({ required }) => ({
    status: required ? 'fail' : 'skip',
    detail: 'The API takes none of the event types that are asked for (events.catalogue).',
    fixes: ['Correct --events: workos-events types lists the names; events.catalogue names the wrong ones.'],
  }),
  unavailable: ({ why }) => ({
    status: 'fail',
    transient: true,
    detail: `The events could not be listed: ${why}.`,
    fixes: [TRY_AGAIN, STATUS_PAGE],
  }),
  unusable: ({ why }) => ({
    status: 'fail',
    detail: `The events of the last 30 days could not be listed: ${why}.`,
    fixes: [
      'Is WORKOS_API_URL right? It may lead to a server that is only like the WorkOS API.',
      'If it is WorkOS, tell its support the id of the request.',
    ],
  }),
} satisfies Sentences<RecentCodes>;

export function judgeRecent(facts: RecentFacts): FindingOf<RecentCodes>[] {
  const { newest, sure, nowMs, unread, types, untold, patterns, keyMode, required } = facts;
  const isRecent = newest !== undefined && newest.createdAtMs >= nowMs - RECENT_MS;
  if (isRecent) return [{ code: 'recent', event: newest, nowMs, sure }];
  if (unread) return [{ code: unread.passing ? 'unavailable' : 'unusable', why: unread.why }];
  if (untold > 0) return [{ code: 'not_all_types', types, untold }];
  if (types === 0) return [{ code: 'no_types', required }];
  if (!sure) return [{ code: 'unsure' }];
  return [{ code: 'none', types, patterns, keyMode, required, olderMs: newest?.createdAtMs }];
}

export function recentFindings(facts: RecentFacts): readonly Finding[] {
  return told<RecentCodes>(SENTENCES, judgeRecent(facts));
}
