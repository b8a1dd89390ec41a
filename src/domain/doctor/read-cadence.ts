/** Pages of one run follow each other faster than this. */
const WITHIN_RUN_MS = 60_000;
/** Fewer pauses than these say nothing. */
const LEAST_PAUSES = 3;

/**
 * How often a stream is read, told by when reading brought events: the usual pause between these times.
 * Runs that brought none are not seen, so it is too long rather than too short; undefined where too few
 * brought any.
 */
export function readCadenceMs(readTimes: readonly number[]): number | undefined {
  const pauses = readTimes
    .flatMap((at, index) => at - (readTimes[index - 1] ?? at))
    .filter((pause) => pause > WITHIN_RUN_MS)
    .sort((a, b) => a - b);
  return pauses.length < LEAST_PAUSES ? undefined : pauses[Math.floor(pauses.length / 2)];
}
