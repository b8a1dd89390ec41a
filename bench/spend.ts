import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** What a run of a program cost. */
export interface Spent {
  readonly wallMs: number;
  /** User and system. */
  readonly cpuMs: number;
  readonly peakMb: number;
  /** On the way, when it was told to take samples. */
  readonly samples: readonly Sample[];
  readonly stdout: string;
}

export interface Sample {
  /** ms since the epoch. */
  readonly atMs: number;
  readonly cpuMs: number;
  readonly peakMb: number;
}

export interface SpendOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** With which it may end. */
  readonly statuses: readonly number[];
}

/** Runs a program to its end; `usage.ts`, loaded into it, tells what it cost on a pipe of its own. */
export async function spend(file: string, args: readonly string[], options: SpendOptions): Promise<Spent> {
  const env = { PATH: process.env.PATH ?? '', HOME: options.cwd, NO_COLOR: '1', ...options.env };
  const begunAt = performance.now();
  const child = spawn(file, args, { cwd: options.cwd, env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const [, stdout, stderr, usage] = child.stdio;
  const [[code], answer, story, told] = await Promise.all([
    once(child, 'close'),
    textOf(stdout),
    textOf(stderr),
    textOf(usage),
  ]);
  const wallMs = performance.now() - begunAt;
  if (!options.statuses.includes(code)) throw new Error(`${args.join(' ')} ended with ${code}:\n${story}`);
  const samples: Sample[] = told
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  const last = samples.at(-1);
  return { wallMs, cpuMs: last?.cpuMs ?? 0, peakMb: last?.peakMb ?? 0, samples, stdout: answer };
}

async function textOf(stream: unknown): Promise<string> {
  return isReadable(stream) ? await text(stream) : '';
}

function isReadable(stream: unknown): stream is Readable {
  return typeof stream === 'object' && stream !== null && 'read' in stream;
}
