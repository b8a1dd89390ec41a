/** A command sink for a script of its own. */
import { realpathSync } from 'node:fs';
import { expect } from 'vitest';
import type { Attempt, Outcome } from '../../src/domain/delivery.ts';
import { ExecSink } from '../../src/sinks/exec.ts';
import { abort, afterwards, attempt, type Needed, needs, script, temporaryFolder } from './rig.ts';

interface Made {
  readonly folder: string;
  readonly needed: Needed;
  readonly sink: ExecSink;
  readonly give: (more?: Partial<Attempt>, signal?: AbortSignal) => Promise<Outcome>;
  /** What the command wrote. */
  readonly told: () => string;
}

/** A sink for a shell script of these lines, which runs in its folder. */
export function made(lines: string, more: Partial<Needed> = {}, args: readonly string[] = []): Made {
  const folder = realpathSync(temporaryFolder());
  script(folder, 'on-event.sh', lines);
  const needed = needs({ cwd: folder, ...more });
  const sink = new ExecSink('exec:./on-event.sh', ['./on-event.sh', ...args], needed);
  afterwards(() => sink.close());
  return {
    folder,
    needed,
    sink,
    give: (changes, signal = abort().signal) => sink.deliver(attempt(changes), signal),
    told: () => needed.stderr.text,
  };
}

/** Of what the script wrote, as `pid 123`. */
export function pidsIn(text: string, count: number): number[] {
  const pids = [...text.matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid));
  expect(pids).toHaveLength(count);
  return pids;
}
