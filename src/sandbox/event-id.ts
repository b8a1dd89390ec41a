import { CROCKFORD, pair, sixDigits } from './crockford.ts';
import { hash32 } from './random.ts';

/**
 * `event_` and a ULID whose random part begins with the event's index, so that ids ascend with the order
 * and an id leads back to its event without a table. Its time counts from a fixed day, not from the
 * sandbox's start: the same seed gives the same ids on any day.
 */
const PREFIX = 'event_';
const TIME_CHARS = 10;
const INDEX_CHARS = 7;
const NOISE_CHARS = 9;
export const DAY_ZERO_MS = Date.UTC(2026, 0, 1);

export class EventIds {
  private readonly seed: number;
  private readonly startMs: number;

  /** `startMs`: when the sandbox started, the end of its history. */
  constructor(seed: number, startMs: number) {
    this.seed = seed;
    this.startMs = startMs;
  }

  idOf(index: number, createdAtMs: number): string {
    const timeMs = DAY_ZERO_MS + (createdAtMs - this.startMs);
    // 30 bits at a time: beyond 32, bit operations cut off.
    const time = `${sixDigits(timeMs / 2 ** 20)}${pair(timeMs / 2 ** 10)}${pair(timeMs % 2 ** 10)}`;
    const high = hash32(index ^ Math.imul(this.seed, 0x9e3779b1));
    const low = hash32(high + index);
    const noise = `${sixDigits(high)}${digit(low)}${pair(low >>> 10)}`;
    return `${PREFIX}${time}${digit(index / 2 ** 30)}${sixDigits(index)}${noise}`;
  }

  /** The index an id claims; whether the event has this very id is the caller's to compare. */
  indexIn(id: string): number | undefined {
    if (!id.startsWith(PREFIX) || id.length !== PREFIX.length + TIME_CHARS + INDEX_CHARS + NOISE_CHARS)
      return undefined;
    let index = 0;
    const from = PREFIX.length + TIME_CHARS;
    for (const character of id.slice(from, from + INDEX_CHARS)) {
      const value = CROCKFORD.indexOf(character);
      if (value < 0) return undefined;
      index = index * 32 + value;
    }
    return index;
  }
}

function digit(bits: number): string {
  return CROCKFORD.charAt(bits & 31);
}
