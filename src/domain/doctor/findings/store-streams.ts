import { counted, listing, span, utc } from '../../figures.ts';
import { printable } from '../../printable.ts';
import { RETENTION_MS } from '../../resume.ts';
import { shellWord } from '../../shell-word.ts';
import { type Gap, hasBegun } from '../../stream-store.ts';
import { type Bare, type Finding, type FindingOf, type Sentences, told } from '../finding.ts';
import { readCadenceMs } from '../read-cadence.ts';
import { byWhoseClock, isHeld, type JudgedAt, type StreamReading } from '../store-reading.ts';

export interface StreamFacts {
  readonly streams: readonly StreamReading[];
  readonly at: JudgedAt;
  /** The machine's clock, by which leases go. */
  readonly machineMs: number;
}

interface Read {
  readonly stream: string;
  readonly readToMs: number;
  readonly at: JudgedAt;
}

interface StreamCodes {
  readonly no_streams: Bare;
  readonly read: { readonly streams: readonly Omit<Read, 'at'>[]; readonly at: JudgedAt };
  readonly not_begun: { readonly stream: string };
  /** Not read for longer than it used to be. */
  readonly late: Read & { readonly cadenceMs: number };
  readonly near_retention: Read;
  readonly past_retention: Read;
  readonly open_gaps: {
    readonly stream: string;
    readonly gaps: readonly Gap[];
    /** The first that the API still lists. */
    readonly readable: Gap | undefined;
  };
}

const DAY_MS = 24 * 3_600_000;
export const WARN_AFTER_MS = 60 * DAY_MS;
/** A run may fail, and an environment be quiet. */
const LATE_BY_CADENCES = 3;
const NEVER_LATE_MS = 3_600_000;
const MOST_LISTED = 3;

const KEEP_READING =
  'Have it read on its own: from cron, such as `*/5 * * * * workos-events sync --if-busy skip`, or as a service with `workos-events sync --follow`.';

export const SENTENCES = {
  no_streams: () => ({ status: 'skip', detail: 'The store has no stream yet; the first sync begins one.' }),
  read: ({ streams, at }) => ({ status: 'pass', detail: `${readList(streams, at)}${byWhoseClock(at)}.` }),
  not_begun: ({ stream }) => ({
    status: 'pass',
    detail: `${quoted(stream)} is not read by sync: it was made by another command.`,
  }),
  late: ({ stream, readToMs, cadenceMs, at }) => ({
    status: 'warn',
    detail: `${readTo(stream, readToMs, at)}, and was read every ${span(cadenceMs)} before${byWhoseClock(at)}.`,
    fixes: [
      'Look at what runs sync (cron, a timer, a service): did it stop, or end with an error? Its stderr says why.',
      `Catch up now, nothing is lost yet: ${syncOf(stream)}`,
    ],
  }),
  near_retention: ({ stream, readToMs, at }) => ({
    status: 'warn',
    detail: `${readTo(stream, readToMs, at)}. The API lists 90 days: from ${utc(readToMs + RETENTION_MS)} on, in ${daysOf(readToMs + RETENTION_MS - at.nowMs)}, events are lost that were not read${byWhoseClock(at)}.`,
    fixes: [`Catch up now, nothing is lost yet: ${syncOf(stream)}`, KEEP_READING],
  }),
  past_retention: ({ stream, readToMs, at }) => ({
    status: 'fail',
    detail: `${readTo(stream, readToMs, at)}. The API lists 90 days: what happened between then and ${utc(at.nowMs - RETENTION_MS)} can no longer be read, and each day one day more${byWhoseClock(at)}.`,
    fixes: [
      `Read what is left, now: ${syncOf(stream)}. It records the span that is lost as a gap.`,
      'Compare what that span changed with the source itself: GET /directory_users, /organizations and /user_management/users list how things stand.',
      KEEP_READING,
      `If the stream is not needed any more, use a store without it: --store PATH.`,
    ],
  }),
  open_gaps: ({ stream, gaps, readable }) => ({
    status: 'fail',
    detail: `${quoted(stream)} has ${counted(gaps.length, 'open gap')}, where events were not read: ${gapList(gaps)}. Every run of it exits 1 until that is settled.`,
    fixes: [
      ...(readable
        ? [
            `The API still lists that time: workos-events reconcile --stream ${shellWord(stream)} --from ${iso(readable.fromMs)} --to ${iso(readable.toMs)} --apply (or --deliver SPEC) reads it, and closes the gap.`,
          ]
        : []),
      'What is past the 90 days that the API lists: compare with the source itself, for GET /directory_users, /organizations and /user_management/users list how things stand.',
      `Then acknowledge: ${gaps.length === 1 ? `workos-events store ack-gap ${gaps[0]?.id}` : `workos-events store ack-gap --all --stream ${shellWord(stream)}`}`,
    ],
  }),
} satisfies Sentences<StreamCodes>;

function readList(streams: readonly Omit<Read, 'at'>[], { nowMs }: JudgedAt): string {
  const oldestFirst = [...streams].sort((a, b) => a.readToMs - b.readToMs);
  const first = oldestFirst.slice(0, MOST_LISTED).map(({ stream, readToMs }) => {
    return `${quoted(stream)} is read through ${utc(readToMs)} (lag ${span(nowMs - readToMs)})`;
  });
  const rest = oldestFirst.length - first.length;
  return `${first.join(', ')}${rest > 0 ? `, and ${counted(rest, 'other')} with less lag` : ''}`;
}

function readTo(stream: string, readToMs: number, { nowMs }: JudgedAt): string {
  return `${quoted(stream)} was last read through ${utc(readToMs)}, ${daysOf(nowMs - readToMs)} ago`;
}

/** `85 days`; less than two as `span` has it. */
function daysOf(ms: number): string {
  return ms < 2 * DAY_MS ? span(ms) : `${Math.round(ms / DAY_MS)} days`;
}

function gapList(gaps: readonly Gap[]): string {
  const spans = gaps.map(({ id, fromMs, toMs }) => `#${id} ${utc(fromMs)} to ${utc(toMs)}`);
  return listing(spans, MOST_LISTED);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function quoted(stream: string): string {
  return `Stream "${printable(stream)}"`;
}

function syncOf(stream: string): string {
  return `workos-events sync${stream === 'default' ? '' : ` --stream ${shellWord(stream)}`}`;
}

export function judgeStreams(facts: StreamFacts): FindingOf<StreamCodes>[] {
  const { streams, at } = facts;
  if (streams.length === 0) return [{ code: 'no_streams' }];
  const judged = streams.flatMap((stream) => judgeStream(stream, facts));
  const read = judged.filter((finding) => finding.code === 'read').flatMap((finding) => finding.streams);
  const others = judged.filter((finding) => finding.code !== 'read');
  return read.length > 0 ? [...others, { code: 'read', streams: read, at }] : others;
}

function judgeStream(reading: StreamReading, { at, machineMs }: StreamFacts): FindingOf<StreamCodes>[] {
  const { stream: record, openGaps } = reading;
  const { name: stream, readThroughMs, cursor, startedFromMs } = record;
  const readable = openGaps.find(({ fromMs }) => fromMs > at.nowMs - RETENTION_MS);
  const gaps: FindingOf<StreamCodes>[] =
    openGaps.length > 0 ? [{ code: 'open_gaps', stream, gaps: openGaps, readable }] : [];
  if (!hasBegun(record)) return [...gaps, { code: 'not_begun', stream }];
  const readToMs = Math.max(readThroughMs ?? startedFromMs, cursor?.createdAtMs ?? 0);
  const read = { stream, readToMs, at };
  const lagMs = at.nowMs - readToMs;
  if (lagMs > RETENTION_MS) return [...gaps, { code: 'past_retention', ...read }];
  if (lagMs >= WARN_AFTER_MS) return [...gaps, { code: 'near_retention', ...read }];
  const cadenceMs = readCadenceMs(reading.readTimes);
  const isLate =
    cadenceMs !== undefined &&
    lagMs > Math.max(LATE_BY_CADENCES * cadenceMs, NEVER_LATE_MS) &&
    !isHeld(reading, 'read', machineMs);
  if (isLate) return [...gaps, { code: 'late', ...read, cadenceMs }];
  return [...gaps, { code: 'read', streams: [{ stream, readToMs }], at }];
}

export function streamFindings(facts: StreamFacts): readonly Finding[] {
  return told<StreamCodes>(SENTENCES, judgeStreams(facts));
}
