/** The body was parsed and written again, by whoever passed it on or by whoever signed it. */
import type { BodyChange, SignedBody } from './body-change.ts';
import {
  withHtmlEscapes,
  withoutSlashEscapes,
  withoutUnicodeEscapes,
  withSlashEscapes,
  withUnicodeEscapes,
} from './json-escapes.ts';
import { compact, indented, reindented, spaced } from './json-layout.ts';
import { hasSortedKeys, membersOf, objectOf, withSortedKeys } from './json-members.ts';
import type { ReceivedJson } from './received-body.ts';

/** The likely ones first: there is only so much work that is done. */
export const JSON_CHANGES: readonly BodyChange[] = [
  { id: 'json_spaced', undo: ofJson(({ compact }) => [compact]) },
  { id: 'json_compacted', undo: ofJson(laidOut) },
  { id: 'unicode_escaped', undo: ofJson(({ text }) => [withoutUnicodeEscapes(text)]) },
  { id: 'unicode_unescaped', undo: ofJson(({ text }) => [withUnicodeEscapes(text)]) },
  { id: 'slashes_escaped', undo: ofJson(({ text }) => [withoutSlashEscapes(text)]) },
  { id: 'slashes_unescaped', undo: ofJson(({ text }) => [withSlashEscapes(text)]) },
  { id: 'json_reserialized', undo: ofJson(reserialized) },
  { id: 'object_added', undo: ofJson(withoutObject) },
  { id: 'signed_as_string', undo: ({ text }) => (text === undefined ? [] : [JSON.stringify(text)]) },
];

/** Dear and rare: tried when nothing else was found. */
export const ORDER_CHANGES: readonly BodyChange[] = [{ id: 'keys_reordered', undo: ofJson(reordered) }];

type Forms = Iterable<SignedBody | string>;

function ofJson(forms: (json: ReceivedJson) => Forms): BodyChange['undo'] {
  return ({ json }) => (json === undefined ? [] : forms(json));
}

function* laidOut({ tokens, spaced }: ReceivedJson): Forms {
  yield withEnds(spaced);
  const text = indented(tokens);
  if (text === undefined) return;
  yield withEnds(text);
  for (const indent of ['    ', '\t']) yield withEnds(reindented(text, indent));
}

function withEnds(text: string): SignedBody {
  return { parts: [Buffer.from(text)], ends: ['', '\n'] };
}

/** As JavaScript writes it with and without its numbers made anew, then as Python, PHP, and Go or Rails do. */
function* reserialized({ value, compact, spaced }: ReceivedJson): Forms {
  const plain = withoutSlashEscapes(withoutUnicodeEscapes(compact));
  yield plain;
  yield* stringified(value);
  yield withUnicodeEscapes(withoutSlashEscapes(spaced));
  yield withSlashEscapes(withUnicodeEscapes(plain));
  yield withHtmlEscapes(plain);
}

function stringified(value: unknown): string[] {
  try {
    return [JSON.stringify(value)];
  } catch {
    // Nested more deeply than it can write.
    return [];
  }
}

/** The Events API lists an event with `"object": "event"`; its webhook has none. */
function withoutObject({ tokens }: ReceivedJson): Forms {
  const members = membersOf(tokens) ?? [];
  const others = members.filter((member) => member.join('') !== '"object":"event"');
  return others.length < members.length ? [compact(objectOf(others))] : [];
}

/** The orders of more members than these are too many to try. */
const MOST_MEMBERS = 5;

function* reordered({ tokens }: ReceivedJson): Forms {
  const sorted = hasSortedKeys(tokens) ? undefined : withSortedKeys(tokens);
  if (sorted) {
    yield compact(sorted);
    yield spaced(sorted);
  }
  const members = membersOf(tokens) ?? [];
  if (members.length > MOST_MEMBERS) return;
  for (const order of ordersOf(members.map((member) => Buffer.from(compact(member))))) {
    yield {
      parts: [OPEN, ...order.flatMap((member, at) => (at === 0 ? [member] : [COMMA, member])), CLOSE],
      ends: [''],
    };
  }
}

const OPEN = Buffer.from('{');
const COMMA = Buffer.from(',');
const CLOSE = Buffer.from('}');

function ordersOf<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((first, at) =>
    ordersOf(items.filter((_, index) => index !== at)).map((rest) => [first, ...rest]),
  );
}
