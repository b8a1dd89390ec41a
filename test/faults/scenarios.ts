import type { FaultPoint } from '../../src/fault-points.ts';
import type { Lab } from './lab.ts';
import { countsOf, type Scenario, Stage } from './stage.ts';

const MINUTE_MS = 60_000;

export interface Traced extends Scenario {
  /** How often a clean run reaches each point. */
  readonly counts: ReadonlyMap<FaultPoint, number>;
}

/** One reader at a time: the same requests and commits in every run. */
const STEADY = ['--parallel', '1'];

/** Nothing was read before. */
export async function firstSync(lab: Lab, count = 250): Promise<Traced> {
  const sandbox = await lab.sandbox({ count });
  return await traced(lab, { name: 'first sync', sandbox, args: STEADY });
}

/** More than a page. */
export const HAPPENED_SINCE = 130;

/** A store that knows a history, since when events have happened, and some became visible late. */
export async function laterSync(lab: Lab, more: readonly string[] = []): Promise<Traced> {
  const sandbox = await lab.sandbox({ days: 40 });
  sandbox.happen(20);
  const first = new Stage(lab, { name: 'template', sandbox, args: STEADY });
  const violations = await first.toRest();
  if (violations.length > 0) throw new Error(violations.join('\n'));
  const late = new Set(addLate(sandbox, 7));
  sandbox.happen(HAPPENED_SINCE);
  const pruned = more.includes('--keep-payloads');
  return await traced(lab, {
    name: pruned ? 'later sync that prunes' : 'later sync',
    sandbox,
    args: [...STEADY, ...more],
    template: first.store,
    expected: { payloads: pruned ? 'pruned' : 'kept', late },
  });
}

/** Events of some minutes ago that only now can be seen: before the cursor, inside the overlap. */
export function addLate(sandbox: Scenario['sandbox'], count: number): string[] {
  return Array.from({ length: count }, (_, made) => {
    const atMs = Date.now() - (2 + made / 2) * MINUTE_MS;
    const id = `event_LATE${made}${atMs}`;
    const createdAt = new Date(atMs).toISOString();
    const text = `{"object":"event","id":"${id}","event":"user.updated","data":{"id":"user_1"},"created_at":"${createdAt}"}`;
    sandbox.add({ id, type: 'user.updated', atMs, text });
    return id;
  });
}

async function traced(lab: Lab, scenario: Scenario): Promise<Traced> {
  return { ...scenario, counts: countsOf(await new Stage(lab, scenario).trace()) };
}
