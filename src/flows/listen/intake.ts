/**
 * Takes webhooks in: verifies each, keeps those that arrive together in one transaction, and answers them once
 * that is durable (I10). SQLite is synchronous: while one group is synced, the next one gathers in the sockets.
 */
import type { Report } from '../../domain/activity.ts';
import { CalmCount } from '../../domain/calm-count.ts';
import type { Clock } from '../../domain/clock.ts';
import type { WireEvent } from '../../domain/event.ts';
import { incomingWebhook, type Refusal } from '../../domain/incoming-webhook.ts';
import type { IntakeBatch, IntakeResult, IntakeStore } from '../../domain/intake-store.ts';
import type { SignedClock } from '../../domain/signed-clock.ts';
import type {
  ArrivedWebhook,
  Health,
  TurnedAway,
  WebhookAnswer,
  WebhookHandler,
} from '../../domain/webhook-server.ts';
import { isPassingOfStore } from '../../errors.ts';
import { reach } from '../../fault-points.ts';
import { StoreTrouble } from './store-trouble.ts';
import { ReceivedTally } from './tally.ts';

export interface IntakePorts {
  readonly clock: Clock;
  /** Learns from what arrives. */
  readonly signedClock: SignedClock;
  readonly report: Report;
}

export interface IntakeRules {
  readonly stream: string;
  readonly secrets: readonly string[];
  readonly toleranceMs: number;
  readonly stateOf: IntakeBatch['stateOf'];
  /** There is more to deliver. */
  readonly onPending: () => void;
}

/** Verified, and waiting to be durable. */
interface Waiting {
  readonly event: WireEvent;
  readonly isMalformed: boolean;
  readonly arrivedMs: number;
  readonly answer: (answer: WebhookAnswer) => void;
}

/** A transaction takes so many: some 20 ms. */
const GROUP = 1_000;
const MOST_WAITING = 10_000;
/** A store that is locked is tried again this often, and a webhook waits for it this long: WorkOS waits 5 s. */
const LOCKED_AGAIN_MS = 25;
const LOCKED_PATIENCE_MS = 2_000;
/** Whether a store that failed can be written again is tried this often, also while nothing comes. */
const PROBE_EVERY_MS = 1_000;
const TELL_EVERY_MS = 60_000;

export class WebhookIntake implements WebhookHandler {
  readonly tally = new ReceivedTally();
  readonly #ports: IntakePorts;
  readonly #rules: IntakeRules;
  readonly #refused = new CalmCount<Refusal | TurnedAway>(TELL_EVERY_MS);
  readonly #trouble: StoreTrouble;
  readonly #broken = new AbortController();
  #store: IntakeStore | undefined;
  #waiting: Waiting[] = [];
  #isScheduled = false;
  #isDraining = false;
  #again: NodeJS.Timeout | undefined;
  #probing: NodeJS.Timeout | undefined;

  constructor(ports: IntakePorts, rules: IntakeRules) {
    this.#ports = ports;
    this.#rules = rules;
    this.#trouble = new StoreTrouble(ports.clock, ports.report);
  }

  /** From here on webhooks are kept. */
  open(store: IntakeStore): void {
    this.#store = store;
  }

  drain(): void {
    this.#isDraining = true;
  }

  /** Aborts, with the reason, when nothing can be kept any more. */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  get health(): Health {
    if (this.#trouble.isThere || this.#broken.signal.aborted) return 'store_failing';
    if (this.#isDraining) return 'draining';
    return this.#store ? 'ready' : 'starting';
  }

  take({ body, signature, sender, answer }: ArrivedWebhook): void {
    reach('webhook.body_read');
    const { clock, signedClock } = this.#ports;
    const { secrets, toleranceMs } = this.#rules;
    const incoming = incomingWebhook(body, signature, { secrets, toleranceMs, nowMs: clock.nowMs() });
    if (incoming.kind === 'refused') {
      this.#tell(incoming.reason, sender, incoming.ageMs);
      this.tally.forged += 1;
      answer('forged');
      return;
    }
    reach('webhook.verified');
    const arrivedMs = clock.monotonicMs();
    signedClock.learn(incoming.signedAtMs, arrivedMs);
    if (!this.#store || this.#broken.signal.aborted || this.#waiting.length >= MOST_WAITING) {
      this.#putOff([{ answer }]);
      return;
    }
    const isMalformed = incoming.kind === 'malformed';
    this.#waiting.push({ event: incoming.event, isMalformed, arrivedMs, answer });
    this.#commitSoon();
  }

  turnedAway(why: TurnedAway, sender: string | undefined): void {
    this.tally.turnedAway(why);
    this.#tell(why, sender, undefined);
  }

  /** No timer of it goes on. */
  close(): void {
    clearTimeout(this.#again);
    clearTimeout(this.#probing);
    this.#store = undefined;
  }

  /** With whatever else has arrived by the end of this turn. */
  #commitSoon(): void {
    // It was locked a moment ago, and will be tried again.
    if (this.#isScheduled || this.#again) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#commit();
    });
  }

  /** All that waits: to read more before would only make it wait longer. */
  #commit(): void {
    do {
      if (!this.#commitGroup()) return;
    } while (this.#waiting.length > 0);
  }

  /** False when nothing was kept. */
  #commitGroup(): boolean {
    const { stream, stateOf, onPending } = this.#rules;
    const { clock, signedClock } = this.#ports;
    if (!this.#store || this.#broken.signal.aborted) return false;
    const group = this.#waiting.slice(0, GROUP);
    const events = group.map(({ event }) => event);
    const malformed = new Set(group.flatMap(({ event, isMalformed }) => (isMalformed ? [event.id] : [])));
    try {
      const nowMs = signedClock.nowMs(clock.monotonicMs());
      const result = this.#store.intake({ stream, events, malformed, stateOf, nowMs });
      this.#waiting = this.#waiting.slice(group.length);
      reach('webhook.committed');
      this.#trouble.isOver();
      this.#answerTaken(group);
      this.tally.take(group.length, result);
      this.#tellKept(result, group);
      if (result.pending > 0) onPending();
      return true;
    } catch (error) {
      this.#notKept(error);
      return false;
    }
  }

  #answerTaken(group: readonly Waiting[]): void {
    const half = Math.ceil(group.length / 2);
    for (const [index, { answer }] of group.entries()) {
      answer('taken');
      if (index + 1 === half) reach('webhook.half_answered');
    }
    if (group.length > 0) reach('webhook.answered');
  }

  #tellKept({ conflicts, malformed }: IntakeResult, group: readonly Waiting[]): void {
    const { report } = this.#ports;
    for (const eventId of conflicts) report({ kind: 'conflict', eventId });
    if (malformed > 0) {
      for (const { event, isMalformed } of group) {
        if (isMalformed) report({ kind: 'malformed', eventId: event.id });
      }
    }
    report({ kind: 'webhooks_kept', received: this.tally.received, added: this.tally.added });
  }

  #notKept(error: unknown): void {
    if (!isPassingOfStore(error)) {
      this.#broken.abort(error);
      this.#putOffAll();
      return;
    }
    const { clock } = this.#ports;
    const patienceEndedMs = clock.monotonicMs() - LOCKED_PATIENCE_MS;
    const isOver = ({ arrivedMs }: Waiting) => error.code === 'store_full' || arrivedMs <= patienceEndedMs;
    const over = this.#waiting.filter(isOver);
    this.#waiting = this.#waiting.filter((one) => !isOver(one));
    if (over.length > 0) this.#trouble.begins(error);
    this.#putOff(over);
    if (this.#waiting.length > 0) this.#commitAgain();
    else this.#probe();
  }

  #commitAgain(): void {
    this.#again ??= setTimeout(() => {
      this.#again = undefined;
      this.#commit();
    }, LOCKED_AGAIN_MS);
  }

  #probe(): void {
    this.#probing ??= setTimeout(() => {
      this.#probing = undefined;
      if (this.#trouble.isThere && this.#waiting.length === 0) this.#commit();
    }, PROBE_EVERY_MS);
  }

  #putOffAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#putOff(waiting);
  }

  #putOff(some: readonly Pick<Waiting, 'answer'>[]): void {
    this.tally.putOff += some.length;
    for (const { answer } of some) answer('unavailable');
  }

  #tell(reason: Refusal | TurnedAway, sender: string | undefined, ageMs: number | undefined): void {
    const { clock, report } = this.#ports;
    const count = this.#refused.add(reason, clock.monotonicMs());
    if (count !== undefined) report({ kind: 'webhooks_refused', reason, count, sender, ageMs });
  }
}
