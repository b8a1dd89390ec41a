/** Where the benchmarks run: the built program, a folder for stores, and the sandbox in a process of its own. */
import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SandboxOptions } from '../src/sandbox/sandbox.ts';
import { type Spent, spend } from './spend.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** A sandbox that serves; `ask` reads its log, or what it cost. */
export interface Served {
  readonly env: Readonly<Record<string, string>>;
  readonly url: string;
  readonly key: string;
  readonly ask: <Name extends keyof Answers>(name: Name) => Promise<Answers[Name]>;
  readonly stop: () => Promise<void>;
}

/** A server under measurement. */
export interface Serving {
  readonly url: string;
  /** At once, as kill -9 does. */
  readonly kill: () => Promise<void>;
}

/** What the sandbox's process answers when asked. */
export interface Answers {
  /** When each request arrived, ms since the epoch. */
  arrivals: readonly number[];
  usage: { readonly cpuMs: number; readonly heldMb: number; readonly madeMs: number };
}

export class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), 'workos-events-bench-'));
  private readonly running = new Set<ChildProcess>();
  private stores = 0;

  /** As `npm run build` does, but away from the tree that people edit; what is measured must not pay for a loader. */
  build(): void {
    const dist = join(this.folder, 'dist');
    this.make('tsc', ['-p', 'tsconfig.build.json', '--outDir', dist]);
    this.make('tsx', ['scripts/bundle.ts', dist]);
    this.make('tsc', ['-p', 'bench/tsconfig.json', '--outDir', join(this.folder, 'programs')]);
    for (const name of ['bin', 'package.json']) {
      cpSync(join(ROOT, name), join(this.folder, name), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'));
  }

  private make(tool: string, args: readonly string[]): void {
    const file = join(ROOT, 'node_modules', '.bin', tool);
    const { status } = spawnSync(file, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
    if (status !== 0) throw new Error(`${tool} ${args.join(' ')} failed`);
  }

  get program(): string {
    return join(this.folder, 'bin', 'workos-events.js');
  }

  get loop(): string {
    return this.compiled('naive');
  }

  /** One of the programs beside this file. */
  compiled(name: string): string {
    return join(this.folder, 'programs', 'bench', `${name}.js`);
  }

  /** A path in a folder that is empty; the store before it is removed. */
  newStore(): string {
    rmSync(join(this.folder, `store-${this.stores}`), { recursive: true, force: true });
    this.stores += 1;
    mkdirSync(join(this.folder, `store-${this.stores}`));
    return join(this.folder, `store-${this.stores}`, 'events.db');
  }

  async serve(options: SandboxOptions): Promise<Served> {
    const child = fork(this.compiled('sandbox-server'), [JSON.stringify(options)]);
    this.running.add(child);
    const [{ url, key }] = await once(child, 'message');
    return {
      env: { WORKOS_API_URL: url, WORKOS_API_KEY: key },
      url,
      key,
      ask: async (name) => {
        child.send(name);
        const [answer] = await once(child, 'message');
        return answer;
      },
      stop: () => this.stop(child),
    };
  }

  /** An endpoint that answers every POST at once. */
  async answer(): Promise<{ url: string; stop: () => Promise<void> }> {
    const child = fork(this.compiled('answering-server'));
    this.running.add(child);
    const [{ url }] = await once(child, 'message');
    return { url, stop: () => this.stop(child) };
  }

  /** A plain webhook handler. */
  async handler(store: string, secret: string): Promise<Serving> {
    const child = fork(this.compiled('express-handler'), [store, secret]);
    this.running.add(child);
    const [{ url }] = await once(child, 'message');
    return { url, kill: () => this.killed(child) };
  }

  /** `listen`, once it says where. */
  async listen(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Serving> {
    const child = spawn(process.execPath, [this.program, ...args], {
      cwd: this.folder,
      env: { PATH: process.env.PATH ?? '', HOME: this.folder, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.running.add(child);
    let story = '';
    for await (const text of child.stderr.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      story += text;
      const url = /webhooks at (?<url>\S+),/.exec(story)?.groups?.url;
      if (url !== undefined) {
        child.stderr.resume();
        return { url, kill: () => this.killed(child) };
      }
    }
    throw new Error(`listen ended: ${story}`);
  }

  private async killed(child: ChildProcess): Promise<void> {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    this.running.delete(child);
  }

  private async stop(child: ChildProcess): Promise<void> {
    child.disconnect();
    await once(child, 'exit');
    this.running.delete(child);
  }

  /** Runs a Node program, and answers what it cost; throws at another exit status. */
  run(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    statuses: readonly number[] = [0],
  ): Promise<Spent> {
    const usage = join(this.folder, 'programs', 'bench', 'usage.js');
    return spend(process.execPath, ['--import', usage, ...args], { cwd: this.folder, env, statuses });
  }

  close(): void {
    for (const child of this.running) child.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
