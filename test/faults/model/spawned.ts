import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Lab } from '../lab.ts';
import type { Running } from '../program.ts';
import { urlOf } from '../serving-url.ts';
import type { ModelEnded, ModelHost, ModelRun, Serving } from './model-run.ts';
import { withoutUnsyncedFrames } from './wal-cut.ts';

const PRELOAD = `
const { now } = Date;
Date.now = () => now() + Number(process.env.CLOCK_OFF_MS);
`;

const PATIENCE_MS = 1_000;
const LOOK_EVERY_MS = 10;

interface Begun {
  readonly running: Running;
  readonly ended: Promise<ModelEnded>;
  /** Interrupts it, once: a second signal would end it at once. */
  readonly tell: () => void;
}

/** Runs the built program as a process of its own: a kill is kill -9, and what sleeps takes its time. */
export class Spawned implements ModelHost {
  /** What waits for a retry is left to the next run. */
  readonly drain = '0';
  private readonly lab: Lab;
  private aheadMs = 0;
  private offMs = 0;

  constructor(lab: Lab) {
    this.lab = lab;
  }

  nowMs(): number {
    return Date.now() + this.aheadMs;
  }

  wait(ms: number): void {
    this.aheadMs += ms;
  }

  setClock(offMs: number): void {
    this.offMs = offMs;
  }

  close(): void {}

  async run(run: ModelRun): Promise<ModelEnded> {
    return await this.begin(run).ended;
  }

  async serve(run: ModelRun, work: (serving: Serving) => Promise<void>): Promise<ModelEnded> {
    const { running, ended, tell } = this.begin(run);
    let isOver = false;
    void running.ended.finally(() => {
      isOver = true;
    });
    const isGone = () => isOver;
    const url = await urlOf(running.printed, isGone);
    await work({ url, isGone, pass: async (isDone) => await passed(isDone, isGone) });
    tell();
    return await ended;
  }

  private begin({ args, cwd, env, store, broken }: ModelRun): Begun {
    const preload = join(cwd, 'clock.cjs');
    writeFileSync(preload, PRELOAD);
    const action = broken?.how === 'interrupt' ? 'stop' : 'kill';
    const before = logOf(store);
    const running = this.lab.start(args, {
      apiUrl: String(env.WORKOS_API_URL),
      cwd,
      env: {
        ...env,
        NODE_OPTIONS: `--require ${preload}`,
        CLOCK_OFF_MS: String(this.aheadMs + this.offMs),
        ...(broken && { WORKOS_EVENTS_FAULT: `${broken.point}@${broken.nth}:${action}` }),
      },
    });
    let isTold = false;
    const tell = () => {
      if (!isTold) running.signal('SIGTERM');
      isTold = true;
    };
    const end = async (): Promise<ModelEnded> => {
      const interrupted = broken?.how === 'interrupt' && (await running.stopped());
      if (interrupted) {
        tell();
        running.signal('SIGCONT');
      }
      const { code, signal, stdout, stderr, hung } = await running.ended;
      if (hung) throw new Error(`It hung: ${args.join(' ')} ${stderr}`);
      const killed = signal === 'SIGKILL';
      if (killed && broken?.how === 'power') {
        const left = withoutUnsyncedFrames(before, logOf(store), args).get('-wal');
        if (left) writeFileSync(`${store}-wal`, left);
      }
      return { code: killed ? undefined : (code ?? undefined), broke: killed || interrupted, stdout, stderr };
    };
    return { running, ended: end(), tell };
  }
}

async function passed(isDone: () => boolean, isGone: () => boolean): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (!isGone() && !isDone() && performance.now() < untilMs) await pause(LOOK_EVERY_MS);
}

function logOf(store: string): ReadonlyMap<string, Buffer> {
  const log = `${store}-wal`;
  return new Map(existsSync(log) ? [['-wal', readFileSync(log)]] : []);
}
