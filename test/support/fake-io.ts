import type { Io } from '../../src/io.ts';

export interface FakeIo {
  readonly io: Io;
  /** Everything written so far. */
  readonly texts: { stdout: string; stderr: string };
  /** Aborts its signal, as an interrupt does. */
  readonly stop: (reason: Error) => void;
}

export interface FakeIoOptions {
  readonly env?: Io['env'];
  readonly cwd?: string;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly stdin?: string | Uint8Array;
}

/** The process as a value: what a command writes, without a process. */
export function fakeIo(options: FakeIoOptions = {}): FakeIo {
  const { env = {}, cwd = '/', isTTY = false, columns = 80, stdin } = options;
  const texts = { stdout: '', stderr: '' };
  const stopping = new AbortController();
  const output = (name: keyof typeof texts) => ({
    isTTY,
    columns,
    write: async (text: string) => {
      texts[name] += text;
    },
  });
  const io: Io = {
    stdin: {
      isTTY,
      async *[Symbol.asyncIterator]() {
        if (stdin !== undefined) yield Buffer.from(stdin);
      },
    },
    stdout: output('stdout'),
    stderr: output('stderr'),
    env,
    cwd,
    platform: 'linux',
    nodeVersion: '20.19.0',
    pid: process.pid,
    runId: 'run-1',
    processExists: () => true,
    killGroup: () => {},
    signal: stopping.signal,
  };
  return { io, texts, stop: (reason) => stopping.abort(reason) };
}
