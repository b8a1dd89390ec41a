/** The program as people get it: packed, installed in an empty folder, run. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Package {
  /** Paths inside the tarball, sorted. */
  readonly files: readonly string[];
  /** What npm said while it installed it. */
  readonly story: string;
  /** Where it is installed. */
  readonly folder: string;
  /** Runs a command that may name the installed program, in the folder. */
  run(...command: string[]): Ended;
  remove(): void;
}

type Settings = Readonly<Record<string, string>>;

/** Packs what is in a folder and installs it without what only its developers need. */
export function packAndInstall(from: string, flags: readonly string[], settings: Settings = {}): Package {
  const temporary = mkdtempSync(join(tmpdir(), 'workos-events-pack-'));
  const folder = join(temporary, 'app');
  mkdirSync(folder);
  const { filename, files } = pack(from, settings, '--pack-destination', temporary, ...flags);
  const tarball = join(temporary, filename);
  const installed = npm(folder, settings, 'install', '--omit=dev', '--prefer-offline', ...flags, tarball);
  return {
    files,
    story: installed.stderr,
    folder,
    run: (file = '', ...args) => started(folder, {}, file, args),
    remove: () => rmSync(temporary, { recursive: true }),
  };
}

/** What a tarball of a folder would hold, sorted. */
export function filesToPack(from: string): readonly string[] {
  return pack(from, {}, '--dry-run', '--ignore-scripts').files;
}

/** The documents and the build, one file for each of the source, and nothing else. */
export function whatBelongs(): string[] {
  const built = filesOf('src').map((path) => path.replace(/^src/, 'dist').replace(/\.ts$/, '.js'));
  const documents = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
  return [...documents, ...filesOf('bin'), ...filesOf('docs'), ...built].sort();
}

function filesOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length));
}

function pack(from: string, settings: Settings, ...flags: string[]): { filename: string; files: string[] } {
  const [{ filename, files }] = JSON.parse(npm(from, settings, 'pack', '--json', ...flags).stdout);
  return { filename, files: files.map(({ path }: { path: string }) => path).sort() };
}

function npm(cwd: string, settings: Settings, ...args: string[]): Ended {
  const ended = started(cwd, settings, 'npm', args);
  if (ended.status !== 0) throw new Error(`npm ${args.join(' ')} in ${cwd}: ${ended.stderr}`);
  return ended;
}

function started(cwd: string, settings: Settings, file: string, args: readonly string[]): Ended {
  const path = [join(cwd, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    cwd,
    env: { ...withoutOuterRun(process.env), NO_COLOR: '1', ...settings, PATH: path },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (error) throw error;
  return { status, stdout, stderr };
}

/** `npm test` tells its children about itself; the npm that is run here is another. */
function withoutOuterRun(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const outer = /^npm_(?:package|lifecycle|command|config_local_prefix|config_prefix)|^WORKOS_|^FORCE_COLOR$/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !outer.test(name)));
}
