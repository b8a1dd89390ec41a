import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../../src/clock.ts';
import { armFaultPoints, type FaultPoint } from '../../../src/fault-points.ts';
import { Interrupted } from '../../../src/io.ts';
import { run } from '../../../src/program.ts';
import { fakeIo } from '../../support/fake-io.ts';
import { urlOf } from '../serving-url.ts';
import type { ModelEnded, ModelHost, ModelRun, Serving } from './model-run.ts';
import { withoutUnsyncedFrames } from './wal-cut.ts';

/** Above what Linux gives out, so that no such process exists. */
const FIRST_PID = 5_000_000;
/** The leases' heartbeat: it follows the clock, and never moves it. */
const HEARTBEAT_MS = 10_000;

/** What time may pass while a run serves, virtual and real. */
const PASSES_MS = 20_000;
const PATIENCE_MS = 2_000;
const LOOK_EVERY_MS = 3;

/** Whoever throws there leaves what was begun without anybody to hear of its end. */
const NOBODY_HEARS: ReadonlySet<FaultPoint> = new Set([
  'sink.during',
  'webhook.body_read',
  'webhook.verified',
]);

interface Begun {
  readonly ended: Promise<ModelEnded>;
  readonly texts: { readonly stderr: string };
  readonly stop: (reason: Error) => void;
  readonly isOver: () => boolean;
  readonly isGone: () => boolean;
}

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
  /** Nobody's sleep moves the clock. */
  private stands = false;
  private runs = 0;
  private readonly alive = new Set<number>();
  private readonly real = { now: Date.now, ...systemClock };

  private constructor() {
    const { now, monotonicMs } = this.real;
    Date.now = () => now() + this.aheadMs + this.offMs;
    Object.assign(systemClock, {
      monotonicMs: () => monotonicMs() + this.aheadMs,
      sleep: async (ms: number, signal: AbortSignal) => {
        if (ms === HEARTBEAT_MS) return await this.beat(signal);
        do await pause(1);
        while (this.stands && !signal.aborted);
        signal.throwIfAborted();
        this.aheadMs += Math.ceil(ms);
      },
    });
  }

  static open(): InProcess {
    return new InProcess();
  }

  private async beat(signal: AbortSignal): Promise<void> {
    const dueMs = systemClock.monotonicMs() + HEARTBEAT_MS;
    while (!signal.aborted && systemClock.monotonicMs() < dueMs) await pause(1);
    signal.throwIfAborted();
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

  async run(run: ModelRun): Promise<ModelEnded> {
    return await this.begin(run).ended;
  }

  async serve(run: ModelRun, work: (serving: Serving) => Promise<void>): Promise<ModelEnded> {
    const begun = this.begin(run);
    this.stands = true;
    try {
      const pass = async (isDone: () => boolean) => await this.pass(begun, isDone);
      const url = await urlOf(() => begun.texts, begun.isOver);
      await work({ url, isGone: begun.isGone, pass });
      begun.stop(new Interrupted('SIGTERM'));
      return await begun.ended;
    } finally {
      this.stands = false;
    }
  }

  private begin({ args, cwd, env, store, broken }: ModelRun): Begun {
    const { io, texts, stop } = fakeIo({ cwd, env });
    const pid = FIRST_PID + this.runs++;
    this.alive.add(pid);
    const before = imageOf(store);
    let image: Image | undefined;
    let broke = false;
    let isOver = false;
    let reached = 0;
    if (broken) {
      const killed = new Error('killed');
      armFaultPoints((point) => {
        if (!image && (point !== broken.point || ++reached !== broken.nth)) return;
        if (broken.how === 'interrupt') stop(new Interrupted('SIGTERM'));
        else {
          image ??= imageOf(store);
          this.stands = false;
          stop(killed);
        }
        broke = true;
        if (image && !NOBODY_HEARS.has(point)) throw killed;
      });
    }
    const end = async (): Promise<ModelEnded> => {
      const processExists = (other: number) => this.alive.has(other);
      const code = await run(args, { ...io, pid, runId: `run-${pid}`, processExists });
      isOver = true;
      if (broken) armFaultPoints(() => {});
      this.alive.delete(pid);
      if (!image) return { code, broke, ...texts };
      const left = broken?.how === 'power' ? withoutUnsyncedFrames(before, image, args) : image;
      putBack(store, left);
      return { code: undefined, broke, ...texts };
    };
    return { ended: end(), texts, stop, isOver: () => isOver, isGone: () => isOver || image !== undefined };
  }

  private async pass({ isOver }: Begun, isDone: () => boolean): Promise<void> {
    const untilMs = performance.now() + PATIENCE_MS;
    const untilAheadMs = this.aheadMs + PASSES_MS;
    const isTime = () => this.aheadMs >= untilAheadMs || performance.now() >= untilMs;
    this.stands = false;
    while (!isOver() && !isDone() && !isTime()) await pause(LOOK_EVERY_MS);
    this.stands = true;
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
