import { rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { entriesOf } from '../delivery-oracle.ts';
import { type DeliveryScenario, deliveryWorld, scenarioOf } from '../delivery-scenarios.ts';
import { DeliveryStage } from '../delivery-stage.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { type PowerCut, powerCutsIn } from '../power-cuts.ts';
import { needStrace, threadsOf } from '../strace.ts';
import { type Handed, type SinkKind, TAKE_ALL, type Witness } from '../witness.ts';
import { HttpWitness } from '../witnesses/http.ts';
import { afterPowerCut, DELIVERY_LOG, type FileOp, filesOf, inOrder, readWriteLog } from '../write-log.ts';

type Files = ReadonlyMap<string, Buffer>;

interface Recorded {
  readonly ops: readonly FileOp[];
  /** What the sink was handed in the whole run. */
  readonly handed: readonly Handed[];
  readonly before: Files;
}

const KEY = /idempotency-key: (?<id>\S+)/i;

/**
 * The power goes in the middle of deliveries. What was recorded is on the disk, so that no more is repeated
 * than was in flight; what a file acknowledged is on the disk too.
 */
export const deliveryPowerLoss: FaultGroup = {
  name: 'delivery: power loss',
  open: async (lab) => {
    needStrace();
    return [...(await cutsOf(lab, 'http')), ...(await cutsOf(lab, 'file'))];
  },
};

async function cutsOf(lab: Lab, kind: SinkKind): Promise<FaultCase[]> {
  const world = await deliveryWorld(lab, { pending: 4, arriving: 12, lanes: 4 });
  const plain = { plan: TAKE_ALL, failures: new Map(), refused: new Set<string>() };
  const scenario: DeliveryScenario = { ...scenarioOf(world, kind, 2), ...plain };
  const recorded = await record(lab, scenario);
  return powerCutsIn(recorded.ops).map((cut) => ({
    name: `${kind}: ${cut.name}`,
    run: async () => await afterCut(lab, scenario, recorded, cut),
  }));
}

async function record(lab: Lab, scenario: DeliveryScenario): Promise<Recorded> {
  const stage = await DeliveryStage.open(lab, scenario);
  try {
    const before = filesOf([stage.store]);
    const threads = await threadsOf(stage, DELIVERY_LOG);
    const kept = (path: string) =>
      !path.endsWith('-shm') && (path.startsWith(stage.store) || path.endsWith('.ndjson'));
    const ops = readWriteLog(inOrder(threads)).filter((op) => op.kind === 'sent' || kept(op.path));
    return { ops, handed: stage.witness.handed(), before };
  } finally {
    await stage.close();
  }
}

async function afterCut(
  lab: Lab,
  scenario: DeliveryScenario,
  { ops, handed, before }: Recorded,
  cut: PowerCut,
): Promise<readonly string[]> {
  const done = ops.slice(0, cut.done);
  const stage = await DeliveryStage.open(lab, scenario, await witnessAt(scenario.kind, done, handed));
  try {
    rmSync(stage.store);
    for (const [path, content] of afterPowerCut(new Map(before), done, cut.kept)) {
      writeFileSync(join(stage.folder, basename(path)), content);
    }
    stage.breaks += 1;
    const violations = [...stage.afterBreak(), ...unrecorded(stage)];
    return cut.resumes ? [...violations, ...(await stage.toRest())] : violations;
  } finally {
    await stage.close();
  }
}

/** A sink of its own has everything that was sent before the cut; a file, what is in it. */
async function witnessAt(
  kind: SinkKind,
  done: readonly FileOp[],
  handed: readonly Handed[],
): Promise<Witness | undefined> {
  if (kind !== 'http') return undefined;
  const sent = new Set(
    done.flatMap((op) => (op.kind === 'sent' ? [KEY.exec(op.bytes.toString())?.groups?.id] : [])),
  );
  return await new HttpWitness().recall(handed.filter(({ id }) => sent.has(id))).listen();
}

/** What was begun and is not on record is what was in flight. */
function unrecorded({ store, witness, scenario }: DeliveryStage): string[] {
  const recorded = new Set(entriesOf(store).flatMap(({ id, state }) => (state === 'delivered' ? [id] : [])));
  const begun = new Set(witness.handed().map(({ id }) => id));
  const lost = [...begun].filter((id) => !recorded.has(id));
  return lost.length > scenario.inFlight ? [`not on record: ${lost.length} deliveries`] : [];
}
