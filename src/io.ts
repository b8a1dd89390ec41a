/** The process as the program sees it; `main.ts` makes the real one, tests make their own. */
export interface Io {
  readonly stdin: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean };
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly platform: string;
  readonly nodeVersion: string;
  readonly pid: number;
  /** Unique to this run. */
  readonly runId: string;
  /** Whether a process with this number exists on this machine. */
  readonly processExists: (pid: number) => boolean;
  /** Signals a process group; one that is gone is no error. */
  readonly killGroup: (leaderPid: number, signal: 'SIGTERM' | 'SIGKILL') => void;
  /** Aborts on the first SIGINT or SIGTERM, and when nobody takes our output any more. */
  readonly signal: AbortSignal;
}

export interface TextOutput {
  readonly isTTY: boolean;
  readonly columns: number;
  /** Of the terminal; undefined where it does not say. */
  readonly rows?: number | undefined;
  /** Resolves once the text is handed to the system; rejects with `OutputClosed` when nobody reads it, else with an AppError. */
  write(text: string): Promise<void>;
}

/** Whoever read our output has gone (`| head`): not a failure of ours. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

/** The reason of `Io.signal`. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly by: 'SIGINT' | 'SIGTERM';

  constructor(by: 'SIGINT' | 'SIGTERM') {
    super(`interrupted by ${by}`);
    this.by = by;
  }
}
