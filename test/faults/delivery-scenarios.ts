import { CATALOGUE } from '../../src/domain/catalogue.ts';
import type { FaultPoint } from '../../src/fault-points.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { DeliveryStage } from './delivery-stage.ts';
import type { Lab } from './lab.ts';
import { countsOf } from './stage.ts';
import { type Plan, type SinkKind, TAKE_ALL } from './witness.ts';

/** Events that wait for a sink, and how it answers them. */
export interface DeliveryScenario {
  readonly name: string;
  readonly kind: SinkKind;
  readonly sandbox: Sandbox;
  /** The store that a case starts from; absent: none yet. */
  readonly template?: string | undefined;
  /** `--concurrency`. */
  readonly inFlight: number;
  readonly args: readonly string[];
  readonly plan: Plan;
  /** How often an event fails by this plan. */
  readonly failures: ReadonlyMap<string, number>;
  /** Those that are never taken. */
  readonly refused: ReadonlySet<string>;
  /** Only these types are delivered: `dsync.*`. */
  readonly pattern?: string;
}

export interface TracedDelivery extends DeliveryScenario {
  /** How often a clean run reaches each point. */
  readonly counts: ReadonlyMap<FaultPoint, number>;
}

export interface World {
  readonly sandbox: Sandbox;
  readonly template: string;
  /** Ids of the events that arrive with the next run, in server order. */
  readonly arriving: readonly string[];
}

interface Size {
  readonly pending?: number;
  readonly arriving?: number;
  readonly lanes?: number;
}

/** Some events are pending in the store, and others, close together in a few lanes, have happened since. */
export async function deliveryWorld(
  lab: Lab,
  { pending = 12, arriving = 28, lanes = 5 }: Size = {},
): Promise<World> {
  const sandbox = await lab.sandbox({ count: pending });
  const folder = lab.newFolder();
  const template = `${folder}/events.db`;
  const args = ['sync', '--from', '85d', '--no-deliver', '--json', '--store', template];
  const { code, stdout } = await lab.run(args, { cwd: folder, apiUrl: sandbox.url });
  if (code !== 0) throw new Error(`The run that fills the queue ended with ${code}: ${stdout}`);
  return { sandbox, template, arriving: arrive(sandbox, arriving, (n) => `org_LANE${n % lanes}`) };
}

/** Things that happen now, or from some time on, each in its organization. */
export function arrive(
  sandbox: Sandbox,
  count: number,
  organizationOf: (n: number) => string,
  fromMs = Date.now() - count,
): string[] {
  return Array.from({ length: count }, (_, n) => {
    const organizationId = organizationOf(n);
    // Two of them at the same time: only the list tells which came first.
    const atMs = fromMs + n - (n % 2);
    const id = `event_${String(n).padStart(4, '0')}X${fromMs}`;
    const data = `{"id":"directory_user_${organizationId}${n % 2}","organization_id":"${organizationId}","name":"Zo\\u00eb é 😀","rate":1.0}`;
    const text = `{"object":"event","id":"${id}","event":"dsync.user.updated","data":${data},"created_at":"${new Date(atMs).toISOString()}"}`;
    sandbox.add({ id, type: 'dsync.user.updated', atMs, text, organizationId });
    return id;
  });
}

/** A sink that can say no does: two events fail once, and two are refused. */
export function scenarioOf(
  { sandbox, template, arriving }: World,
  kind: SinkKind,
  inFlight = 4,
): DeliveryScenario {
  const common = { name: `${kind}, ${inFlight} in flight`, kind, sandbox, template, inFlight, args: [] };
  if (kind === 'file' || kind === 'stdout') {
    return { ...common, plan: TAKE_ALL, failures: new Map(), refused: new Set() };
  }
  const [failing, second] = inFlight === 1 ? [arriving[7]] : [arriving[7], arriving[18]];
  const refused = new Set([arriving[3] ?? '', arriving[20] ?? '']);
  const failures = new Map([failing ?? '', second ?? '', ...refused].map((id) => [id, 1]));
  const plan: Plan = (id, nth) =>
    refused.has(id) ? 'refuse' : nth <= (failures.get(id) ?? 0) ? 'fail' : 'take';
  return { ...common, plan, failures, refused };
}

export async function traced(lab: Lab, scenario: DeliveryScenario): Promise<TracedDelivery> {
  const stage = await DeliveryStage.open(lab, scenario);
  try {
    return { ...scenario, counts: countsOf(await stage.trace()) };
  } finally {
    await stage.close();
  }
}

export function listedIn({ sandbox }: Pick<DeliveryScenario, 'sandbox'>) {
  return sandbox.listed(CATALOGUE);
}
