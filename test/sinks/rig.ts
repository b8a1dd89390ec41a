/** What every test of a sink needs: values for its needs, an attempt, and folders that go away again. */
import { spawnSync } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Attempt } from '../../src/domain/delivery.ts';
import { createHttpClient } from '../../src/http/client.ts';
import type { SinkNeeds } from '../../src/sinks/sink-needs.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export function afterwards(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

export const ACKNOWLEDGED = { kind: 'acknowledged' };

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'workos-events-sinks-'));
  afterwards(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function attempt(more: Partial<Attempt> = {}): Attempt {
  const eventId = more.eventId ?? 'event_01';
  return {
    eventId,
    type: 'user.created',
    text: JSON.stringify({ id: eventId, event: 'user.created', data: {} }),
    origin: 'sync',
    attempt: 1,
    late: false,
    ...more,
  };
}

export interface Abort {
  readonly signal: AbortSignal;
  readonly reason: Error;
  readonly now: () => void;
}

export function abort(): Abort {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const reason = new Error('the run ends');
  return { signal: controller.signal, reason, now: () => controller.abort(reason) };
}

/** Text that is written, and a promise for when it holds something. */
export class Written {
  text = '';
  #watchers: { readonly what: string; readonly seen: () => void }[] = [];

  write = async (text: string): Promise<void> => {
    this.text += text;
    for (const { what, seen } of this.#watchers) if (this.text.includes(what)) seen();
  };

  has(what: string): Promise<void> {
    return new Promise((seen) => {
      if (this.text.includes(what)) seen();
      else this.#watchers.push({ what, seen });
    });
  }
}

export interface Needed extends SinkNeeds {
  readonly stdout: Written;
  readonly stderr: Written;
}

export function needs(more: Partial<Needed> = {}): Needed {
  const http = createHttpClient({ clock: systemClock });
  afterwards(() => http.close());
  return {
    stdout: new Written(),
    stderr: new Written(),
    http,
    clock: systemClock,
    version: '1.2.3',
    cwd: '/',
    env: { PATH: process.env.PATH },
    secrets: { WORKOS_WEBHOOK_SECRET: 'whsec_test_0123456789' },
    passEnv: [],
    unsigned: false,
    timeoutMs: 15_000,
    killGroup: (pid, signal) => {
      try {
        process.kill(-pid, signal);
      } catch {
        // It is gone.
      }
    },
    ...more,
  };
}

/** A shell script that can be run, and its path. */
export function script(folder: string, name: string, lines: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${lines}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Resolves once there is no such process, or only its entry for a parent that never asks. */
export async function gone(pid: number): Promise<void> {
  while (isRunning(pid)) await turn();
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    // Without /proc, what can be signalled is taken for running.
    return (
      !(error instanceof Error && 'code' in error && error.code === 'ESRCH') && !existsSync('/proc/self')
    );
  }
}

/** A small disk of its own. Only root may make one, and not in every container: else undefined. */
export function mount(options: string): string | undefined {
  if (platform() !== 'linux' || process.getuid?.() !== 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'workos-events-mount-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  afterAll(() => {
    if (status === 0) spawnSync('umount', [folder]);
    rmSync(folder, { recursive: true });
  });
  return status === 0 ? folder : undefined;
}
