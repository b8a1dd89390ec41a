/** Ways in which lists can break the rules that the documentation gives them. */
import { CATALOGUE } from '../../src/domain/catalogue.ts';
import { seededRandom } from '../../src/sandbox/random.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Script } from './groups/api.ts';

interface Listing {
  readonly data: readonly { readonly id: string }[];
  readonly list_metadata: { readonly after: string | null };
}

const PAGE = 100;

/** Changes every list with events in it. */
export function edited(edit: (page: Listing) => unknown): Script {
  return () => ({
    edit: (document) => (isListing(document) && document.data.length > 0 ? edit(document) : document),
  });
}

export function after({ list_metadata }: Listing, id: string): Listing['list_metadata'] {
  return { after: list_metadata.after === null ? null : id };
}

/** The same order each time. */
export function shuffled<T>(data: readonly T[]): T[] {
  const random = seededRandom(data.length);
  return data
    .map((one) => ({ one, at: random() }))
    .toSorted((some, other) => some.at - other.at)
    .map(({ one }) => one);
}

export function swapped<T>(items: readonly T[]): T[] {
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
export function moreThanAsked(): Script {
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
export function twoPagesInTurn(): Script {
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
export function theSamePage(): Script {
  let full: Listing | undefined;
  return ({ query: { after: asked } }) => ({
    edit: (page) => {
      if (isListing(page) && page.list_metadata.after !== null) full ??= page;
      return asked === undefined ? page : (full ?? page);
    },
  });
}

/** Before the first page of one window, an empty one that leads to it. */
export function emptyThenOn(): Script {
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

export function emptyAndStill(): Script {
  return ({ query: { after: asked } }) =>
    asked === undefined
      ? undefined
      : { edit: () => ({ object: 'list', data: [], list_metadata: { after: asked } }) };
}

export function happening(): Script {
  return ({ ordinal }, sandbox) => {
    if (ordinal < 8) sandbox.happen(3);
    return ordinal < 8 ? {} : undefined;
  };
}

export function listedIds(sandbox: Sandbox): string[] {
  return sandbox.listed(CATALOGUE).map(({ id }) => id);
}

export function isListing(document: unknown): document is Listing {
  return (
    typeof document === 'object' && document !== null && 'data' in document && Array.isArray(document.data)
  );
}
