/** JSON objects as lists of members, for what changes their order. */
import type { Tokens } from './json-layout.ts';

/** Key, colon and value. */
export type Member = Tokens;

/** Of the outermost object; undefined when the JSON is something else. */
export function membersOf(tokens: Tokens): Member[] | undefined {
  if (tokens[0] !== '{') return undefined;
  const members: Member[] = [];
  let from = 1;
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (depth === 1 && (token === ',' || token === '}') && index > from) {
      members.push(tokens.slice(from, index));
      from = index + 1;
    }
    if (token === '{' || token === '[') depth++;
    if (token === '}' || token === ']') depth--;
  }
  return members;
}

export function objectOf(members: readonly Member[]): string[] {
  return enclosed('{', members, '}');
}

/** What is nested deeper is no webhook. */
const DEEPEST = 200;

interface Container {
  readonly opening: string;
  readonly items: string[][];
  item: string[];
}

/** Every object with its keys in alphabetical order; undefined when it is nested too deeply. */
export function withSortedKeys(tokens: Tokens): Tokens | undefined {
  const outside: Container = { opening: '', items: [], item: [] };
  const open: Container[] = [outside];
  for (const token of tokens) {
    const container = open.at(-1) ?? outside;
    if (token === '{' || token === '[') {
      open.push({ opening: token, items: [], item: [] });
      if (open.length > DEEPEST) return undefined;
    } else if (token === '}' || token === ']') {
      open.pop();
      const { item } = open.at(-1) ?? outside;
      for (const part of closed(container, token)) item.push(part);
    } else if (token === ',') {
      container.items.push(container.item);
      container.item = [];
    } else {
      container.item.push(token);
    }
  }
  return outside.item;
}

function closed({ opening, items, item }: Container, closing: string): string[] {
  const all = item.length > 0 ? [...items, item] : items;
  return enclosed(opening, opening === '{' ? [...all].sort(byKey) : all, closing);
}

function byKey([a = '']: Member, [b = '']: Member): number {
  const [one, other] = [a.slice(1, -1), b.slice(1, -1)];
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function enclosed(opening: string, items: readonly Tokens[], closing: string): string[] {
  const parts = [opening];
  for (const [index, item] of items.entries()) {
    if (index > 0) parts.push(',');
    for (const part of item) parts.push(part);
  }
  parts.push(closing);
  return parts;
}

/** Whether `withSortedKeys` would change nothing. */
export function hasSortedKeys(tokens: Tokens): boolean {
  const last: string[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token === '{' || token === '[') last.push('');
    else if (token === '}' || token === ']') last.pop();
    else if (tokens[index + 1] === ':') {
      const key = token.slice(1, -1);
      if (key < (last.at(-1) ?? '')) return false;
      last[last.length - 1] = key;
    }
  }
  return true;
}
