import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../errors.ts';
import { Interrupted, type Io } from '../../io.ts';

interface Served {
  readonly url: string;
  readonly apiKey: string;
  readonly webhookSecret: string;
}

/**
 * Runs a command with the sandbox as its API and a store of its own that is removed afterwards. Answers its
 * exit status; for one that a signal ended, 128 and the signal's number as shells do.
 */
export async function runAgainst(
  { url, apiKey, webhookSecret }: Served,
  command: readonly string[],
  io: Io,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'workos-events-sandbox-'));
  const environment = {
    ...withoutApiSettings(io.env),
    WORKOS_API_URL: url,
    WORKOS_API_KEY: apiKey,
    WORKOS_WEBHOOK_SECRET: webhookSecret,
    WORKOS_EVENTS_STORE: join(folder, 'events.db'),
  };
  try {
    const [file = '', ...args] = command;
    const child = spawn(file, args, { cwd: io.cwd, env: environment, stdio: 'inherit' });
    return await ended(child, file, io);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What would point the command elsewhere. */
function withoutApiSettings(env: Io['env']): Record<string, string | undefined> {
  const { WORKOS_API_BASE_URL: _base, WORKOS_API_HOSTNAME: _host, WORKOS_API_PORT: _port, ...rest } = env;
  return rest;
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGKILL: 9,
  SIGPIPE: 13,
  SIGTERM: 15,
};

function ended(child: ChildProcess, file: string, io: Io): Promise<number> {
  return new Promise((resolve, reject) => {
    // A terminal's Ctrl-C reaches the child by itself; a SIGTERM is for us alone, so it is passed on.
    const passOn = () => {
      if (io.signal.reason instanceof Interrupted && io.signal.reason.by === 'SIGTERM') child.kill('SIGTERM');
    };
    io.signal.addEventListener('abort', passOn, { once: true });
    child.once('error', (error: NodeJS.ErrnoException) => reject(notRun(error, file)));
    child.once('close', (code, signal) => {
      io.signal.removeEventListener('abort', passOn);
      resolve(code ?? 128 + (SIGNAL_NUMBERS[signal ?? ''] ?? 0));
    });
  });
}

function notRun(error: NodeJS.ErrnoException, file: string): AppError {
  const why = error.code === 'ENOENT' ? 'there is no such command' : `it cannot be run (${error.code})`;
  return new AppError('command_not_found', `${file}: ${why}.`, {
    hint: 'Give a command that is on the PATH after --, such as: workos-events sandbox -- npx workos-events sync',
    cause: error,
  });
}
