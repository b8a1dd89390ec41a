import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { type Ended, type ProgramOptions, type Running, startProgram } from './program.ts';

/** The key of every run: looked for in everything that the program writes. */
export const CANARY = 'sk_test_canary_7Qw4ZtLx9bVnR2mK';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = join('dist', 'program.js');
/** The program's own file without the others that the bundle puts into it. */
const COMPILED = 'program.compiled.js';

export interface LabRun extends Omit<ProgramOptions, 'env'> {
  readonly apiUrl: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Deliveries that came again after a break, and how many may. */
export interface Repeats {
  readonly seen: number;
  readonly bound: number;
}

export interface Judged extends Ended {
  /** What no run may do, whatever was done to it: hang, show the key, print broken JSON, let Node warn. */
  readonly flaws: readonly string[];
}

/** A build of the program, bundled as it ships, that nobody else changes, and the folders and APIs of the cases. */
export class Lab {
  readonly folder = mkdtempSync(join(tmpdir(), 'workos-events-faults-'));
  private readonly sandboxes: Sandbox[] = [];
  private readonly built: string;
  private readonly program: string;
  /** Of the deliveries in which runs were broken. */
  readonly repeats: Repeats[] = [];

  /** Builds the program, unless it is another lab's. */
  constructor(built?: string) {
    this.built = built ?? join(this.folder, 'built');
    if (built === undefined) build(this.built);
    this.program = join(this.built, 'bin', 'workos-events.js');
  }

  /** Folders and APIs of its own, and the same build. */
  beside(): Lab {
    return new Lab(this.built);
  }

  /** With a copy of the build, in which a defect may be planted. */
  copy(): Lab {
    const folder = mkdtempSync(join(this.folder, 'copy-'));
    cpSync(this.built, folder, { recursive: true, verbatimSymlinks: true });
    return new Lab(folder);
  }

  /** Another user may run the program, and enter its folders. */
  admitOthers(): void {
    for (const folder of [dirname(this.built), this.built, this.folder]) chmodSync(folder, 0o755);
  }

  newFolder(): string {
    return mkdtempSync(join(this.folder, 'case-'));
  }

  /** An API whose whole history is listed at once. */
  async sandbox(options: SandboxOptions = {}): Promise<Sandbox> {
    const sandbox = await createSandbox({
      count: 250,
      days: 80,
      holdBackMs: 0,
      maxPerMinute: 0,
      apiKeys: [CANARY],
      ...options,
    });
    this.sandboxes.push(sandbox);
    return sandbox;
  }

  start(args: readonly string[], { apiUrl, env, ...options }: LabRun): Running {
    const isHere =
      /^https?:\/\/(?:127\.0\.0\.1|localhost):/.test(apiUrl) || env?.HTTPS_PROXY?.includes('@127.0.0.1:');
    if (!isHere) throw new Error(`The suite talks to no host: ${apiUrl}`);
    return startProgram([process.execPath, this.program, ...args], {
      ...options,
      env: { WORKOS_API_URL: apiUrl, WORKOS_API_KEY: CANARY, ...env },
    });
  }

  async run(args: readonly string[], options: LabRun): Promise<Judged> {
    return judged(args, await this.start(args, options).ended);
  }

  /** Puts a defect into this build: into what was compiled, and so into what runs. */
  patch(file: string, text: string, replacement: string): void {
    if (this.places(file, text) !== 1) throw new Error(`${file} has not "${text}" once`);
    const { built } = this;
    copyFileSync(join(built, COMPILED), join(built, PROGRAM));
    const path = join(built, 'dist', file);
    const before = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      before.replace(text, () => replacement),
    );
    bundle(built);
  }

  /** How often the compiled file has the text that a defect replaces. */
  places(file: string, text: string): number {
    const path = join('dist', file) === PROGRAM ? COMPILED : join('dist', file);
    return readFileSync(join(this.built, path), 'utf8').split(text).length - 1;
  }

  /** How to run the program from a shell. */
  get command(): string {
    return `'${process.execPath}' '${this.program}'`;
  }

  async close(): Promise<void> {
    await Promise.all(this.sandboxes.map((sandbox) => sandbox.close()));
    rmSync(this.folder, { recursive: true });
  }
}

function build(folder: string): void {
  mkdirSync(folder);
  cpSync(join(ROOT, 'bin'), join(folder, 'bin'), { recursive: true });
  copyFileSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
  const project = ['-p', join(ROOT, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')];
  execFileSync(tsc, project, { stdio: ['ignore', 'inherit', 'inherit'] });
  bundle(folder);
}

/** As `npm run build` does; keeps what the compiler made, since the bundle takes its place. */
function bundle(folder: string): void {
  copyFileSync(join(folder, PROGRAM), join(folder, COMPILED));
  const tsx = join(ROOT, 'node_modules', '.bin', 'tsx');
  const script = [join(ROOT, 'scripts', 'bundle.ts'), join(folder, 'dist')];
  execFileSync(tsx, script, { stdio: ['ignore', 'inherit', 'inherit'] });
}

export function judged(args: readonly string[], ended: Ended): Judged {
  const flaws: string[] = [];
  const { stdout, stderr, code, signal } = ended;
  if (ended.hung) flaws.push('it hung');
  if (stdout.includes(CANARY) || stderr.includes(CANARY)) flaws.push('it showed the key');
  const warning = /^\(node:\d+\) .*$/m.exec(stderr)?.[0];
  if (warning !== undefined) flaws.push(`Node warned: ${warning}`);
  if (args.includes('--json') && signal !== 'SIGKILL' && !isJson(stdout)) {
    const printed = JSON.stringify(stdout.slice(0, 200));
    flaws.push(`--json printed ${printed} (${code ?? signal}) ${stderr.slice(-200)}`);
  }
  return { ...ended, flaws };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
