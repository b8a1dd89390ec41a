/** The only file that touches the process. */
import { appendFileSync, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { AppError } from './errors.ts';
import { faultHandler, parseFaults } from './fault-arming.ts';
import { armFaultPoints, reach } from './fault-points.ts';
import { Interrupted, type Io, OutputClosed, type TextOutput } from './io.ts';
import { version } from './version.ts';

const STDOUT = 1;
const stopping = new AbortController();

type Stream = Writable & { isTTY?: boolean; columns?: number; rows?: number };

/** The answer: a run that cannot give it stops. */
function answerOutput(stream: Stream): TextOutput {
  let failure: Error | undefined;
  const failed = (error: NodeJS.ErrnoException) => {
    failure ??= error.code === 'EPIPE' ? new OutputClosed() : unwritable(error);
    stopping.abort(failure);
    return failure;
  };
  stream.on('error', failed);
  return output(stream, (text) => {
    return new Promise((resolve, reject) => {
      if (failure) reject(failure);
      else stream.write(text, (error) => (error ? reject(failed(error)) : resolve()));
    });
  });
}

/** The story: that nobody reads it, or that it cannot be written, is no reason to stop. */
function storyOutput(stream: Stream): TextOutput {
  stream.on('error', () => {});
  return output(stream, (text) => {
    return new Promise((resolve) => {
      if (stream.writable) stream.write(text, () => resolve());
      else resolve();
    });
  });
}

function output(stream: Stream, write: TextOutput['write']): TextOutput {
  return {
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns || 80;
    },
    get rows() {
      return stream.rows;
    },
    write,
  };
}

function unwritable(error: NodeJS.ErrnoException): AppError {
  const why = error.code === 'ENOSPC' ? 'no space is left' : error.message;
  return new AppError('output_failed', `The answer could not be written to stdout: ${why}.`, {
    hint: 'Look at where stdout goes, and run the command again: what a sync committed is kept.',
    cause: error,
  });
}

function onSignal(by: 'SIGINT' | 'SIGTERM'): void {
  // The second one ends at once; what was committed is safe at any moment.
  if (stopping.signal.aborted) process.exit(by === 'SIGINT' ? 130 : 143);
  stopping.abort(new Interrupted(by));
}

function armFaults(env: Io['env']): void {
  const { WORKOS_EVENTS_FAULT: faults = '', WORKOS_EVENTS_FAULT_TRACE: trace } = env;
  if (faults === '' && trace === undefined) return;
  const actions = {
    kill: () => process.kill(process.pid, 'SIGKILL'),
    stop: () => process.kill(process.pid, 'SIGSTOP'),
    delay: (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
    trace: (line: string) => {
      if (trace !== undefined) appendFileSync(trace, `${line}\n`);
    },
  };
  armFaultPoints(faultHandler(parseFaults(faults), actions));
}

/**
 * `--version` alone, which scripts ask for, is answered before anything is loaded for it, streams included.
 * Where that fails the program answers, and says why it cannot.
 */
function toldVersion(argv: readonly string[]): boolean {
  if (argv.length !== 1 || argv[0] !== '--version') return false;
  try {
    writeSync(STDOUT, `${version()}\n`);
    return true;
  } catch {
    return false;
  }
}

async function runProgram(argv: readonly string[], io: Io): Promise<number> {
  const [{ run }, { asAppError }, { setEngineFlags }] = await Promise.all([
    import('./program.ts'),
    import('./failure.ts'),
    import('./engine.ts'),
  ]);
  setEngineFlags(io.nodeVersion);
  // Thrown where nobody waits for it, such as a timer: the run stops and says so as for any other defect.
  process.on('uncaughtException', (error) => stopping.abort(asAppError(error, io)));
  return await run(argv, io);
}

async function main(): Promise<void> {
  if (toldVersion(process.argv.slice(2))) return;
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const io: Io = {
    // Making it costs time, and few read it.
    get stdin() {
      return process.stdin;
    },
    stdout: answerOutput(process.stdout),
    stderr: storyOutput(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    platform: process.platform,
    nodeVersion: process.versions.node,
    pid: process.pid,
    runId: crypto.randomUUID(),
    processExists: (pid) => {
      try {
        return process.kill(pid, 0);
      } catch (error) {
        return error instanceof Error && 'code' in error && error.code === 'EPERM';
      }
    },
    killGroup: (leaderPid, signal) => {
      try {
        process.kill(-leaderPid, signal);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
      }
    },
    signal: stopping.signal,
  };
  armFaults(process.env);
  reach('start');
  process.exitCode = await runProgram(process.argv.slice(2), io);
  // A signal that came while the last step kept the process busy is only seen when its loop polls again:
  // after this turn, in the next.
  await turn();
  await turn();
  const { reason } = stopping.signal;
  if (!(reason instanceof Interrupted)) return;
  // Ends by that very signal, so that a shell or a supervisor sees what it was.
  process.removeAllListeners(reason.by);
  process.kill(process.pid, reason.by);
}

await main();
