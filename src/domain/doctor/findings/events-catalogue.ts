import { CATALOGUE } from '../../catalogue.ts';
import type { EventTypes } from '../../event-source.ts';
import { counted, listing } from '../../figures.ts';
import { nearestName } from '../../nearest-name.ts';
import { printable } from '../../printable.ts';
import { STATUS_PAGE, TRY_AGAIN } from '../advice.ts';
import { type Finding, type FindingOf, type Sentences, told } from '../finding.ts';
import type { RefusedType, TypesTold } from '../type-search.ts';
import type { Unread } from '../unread.ts';

export interface CatalogueFacts extends TypesTold {
  readonly unread: Unread | undefined;
  readonly asked: EventTypes;
  /** `--events`, as typed; none means every type. */
  readonly patterns: readonly string[];
}

interface CatalogueCodes {
  readonly accepted: { readonly types: number; readonly isAll: boolean };
  /** A name that a person typed. */
  readonly unknown_type: RefusedType & { readonly nearest: string | undefined };
  /** Names that came from a pattern, or from the catalogue. */
  readonly types_refused: { readonly names: readonly string[]; readonly types: number };
  readonly none_accepted: { readonly types: number; readonly words: string };
  readonly untold: { readonly types: number };
  readonly unavailable: { readonly why: string };
  readonly unusable: { readonly why: string };
}

const NAMES = 'The names there are: https://workos.com/docs/events, or `workos-events types`.';
const ONE_FAILS_ALL = 'In requests of your own leave them out: one unknown name fails the whole call.';
/** Enough to see which they are. */
const MOST_NAMED = 10;

export const SENTENCES = {
  accepted: ({ types, isAll }) => ({
    status: 'pass',
    detail: isAll
      ? `The API takes all ${types} known types.`
      : `The API takes the ${counted(types, 'type')} that --events asks for.`,
  }),
  unknown_type: ({ name, words, nearest }) => ({
    status: 'fail',
    detail: `WorkOS does not know the event type ${printable(name)}${quoted(words)}.`,
    fixes: [...(nearest === undefined ? [] : [`Did you mean ${nearest}?`]), NAMES],
  }),
  types_refused: ({ names, types }) => ({
    status: 'warn',
    detail: `The API does not take ${names.length} of ${counted(types, 'type')}: ${listing(names, MOST_NAMED)}.`,
    fixes: [
      'sync, tail and reconcile leave such names out by themselves, say so, and ask for them again daily: nothing is to be done for these.',
      ONE_FAILS_ALL,
    ],
  }),
  none_accepted: ({ types, words }) => ({
    status: 'fail',
    detail: `The API takes none of the ${counted(types, 'type')} that were asked for${quoted(words)}.`,
    fixes: [NAMES, 'Is WORKOS_API_URL the address of the WorkOS API?'],
  }),
  untold: ({ types }) => ({
    status: 'warn',
    detail: `Some of ${counted(types, 'more type')} are refused too; which ones takes too many requests to tell.`,
    fixes: [
      "Ask for fewer: doctor --only events.catalogue --events 'dsync.*' looks at these alone.",
      ONE_FAILS_ALL,
    ],
  }),
  unavailable: ({ why }) => ({
    status: 'fail',
    transient: true,
    detail: `Which types the API takes could not be told: ${why}.`,
    fixes: [TRY_AGAIN, STATUS_PAGE],
  }),
  unusable: ({ why }) => ({
    status: 'fail',
    detail: `Which types the API takes could not be told: ${why}.`,
    fixes: ['Is WORKOS_API_URL the address of the WorkOS API?'],
  }),
} satisfies Sentences<CatalogueCodes>;

function quoted(words: string): string {
  const quote = printable(words).replace(/[.;\s]+$/, '');
  return quote === '' ? '' : `: ${quote}`;
}

export function judgeCatalogue(facts: CatalogueFacts): FindingOf<CatalogueCodes>[] {
  const { accepted, refused, untold, unread, asked, patterns } = facts;
  const types = accepted.length + refused.length + untold.length;
  const trouble: FindingOf<CatalogueCodes>[] = unread
    ? [{ code: unread.passing ? 'unavailable' : 'unusable', why: unread.why }]
    : untold.length > 0
      ? [{ code: 'untold', types: untold.length }]
      : [];
  const typed = refused.filter(({ name }) => asked.exact.includes(name));
  const others = refused.filter(({ name }) => !asked.exact.includes(name));
  const [first] = others;
  const isNone = first !== undefined && accepted.length === 0 && untold.length === 0;
  if (refused.length === 0 && trouble.length === 0) {
    return [{ code: 'accepted', types, isAll: patterns.length === 0 }];
  }
  return [
    ...typed.map(({ name, words }): FindingOf<CatalogueCodes> => {
      return { code: 'unknown_type', name, words, nearest: nearestName(name, CATALOGUE) };
    }),
    ...(isNone ? [{ code: 'none_accepted', types: others.length, words: first.words } as const] : []),
    ...(others.length > 0 && !isNone
      ? [{ code: 'types_refused', names: others.map(({ name }) => name), types } as const]
      : []),
    ...trouble,
  ];
}

export function catalogueFindings(facts: CatalogueFacts): readonly Finding[] {
  return told<CatalogueCodes>(SENTENCES, judgeCatalogue(facts));
}
