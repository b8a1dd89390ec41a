import type { Break } from './steps.ts';

/** A run of the program in a schedule. */
export interface ModelRun {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly store: string;
  readonly broken?: Break | undefined;
}

export interface ModelEnded {
  /** Undefined where it was killed. */
  readonly code: number | undefined;
  /** It came to where it was to be broken. */
  readonly broke: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run that takes requests, while it does. */
export interface Serving {
  /** Undefined when it ended before it took any. */
  readonly url: string | undefined;
  /** It was killed: what it still answers comes from nobody. */
  readonly isGone: () => boolean;
  /** Lets time go on until this holds, or for as long as a `--drain` would. */
  readonly pass: (isDone: () => boolean) => Promise<void>;
}

/** How a schedule runs the program: in this process, with virtual time, or as a process of its own. */
export interface ModelHost {
  /** The API's now: real time, and what was waited. */
  nowMs(): number;
  wait(ms: number): void;
  /** How far the machine's clock is off. */
  setClock(offMs: number): void;
  /** `--drain`: how long runs wait for retries. */
  readonly drain: string;
  run(run: ModelRun): Promise<ModelEnded>;
  /** As `run`, of a command that is told to end once `work` is done. Until it lets time pass, no run sleeps on. */
  serve(run: ModelRun, work: (serving: Serving) => Promise<void>): Promise<ModelEnded>;
  close(): void;
}
