import type { FaultGroup } from '../fault-case.ts';
import { caught, type Mutant } from '../mutant.ts';
import { deliveryInterrupts } from './delivery-interrupts.ts';
import { killsOver } from './delivery-kills.ts';
import { deliveryOutages } from './delivery-outages.ts';
import { deliveryPowerLoss } from './delivery-power-loss.ts';
import { deliveryTakeover } from './delivery-takeover.ts';
import { deliveryTogether } from './delivery-together.ts';

export const MARK_FIRST = `const settlement = { kind: 'delivered', eventId, sink: sink.name, attempts: 1, object: undefined };
  this.#ports.store.record(this.#ports.lease, [settlement], { newest: 0, acknowledged: new Map() }, 0);
  reach('sink.before');`;
const RECORD = 'store.record(lease, settlements, this.#options.marks(), nowMs());';
/** Once many have come together, or nothing else is to be begun. */
const RECORD_LATE = `this.late = [...(this.late ?? []), ...settled.flatMap(settlementsOf)];
  if (this.late.length >= 64 || (this.#schedule.busy <= settled.length && !this.#schedule.hasReady)) {
    store.record(lease, this.late, this.#options.marks(), nowMs());
    this.late = [];
  }`;
const CHARGED = `this.record.add({ flight, verdict: this.#judge(flight, { kind: 'failed', reason: 'interrupted' }) });
  this.record.flush();`;

export const DELIVERY_MUTANTS: readonly Mutant[] = [
  {
    name: 'delivered marked before the acknowledgement',
    file: 'flows/deliver/deliverer.js',
    text: "reach('sink.before');",
    replacement: MARK_FIRST,
    group: killsOver('http'),
    cases: /^http, 4 in flight: sink\.during@/,
    says: /the sink does not have it/,
  },
  {
    name: 'recorded late',
    file: 'flows/deliver/group-record.js',
    text: RECORD,
    replacement: RECORD_LATE,
    group: killsOver('http'),
    cases: /^http, 4 in flight: sink\.after@/,
    says: /deliveries repeated after/,
  },
  {
    name: 'more in flight than --concurrency',
    file: 'domain/delivery-schedule.js',
    text: 'if (this.#lanes.busy >= this.#policy.concurrency)',
    replacement: 'if (this.#lanes.busy >= 8 * this.#policy.concurrency)',
    group: killsOver('http'),
    cases: /^http, 4 in flight: sink\.after@/,
    says: /deliveries repeated after/,
  },
  {
    name: 'the order of a lane lost',
    file: 'store/deliveries.js',
    text: 'ORDER BY entry.order_at, entry.seq LIMIT',
    replacement: 'ORDER BY entry.order_at DESC, entry.seq DESC LIMIT',
    group: killsOver('http'),
    cases: /^http, 4 in flight: sink\.after@/,
    says: /was settled/,
  },
  {
    name: 'two of a lane at once',
    file: 'store/entries.js',
    text: 'const lane = toStored(event.lane);',
    replacement: 'const lane = id;',
    group: killsOver('http'),
    cases: /^http, 4 in flight: sink\.after@/,
    says: /was under way|was settled/,
  },
  {
    name: 'no fence on what is recorded',
    file: 'store/leases.js',
    text: 'assertHeld(lease) {',
    replacement: "assertHeld(lease) {\nif (lease.role === 'deliver') return;",
    group: deliveryTakeover,
    cases: /the sink is down for the other$/,
    says: /wrote to the store/,
  },
  {
    name: 'exit 0 with dead deliveries',
    file: 'domain/sync-result.js',
    text: ' && result.dead === 0',
    replacement: '',
    group: deliveryOutages,
    cases: /poisonous/,
    says: /ended with 0/,
  },
  {
    name: 'dead although the sink is down',
    file: 'domain/delivery-verdict.js',
    text: "return othersPass ? { kind: 'dead', reason } : sinkDown(failed, reason, now);",
    replacement: "return { kind: 'dead', reason };",
    group: deliveryOutages,
    cases: /one organization/,
    says: /is dead/,
  },
  {
    name: 'an interrupt charges an attempt',
    file: 'flows/deliver/deliverer.js',
    text: 'this.#schedule.abandoned(flight.task);',
    replacement: CHARGED,
    group: deliveryInterrupts,
    cases: /^http: SIGINT while/,
    says: /an attempt was charged/,
  },
  {
    name: 'what was dropped is delivered',
    file: 'store/deliveries.js',
    text: " AND entry.state = 'pending'`);",
    replacement: '`);',
    group: deliveryTogether,
    cases: /drop of what waits/,
    says: /although it was dropped/,
  },
  {
    name: 'records are not synced',
    file: 'commands/sync.js',
    text: "return deliver ? 'durable' : 'write';",
    replacement: "return 'write';",
    group: deliveryPowerLoss,
    cases: /^http: cut after/,
    opens: true,
    says: /not on record/,
  },
  {
    name: 'a file acknowledges what is not on the disk',
    file: 'sinks/append-file.js',
    text: 'await this.#handle.datasync();',
    replacement: '',
    group: deliveryPowerLoss,
    cases: /^file: cut after/,
    opens: true,
    says: /the sink does not have it/,
  },
  {
    name: 'a torn line stays',
    file: 'sinks/append-file.js',
    text: 'await file.#mend(clock);',
    replacement: '',
    group: deliveryPowerLoss,
    cases: /^file: line torn/,
    says: /is no event/,
  },
];

/** The suite itself is at fault when it does not notice one of these. */
export const deliveryMutants: FaultGroup = {
  name: 'delivery: mutants',
  open: async (lab) => DELIVERY_MUTANTS.map((mutant) => caught(lab, mutant)),
};
