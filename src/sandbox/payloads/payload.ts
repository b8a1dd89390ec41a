import { isoTime } from '../iso-time.ts';
import { hash32 } from '../random.ts';
import { objectId } from '../world/object-id.ts';
import type { World } from '../world.ts';

/**
 * `data` of the n-th event, as compact JSON. Everything about it follows from the seed and n. Events of
 * what is created and deleted have objects of their own; all others are about those of the world.
 */
export type DataOf = (world: World, n: number, createdAt: string) => string;

/** By type, for a part of the catalogue. */
export type Payloads = Readonly<Record<string, DataOf>>;

/** A number for one choice of the n-th event; `choice` tells its choices apart. */
export function draw({ seed }: World, n: number, choice: number): number {
  return hash32(
    Math.imul(n + 1, 0x9e3779b1) ^ Math.imul(seed + 7, 0x85ebca6b) ^ Math.imul(choice, 0xc2b2ae35),
  );
}

export function pick<Item>(items: readonly Item[], number: number): Item {
  const item = items[number % items.length];
  if (item === undefined) throw new Error('There is nothing to pick from.');
  return item;
}

/** An object of the n-th event's own. */
export function newId(prefix: string, { seed }: World, n: number): string {
  return objectId(prefix, seed, n);
}

const MINUTE_MS = 60_000;
export const DAY_MINUTES = 24 * 60;

export function minutesAfter(time: string, minutes: number): string {
  return isoTime(Date.parse(time) + minutes * MINUTE_MS);
}
