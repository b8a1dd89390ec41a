/** What a power cut may take of SQLite's log: what was appended and not synced. */
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const PAGE_SIZE_AT = 8;
/** Two numbers that every new log chooses anew. */
const SALT = { from: 16, to: 24 };

type Files = ReadonlyMap<string, Buffer>;

/**
 * The files after a power cut: half of the frames that the run has appended are gone, where it reads
 * without routes (`synchronous=NORMAL`); a run that acknowledges or delivers syncs each of its commits.
 */
export function withoutUnsyncedFrames(before: Files, after: Files, args: readonly string[]): Files {
  const log = after.get('-wal');
  const isNormal = args.includes('sync') && !args.includes('--deliver') && !args.includes('--no-deliver');
  if (!isNormal || !log || log.length <= HEADER_BYTES) return after;
  const frameBytes = FRAME_HEADER_BYTES + log.readUInt32BE(PAGE_SIZE_AT);
  const old = before.get('-wal');
  const goesOn = old?.subarray(SALT.from, SALT.to).equals(log.subarray(SALT.from, SALT.to)) ?? false;
  const syncedBytes = goesOn && old ? old.length : HEADER_BYTES;
  const frames = Math.floor((log.length - syncedBytes) / frameBytes);
  const keptBytes = syncedBytes + Math.floor(frames / 2) * frameBytes;
  return new Map(after).set('-wal', log.subarray(0, keptBytes));
}
