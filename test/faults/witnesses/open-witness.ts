import type { Plan, SinkKind, Witness } from '../witness.ts';
import { ExecWitness } from './exec.ts';
import { HttpWitness } from './http.ts';
import { FileWitness, StdoutWitness } from './lines.ts';

/** `ids`: those that the plan is about. */
export async function openWitness(
  kind: SinkKind,
  folder: string,
  plan: Plan,
  ids: readonly string[],
): Promise<Witness> {
  switch (kind) {
    case 'http':
      return await new HttpWitness(plan).listen();
    case 'exec':
      return new ExecWitness(folder).follow(plan, ids);
    case 'file':
      return new FileWitness(folder);
    case 'stdout':
      return new StdoutWitness();
  }
}
