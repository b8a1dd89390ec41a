/** The only file that touches the process. */
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { faultHandler, parseFaults } from './fault-arming.ts';
import { armFaultPoints, reach } from './fault-points.ts';
import { Interrupted, type Io, OutputClosed, type TextOutput } from './io.ts';
import { run } from './program.ts';

const stopping = new AbortController();

/** `onFailure`: nobody takes the text any more, or it cannot be written. */
function output(
  stream: Writable & { isTTY?: boolean; columns?: number },
  onFailure: (reason: Error) => void,
): TextOutput {
  let closed = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') closed = true;
    onFailure(error.code === 'EPIPE' ? new OutputClosed() : error);
  });
  return {
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns ?? 80;
    },
    write: (text) =>
      new Promise((resolve, reject) => {
        if (closed) reject(new OutputClosed());
        stream.write(text, (error) => {
          if (!error) resolve();
          else reject('code' in error && error.code === 'EPIPE' ? new OutputClosed() : error);
        });
      }),
  };
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

async function main(): Promise<void> {
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const io: Io = {
    stdin: process.stdin,
    stdout: output(process.stdout, (reason) => stopping.abort(reason)),
    // The answer is on stdout: a story that nobody reads is no reason to stop.
    stderr: output(process.stderr, () => {}),
    env: process.env,
    cwd: process.cwd(),
    platform: process.platform,
    nodeVersion: process.versions.node,
    pid: process.pid,
    runId: randomUUID(),
    processExists: (pid) => {
      try {
        return process.kill(pid, 0);
      } catch (error) {
        return error instanceof Error && 'code' in error && error.code === 'EPERM';
      }
    },
    signal: stopping.signal,
  };
  armFaults(process.env);
  reach('start');
  process.exitCode = await run(process.argv.slice(2), io);
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
