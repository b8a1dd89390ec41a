import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../../src/clock.ts';
import { armFaultPoints } from '../../../src/fault-points.ts';
import { Interrupted } from '../../../src/io.ts';
import { run } from '../../../src/program.ts';
import { fakeIo } from '../../support/fake-io.ts';
import type { ModelEnded, ModelHost, ModelRun } from './model-run.ts';
import { withoutUnsyncedFrames } from './wal-cut.ts';

/** Above what Linux gives out, so that no such process exists. */
const FIRST_PID = 5_000_000;
/** The leases' heartbeat, which nobody waits for. */
const HEARTBEAT_MS = 10_000;

/** What a kill leaves of a store: the files as they were at that moment. */
type Image = ReadonlyMap<string, Buffer>;

/**
 * Runs the program in this process. A kill takes an image of the store's files at that very moment, lets
 * nothing begin any more, and puts the image back: what is on the disk then is what kill -9 leaves. Who
 * sleeps moves the clock instead. It changes the clock and the fault points of the whole process: one host
 * at a time, from `open` to `close`.
 */
export class InProcess implements ModelHost {
  readonly drain = '20s';
  private aheadMs = 0;
  private offMs = 0;
  private runs = 0;
  private readonly alive = new Set<number>();
  private readonly real = { now: Date.now, ...systemClock };

  private constructor() {
    const { now, monotonicMs, sleep } = this.real;
    Date.now = () => now() + this.aheadMs + this.offMs;
    Object.assign(systemClock, {
      monotonicMs: () => monotonicMs() + this.aheadMs,
      sleep: async (ms: number, signal: AbortSignal) => {
        if (ms === HEARTBEAT_MS) return await sleep(ms, signal);
        await pause(1);
        signal.throwIfAborted();
        this.aheadMs += Math.ceil(ms);
      },
    });
  }

  static open(): InProcess {
    return new InProcess();
  }

  nowMs(): number {
    return this.real.now() + this.aheadMs;
  }

  wait(ms: number): void {
    this.aheadMs += ms;
  }

  setClock(offMs: number): void {
    this.offMs = offMs;
  }

  close(): void {
    Date.now = this.real.now;
    const { monotonicMs, sleep } = this.real;
    Object.assign(systemClock, { monotonicMs, sleep });
    armFaultPoints(() => {});
  }

  async run({ args, cwd, env, store, broken }: ModelRun): Promise<ModelEnded> {
    const { io, texts, stop } = fakeIo({ cwd, env });
    const pid = FIRST_PID + this.runs++;
    this.alive.add(pid);
    const before = imageOf(store);
    let image: Image | undefined;
    let broke = false;
    let reached = 0;
    if (broken) {
      const killed = new Error('killed');
      armFaultPoints((point) => {
        if (!image && (point !== broken.point || ++reached !== broken.nth)) return;
        if (broken.how === 'interrupt') stop(new Interrupted('SIGTERM'));
        else {
          image ??= imageOf(store);
          stop(killed);
        }
        broke = true;
        // There, what was begun would be left without anybody to hear of its end.
        if (image && point !== 'sink.during') throw killed;
      });
    }
    const processExists = (other: number) => this.alive.has(other);
    const code = await run(args, { ...io, pid, runId: `run-${pid}`, processExists });
    if (broken) armFaultPoints(() => {});
    this.alive.delete(pid);
    if (!image) return { code, broke, ...texts };
    const left = broken?.how === 'power' ? withoutUnsyncedFrames(before, image, args) : image;
    putBack(store, left);
    return { code: undefined, broke, ...texts };
  }
}

/** Suffix to content. */
function imageOf(store: string): Image {
  const files = ['', '-wal'].filter((suffix) => existsSync(store + suffix));
  return new Map(files.map((suffix) => [suffix, readFileSync(store + suffix)]));
}

function putBack(store: string, image: Image): void {
  for (const suffix of ['', '-wal', '-shm']) {
    rmSync(store + suffix, { force: true });
    const content = image.get(suffix);
    if (content) writeFileSync(store + suffix, content);
  }
}
