import { rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { powerCutsIn } from '../power-cuts.ts';
import { type Outage, outageIn, ReconcileStage } from '../reconcile-stage.ts';
import { needStrace, threadsOf } from '../strace.ts';
import { afterPowerCut, DELIVERY_LOG, type FileOp, filesOf, inOrder, readWriteLog } from '../write-log.ts';

type Files = ReadonlyMap<string, Buffer>;

/** The power goes while `reconcile` brings events back: what counts as delivered is in the file on the disk. */
export const reconcilePowerLoss: FaultGroup = {
  name: 'reconcile: power loss',
  open: async (lab) => {
    needStrace();
    const outage = await outageIn(lab);
    const { before, ops } = await record(lab, outage);
    return powerCutsIn(ops).map(({ name, done, kept, resumes }) => ({
      name,
      run: async () => {
        const stage = stageWith(lab, outage, afterPowerCut(new Map(before), ops.slice(0, done), kept));
        const violations = stage.afterBreak();
        return resumes ? [...violations, ...(await stage.toRest())] : violations;
      },
    }));
  },
};

async function record(lab: Lab, outage: Outage): Promise<{ before: Files; ops: readonly FileOp[] }> {
  const stage = new ReconcileStage(lab, outage);
  const before = filesOf([stage.store]);
  const threads = await threadsOf(stage, DELIVERY_LOG);
  const isOurs = ({ path }: FileOp) =>
    path === stage.witness.path || (path.startsWith(stage.store) && !path.endsWith('-shm'));
  return { before, ops: readWriteLog(inOrder(threads)).filter(isOurs) };
}

function stageWith(lab: Lab, outage: Outage, files: Files): ReconcileStage {
  const stage = new ReconcileStage(lab, outage);
  rmSync(stage.store);
  for (const [path, content] of files) writeFileSync(join(stage.folder, basename(path)), content);
  stage.breaks += 1;
  return stage;
}
