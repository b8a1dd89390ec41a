import { join } from 'node:path';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { builtHunt, hunt, plantedTree } from '../model/hunts.ts';

/** A defect in the source, which random schedules have to meet. */
interface SourceMutant {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly replacement: string;
  readonly says: RegExp;
}

const MOST = 100;

const COMMIT = 'this.#fenced(batch.lease, () => this.#entries.commit(batch.lease.stream, batch))';
const COMMITS_APART = `(this.#fenced(batch.lease, () => this.#entries.commit(batch.lease.stream, { ...batch, events: [] })),
    this.#fenced(batch.lease, () => this.#entries.commit(batch.lease.stream, { ...batch, cursor: undefined })))`;
const MARK_FIRST = `const early = { kind: 'delivered', eventId, sink: sink.name, attempts: 1, object: undefined } as const;
      this.#ports.store.record(this.#ports.lease, [early], { newest: 0, acknowledged: new Map() }, 0);
      reach('sink.before');`;
const RECOVERED = "const batch = { events, origin: 'reconcile', stateOf, late: false, nowMs } as const;";
const MOVES = `const newest = events.at(-1);
    const cursor = newest && { id: newest.id, createdAtMs: newest.createdAtMs };
    const batch = { events, origin: 'reconcile', stateOf, late: false, nowMs, cursor } as const;`;

export const SCHEDULE_MUTANTS: readonly SourceMutant[] = [
  {
    name: 'the cursor before the events',
    file: 'src/store/sqlite-store.ts',
    text: COMMIT,
    replacement: COMMITS_APART,
    says: /the cursor passed|lost/,
  },
  {
    name: 'delivered marked before the acknowledgement',
    file: 'src/flows/deliver/deliverer.ts',
    text: "reach('sink.before');",
    replacement: MARK_FIRST,
    says: /the sink does not have it/,
  },
  {
    name: 'reconcile moves the cursor',
    file: 'src/store/recovery.ts',
    text: RECOVERED,
    replacement: MOVES,
    says: /cursor|lost/,
  },
  {
    name: 'what became visible late is not read',
    file: 'src/flows/sync/sync.ts',
    text: 'const overlapDue = ',
    replacement: 'const overlapDue = false && ',
    says: /became visible late/,
  },
  {
    name: 'exit 0 with dead deliveries',
    file: 'src/domain/sync-result.ts',
    text: ' && result.dead === 0',
    replacement: '',
    says: /ended with 0/,
  },
  {
    name: 'what is pending loses its content',
    file: 'src/store/retention.ts',
    text: "entry.state IN ('pending', 'dead') OR entry.settled_at IS NULL OR entry.settled_at > @settledBy",
    replacement: 'entry.settled_at > @settledBy',
    says: /without its content/,
  },
  {
    name: 'the order of a lane lost',
    file: 'src/store/deliveries.ts',
    text: 'ORDER BY entry.order_at, entry.seq LIMIT',
    replacement: 'ORDER BY entry.order_at DESC, entry.seq DESC LIMIT',
    says: /was settled/,
  },
  {
    name: 'a webhook moves the cursor',
    file: 'src/store/intake.ts',
    text: 'late: false,',
    replacement: 'late: false, cursor: events.at(-1),',
    says: /a webhook moved the cursor/,
  },
  {
    name: 'of webhooks that arrive together one is kept',
    file: 'src/flows/listen/intake.ts',
    text: 'const events = group.map(({ event }) => event);',
    replacement: 'const events = group.slice(0, 1).map(({ event }) => event);',
    says: /it was there, and is gone/,
  },
  {
    name: 'a lost cursor goes on from now',
    file: 'src/domain/resume.ts',
    text: 'const fromMs = Math.max(edgeMs, readTo - Math.max(overlapMs, SETTLED_MS), stream.startedFromMs);',
    replacement:
      'const fromMs = cursorLost ? nowMs : Math.max(edgeMs, readTo - Math.max(overlapMs, SETTLED_MS), stream.startedFromMs);',
    says: /lost|passed|never read/,
  },
];

/** How many schedules it takes is told on stderr, so that a weaker generator is seen. */
export const scheduleMutants: FaultGroup = {
  name: 'schedules: mutants',
  open: async (lab) => SCHEDULE_MUTANTS.map((mutant) => met(lab, mutant)),
};

function met(lab: Lab, { name, file, text, replacement, says }: SourceMutant): FaultCase {
  return {
    name,
    run: async () => {
      const folder = lab.newFolder();
      const tree = plantedTree(join(folder, 'tree'), file, text, replacement);
      const program = await builtHunt(tree, join(folder, 'built'));
      const { schedules, violations } = await hunt(program, '--most', String(MOST), '--shrink-ms', '0');
      if (violations.some((violation) => says.test(violation))) {
        console.error(`  schedules: "${name}" was met after ${schedules}`);
        return [];
      }
      return [`none of ${schedules} schedules met it: ${violations}`];
    },
  };
}
