/**
 * Whatever happens again and again is told once, and then once in a while with how often it was: whoever
 * knocks at a public address a thousand times a second must not fill a log.
 */
export class CalmCount<Key> {
  readonly #everyMs: number;
  readonly #since = new Map<Key, { toldAtMs: number; count: number }>();

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** How often it happened since it was last told; undefined when nothing is to be told now. */
  add(key: Key, nowMs: number): number | undefined {
    const known = this.#since.get(key);
    if (known && nowMs - known.toldAtMs < this.#everyMs) {
      known.count += 1;
      return undefined;
    }
    this.#since.set(key, { toldAtMs: nowMs, count: 0 });
    return (known?.count ?? 0) + 1;
  }
}
