import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { seededRandom } from '../../../src/sandbox/random.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { ListenStage, type UnderWay, withListenStage } from '../listen-stage.ts';
import { keptBy } from '../power-cuts.ts';
import { needStrace, ONE_WORKER } from '../strace.ts';
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
    const recorded = await record(lab);
    const { ops } = recorded;
    const caseOf = (name: string, cut: number, kept: (op: FileOp) => Kept): FaultCase => ({
      name,
      run: async () => await afterCut(lab, recorded, cut, kept),
    });
    const answers = ops.flatMap((op, index) => (op.kind === 'sent' ? [index + 1] : []));
    return [
      ...ops.map((_, index) => caseOf(`cut after ${index + 1}`, index + 1, () => 'none')),
      ...answers.flatMap((place) =>
        Array.from({ length: DRAWS }, (_, draw) => {
          const random = seededRandom(place * DRAWS + draw);
          return caseOf(`cut after answer at ${place}, some kept (${draw})`, place, () => keptBy(random()));
        }),
      ),
    ];
  },
};

/** One after another on one connection, so that the answers tell which webhook each is of. */
async function record(lab: Lab): Promise<Recorded> {
  const stage = await ListenStage.open(lab);
  try {
    const prefix = join(stage.folder, 'strace');
    const under = ['strace', '-ff', '--seccomp-bpf', ...DELIVERY_LOG, '-o', prefix];
    const running = await stage.start({ under, env: ONE_WORKER });
    if (running.url === undefined) throw new Error(`It did not begin: ${(await running.ended).stderr}`);
    const answered = stage.log.make(WEBHOOKS);
    await stage.log.send(running.url, answered);
    endTraced(running);
    await running.ended;
    const names = readdirSync(stage.folder).filter((name) => name.startsWith('strace.'));
    const threads = names.map((name) => readFileSync(join(stage.folder, name), 'latin1').split('\n'));
    const isOfStore = (path: string) => path.startsWith(stage.store) && !path.endsWith('-shm');
    const ops = readWriteLog(inOrder(threads)).filter((op) =>
      op.kind === 'sent' ? op.bytes.includes('HTTP/1.1 200') : isOfStore(op.path),
    );
    const seen = ops.filter(({ kind }) => kind === 'sent').length;
    if (seen !== WEBHOOKS) throw new Error(`strace saw ${seen} answers, not ${WEBHOOKS}`);
    return { ops, answered };
  } finally {
    await stage.close();
  }
}

/** strace is the child; what it traces, and what is told to end, is its own. */
function endTraced({ pid }: UnderWay): void {
  const [traced] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  process.kill(Number(traced), 'SIGTERM');
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
