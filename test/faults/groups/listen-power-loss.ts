import { rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { seededRandom } from '../../../src/sandbox/random.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { ListenStage, withListenStage } from '../listen-stage.ts';
import { keptBy } from '../power-cuts.ts';
import { endTraced, needStrace, ONE_WORKER, threadsIn, tracing, tracingUntil } from '../strace.ts';
import type { SentWebhook } from '../webhook-log.ts';
import { afterPowerCut, DELIVERY_LOG, type FileOp, inOrder, type Kept, readWriteLog } from '../write-log.ts';

const WEBHOOKS = 40;
/** Of the writes that nobody synced, a disk may have kept any. */
const DRAWS = 2;

interface Recorded {
  readonly ops: readonly FileOp[];
  /** In the order in which they were answered. */
  readonly answered: readonly SentWebhook[];
}

/** The power goes while webhooks come: each that was answered before is on the disk. */
export const listenPowerLoss: FaultGroup = {
  name: 'listen: power loss',
  open: async (lab) => {
    needStrace();
    const recorded = await onNewStage(lab, record);
    const { ops } = recorded;
    const killed = await onNewStage(lab, (stage) => recordAfterKill(stage, middleSync(ops)));
    const caseOf = (name: string, cut: number, kept: (op: FileOp) => Kept): FaultCase => ({
      name,
      run: async () => await afterCut(lab, recorded, cut, kept),
    });
    const answers = answersIn(ops);
    return [
      ...ops.map((_, index) => caseOf(`cut after ${index + 1}`, index + 1, () => 'none')),
      ...answers.flatMap((place) =>
        Array.from({ length: DRAWS }, (_, draw) => {
          const random = seededRandom(place * DRAWS + draw);
          return caseOf(`cut after answer at ${place}, some kept (${draw})`, place, () => keptBy(random()));
        }),
      ),
      ...answersIn(killed.ops).map((place) => ({
        name: `killed before it synced; cut after answer at ${place}`,
        run: async () => await afterCut(lab, killed, place, () => 'none'),
      })),
    ];
  },
};

async function onNewStage<T>(lab: Lab, work: (stage: ListenStage) => Promise<T>): Promise<T> {
  const stage = await ListenStage.open(lab);
  try {
    return await work(stage);
  } finally {
    await stage.close();
  }
}

/** One after another on one connection, so that the answers tell which webhook each is of. */
async function record(stage: ListenStage): Promise<Recorded> {
  stage.log.make(WEBHOOKS);
  const ops = await recordRun(stage);
  return recordedBy(stage, ops);
}

/** A run is killed when it would sync webhooks; to the next one they are known when they come again. */
async function recordAfterKill(stage: ListenStage, nth: number): Promise<Recorded> {
  stage.log.make(WEBHOOKS);
  const folder = stage.lab.newFolder();
  const running = await stage.start({
    under: tracingUntil(folder, DELIVERY_LOG, 'fsync', nth),
    env: ONE_WORKER,
  });
  if (running.url !== undefined) await stage.log.send(running.url, stage.log.all());
  await running.ended;
  const before = opsIn(stage, folder);
  return recordedBy(stage, [...before, ...(await recordRun(stage))]);
}

async function recordRun(stage: ListenStage): Promise<FileOp[]> {
  const folder = stage.lab.newFolder();
  const running = await stage.start({ under: tracing(folder, DELIVERY_LOG), env: ONE_WORKER });
  if (running.url === undefined) throw new Error(`It did not begin: ${(await running.ended).stderr}`);
  await stage.log.send(running.url, stage.log.unanswered());
  endTraced(running);
  await running.ended;
  return opsIn(stage, folder);
}

function opsIn({ store }: ListenStage, folder: string): FileOp[] {
  const isOfStore = (path: string) => path.startsWith(store) && !path.endsWith('-shm');
  return readWriteLog(inOrder(threadsIn(folder))).filter((op) =>
    op.kind === 'sent' ? op.bytes.includes('HTTP/1.1 200') : isOfStore(op.path),
  );
}

function recordedBy({ log }: ListenStage, ops: readonly FileOp[]): Recorded {
  const seen = answersIn(ops).length;
  if (seen !== WEBHOOKS) throw new Error(`strace saw ${seen} answers, not ${WEBHOOKS}`);
  const answered = [...log.acknowledged].map((id) => ({ id, body: log.sent.get(id) ?? '' }));
  return { ops, answered };
}

/** The places after them. */
function answersIn(ops: readonly FileOp[]): number[] {
  return ops.flatMap(({ kind }, index) => (kind === 'sent' ? [index + 1] : []));
}

function middleSync(ops: readonly FileOp[]): number {
  return Math.ceil(ops.filter(({ kind }) => kind === 'sync').length / 2);
}

async function afterCut(
  lab: Lab,
  { ops, answered }: Recorded,
  cut: number,
  kept: (op: FileOp) => Kept,
): Promise<readonly string[]> {
  const done = ops.slice(0, cut);
  return await withListenStage(lab, {}, async (stage) => {
    for (const [path, content] of afterPowerCut(new Map(), done, kept)) {
      writeFileSync(join(stage.folder, basename(path)), content);
    }
    for (const { id, body } of answered) stage.log.sent.set(id, body);
    const answers = done.filter(({ kind }) => kind === 'sent').length;
    for (const { id } of answered.slice(0, answers)) stage.log.acknowledged.add(id);
    const violations = stage.broken();
    rmSync(stage.folder, { recursive: true });
    return violations;
  });
}
