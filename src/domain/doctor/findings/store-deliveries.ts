import type { ListedDelivery } from '../../delivery-maintenance.ts';
import { count, counted, span } from '../../figures.ts';
import { printable } from '../../printable.ts';
import { shellWord } from '../../shell-word.ts';
import type { WaitingEvent } from '../../store-vitals.ts';
import { type Bare, type Finding, type FindingOf, type Sentences, told } from '../finding.ts';
import { byWhoseClock, isHeld, type JudgedAt, type StreamReading } from '../store-reading.ts';

export interface DeliveryFacts {
  readonly streams: readonly StreamReading[];
  readonly at: JudgedAt;
  /** The machine's clock, by which leases go. */
  readonly machineMs: number;
}

interface DeliveryCodes {
  readonly no_streams: Bare;
  readonly settled: { readonly delivered: number; readonly pending: number };
  readonly dead: {
    readonly stream: string;
    readonly dead: number;
    readonly first: readonly ListedDelivery[];
  };
  readonly stuck: Waiting;
  /** Long, but a run is at it. */
  readonly being_delivered: Waiting;
}

interface Waiting {
  readonly stream: string;
  readonly pending: number;
  readonly waiting: WaitingEvent;
  readonly at: JudgedAt;
}

export const STUCK_AFTER_MS = 3_600_000;
const LONGEST_REASON = 200;

export const SENTENCES = {
  no_streams: () => ({
    status: 'skip',
    detail: 'The store has no stream yet, so nothing is to be delivered.',
  }),
  settled: ({ delivered, pending }) => ({
    status: 'pass',
    detail: `No event is dead or waits for long: ${count(delivered)} delivered, ${count(pending)} pending.`,
  }),
  dead: ({ stream, dead, first }) => ({
    status: 'fail',
    detail: `${counted(dead, 'event')} of stream "${printable(stream)}" ${dead === 1 ? 'is' : 'are'} dead: not delivered, and not tried again. ${first.map(deadOne).join(' ')}`,
    fixes: [
      `See them with their reasons: workos-events deliveries list --state dead --stream ${shellWord(stream)}`,
      `When the cause is mended: workos-events deliveries retry --all --stream ${shellWord(stream)} (with --deliver SPEC to deliver them now); what is not wanted: workos-events deliveries drop ID`,
      'They come after newer events then. Have the receiver compare created_at, and not let an older event of an object undo a newer one.',
      'An attempt that failed may have been worked on all the same, so an event can come twice: have the receiver keep the ids of the events it has processed, and do nothing for one it knows.',
    ],
  }),
  stuck: ({ stream, pending, waiting, at }) => ({
    status: 'fail',
    detail: `${counted(pending, 'event')} of stream "${printable(stream)}" ${pending === 1 ? 'waits' : 'wait'} to be delivered, and no run delivers them now. ${waits(waiting, at)}`,
    fixes: [
      ...(waiting.lastError === null
        ? [
            `No attempt was made: run the command that delivers this stream, workos-events sync --stream ${shellWord(stream)} --deliver SPEC. One with --no-deliver leaves that to another.`,
          ]
        : [
            'Mend what its attempts met, then run the sync that delivers this stream: it goes on where it stopped.',
          ]),
      'An endpoint that runs into the time limit: have it answer 2xx first, once the event is stored, and work later.',
      `See them: workos-events deliveries list --state pending --stream ${shellWord(stream)}`,
    ],
  }),
  being_delivered: ({ stream, pending, waiting, at }) => ({
    status: 'warn',
    detail: `${counted(pending, 'event')} of stream "${printable(stream)}" ${pending === 1 ? 'waits' : 'wait'}, and a run is delivering. ${waits(waiting, at)}`,
    fixes: [
      ...(waiting.lastError === null
        ? ['It has much to deliver: --concurrency and --rate say how fast it goes.']
        : [
            'Its sink refuses or is down: the run goes on by itself once that is mended. An endpoint that runs into the time limit: have it answer 2xx first, and work later.',
          ]),
      `See them: workos-events deliveries list --state pending --stream ${shellWord(stream)}`,
    ],
  }),
} satisfies Sentences<DeliveryCodes>;

function deadOne({ eventId, type, lastError }: ListedDelivery): string {
  return `${printable(type)} ${printable(eventId)}: ${lastError === null ? 'no reason is kept' : reasonOf(lastError)}.`;
}

function waits({ id, type, sinceMs, lastError, sink }: WaitingEvent, at: JudgedAt): string {
  const to = sink === null ? '' : ` to ${printable(sink)}`;
  const last = lastError === null ? '' : `; the last attempt${to}: ${reasonOf(lastError)}`;
  return `The first, ${printable(type)} ${printable(id)}, has waited for ${span(at.nowMs - sinceMs)}${byWhoseClock(at)}${last}.`;
}

function reasonOf(text: string): string {
  const reason = printable(text).replace(/[.;\s]+$/, '');
  return reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON)}…` : reason;
}

export function judgeDeliveries({ streams, at, machineMs }: DeliveryFacts): FindingOf<DeliveryCodes>[] {
  if (streams.length === 0) return [{ code: 'no_streams' }];
  const wrong = streams.flatMap((reading): FindingOf<DeliveryCodes>[] => {
    const { stream, counts, dead: first, longestWaiting: waiting } = reading;
    const { name } = stream;
    const dead = counts.dead > 0 ? [{ code: 'dead', stream: name, dead: counts.dead, first } as const] : [];
    if (!waiting || at.nowMs - waiting.sinceMs <= STUCK_AFTER_MS) return dead;
    const code = isHeld(reading, 'deliver', machineMs) ? 'being_delivered' : 'stuck';
    return [...dead, { code, stream: name, pending: counts.pending, waiting, at }];
  });
  if (wrong.length > 0) return wrong;
  const sum = (state: 'delivered' | 'pending') => streams.reduce((all, { counts }) => all + counts[state], 0);
  return [{ code: 'settled', delivered: sum('delivered'), pending: sum('pending') }];
}

export function deliveryFindings(facts: DeliveryFacts): readonly Finding[] {
  return told<DeliveryCodes>(SENTENCES, judgeDeliveries(facts));
}
