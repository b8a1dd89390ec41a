/** What makes events: an SSO connection or a directory, as its list tells of it. */

import type { JsonObject } from '../json-value.ts';
import { printable } from '../printable.ts';

export type SourceKind = 'connection' | 'directory';

export interface SourceObject {
  readonly kind: SourceKind;
  /** `Acme SSO (conn_…)`, ready to be shown. */
  readonly shown: string;
  readonly state: string;
}

const LONGEST_NAME = 60;

export function sourceObject(kind: SourceKind, { id, name, state }: JsonObject): SourceObject {
  const [shownId, shownName] = [textOf(id), textOf(name)];
  return {
    kind,
    shown: shownName === '' ? shownId : `${shownName} (${shownId})`,
    state: textOf(state) || 'without a state',
  };
}

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? printable(value) : '';
  return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}…` : text;
}

export function isActive({ state }: SourceObject): boolean {
  return state === 'active' || state === 'linked';
}

const UNFINISHED: ReadonlySet<string> = new Set(['draft', 'requires_type', 'deleting']);

/** Not in use yet, or not any more, as somebody means it to be. */
export function isUnfinished({ state }: SourceObject): boolean {
  return UNFINISHED.has(state);
}
