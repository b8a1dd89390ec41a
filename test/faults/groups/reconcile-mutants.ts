import type { FaultGroup } from '../fault-case.ts';
import { caught, type Mutant } from '../mutant.ts';
import { MARK_FIRST } from './delivery-mutants.ts';
import { reconcilePowerLoss } from './reconcile-power-loss.ts';
import { reconcileSyscalls } from './reconcile-syscalls.ts';

const BATCH = "const batch = { events, origin: 'reconcile', stateOf, late: false, nowMs };";
const SYNC = 'await this.#handle.datasync();';

export const RECONCILE_MUTANTS: readonly Mutant[] = [
  {
    name: 'reconcile takes the cursor along',
    file: 'store/recovery.js',
    text: BATCH,
    replacement: BATCH.replace('nowMs', 'nowMs, cursor: events.at(-1)'),
    group: reconcileSyscalls,
    cases: /^kill at fdatasync of the sink \d+$/,
    says: /moved the cursor/,
  },
  {
    name: 'reconcile marks what the file has not acknowledged',
    file: 'flows/deliver/deliverer.js',
    text: "reach('sink.before');",
    replacement: MARK_FIRST,
    group: reconcileSyscalls,
    cases: /^kill at write of the sink \d+$/,
    says: /the sink does not have it/,
  },
  {
    name: 'an error of the file is passed over',
    file: 'sinks/append-file.js',
    text: SYNC,
    replacement: `${SYNC.replace(';', '')}.catch(() => {});`,
    group: reconcileSyscalls,
    cases: /^EIO of fdatasync of the sink \d+\+$/,
    says: /ended with 0, not 1/,
  },
  {
    name: 'what was processed is delivered again',
    file: 'domain/reconcile-plan.js',
    text: "const isWanted = verdict === 'missing' || replay || (includeStored && known.state === 'stored');",
    replacement: 'const isWanted = true;',
    group: reconcileSyscalls,
    cases: /^kill at fdatasync of the sink \d+$/,
    says: /handed over unasked/,
  },
  {
    name: 'reconcile does not sync what it records',
    file: 'commands/reconcile.js',
    text: "return 'durable';",
    replacement: "return 'write';",
    group: reconcilePowerLoss,
    cases: /^cut after \d+$/,
    opens: true,
    says: /not on record/,
  },
  {
    name: 'reconcile believes a file that is not on the disk',
    file: 'sinks/append-file.js',
    text: SYNC,
    replacement: '',
    group: reconcilePowerLoss,
    cases: /^cut after \d+$/,
    opens: true,
    says: /the sink does not have it/,
  },
  {
    name: 'reconcile leaves a torn line',
    file: 'sinks/append-file.js',
    text: 'await file.#mend(clock);',
    replacement: '',
    group: reconcilePowerLoss,
    cases: /^line torn/,
    says: /is no event/,
  },
];

/** The suite itself is at fault when it does not notice one of these. */
export const reconcileMutants: FaultGroup = {
  name: 'reconcile: mutants',
  open: async (lab) => RECONCILE_MUTANTS.map((mutant) => caught(lab, mutant)),
};
