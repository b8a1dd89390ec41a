import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/** The lines of `@workos-inc/node` that are in use, under the names that `package.json` here gives them. */
export const LINES = ['sdk-8', 'sdk-11'] as const;

export type Line = (typeof LINES)[number];

export interface Webhooks {
  verifyHeader(options: VerifyOptions): Promise<boolean>;
  constructEvent(options: VerifyOptions): Promise<{ readonly id: string }>;
}

export interface VerifyOptions {
  readonly payload: unknown;
  readonly sigHeader: string;
  readonly secret: string;
  readonly tolerance: number;
}

/** Installs what this folder's `package.json` names, unless it is there. */
export function installLines(): void {
  if (LINES.every((line) => installed(line) === wanted(line))) return;
  const flags = ['--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  execFileSync('npm', ['install', ...flags], { cwd: FOLDER, stdio: 'inherit' });
}

export async function webhooksOf(line: Line): Promise<Webhooks> {
  const { WorkOS } = await import(line);
  return new WorkOS('sk_test_interop').webhooks;
}

/** `8.13.0`. */
export function versionOf(line: Line): string {
  return installed(line) ?? '';
}

function wanted(line: Line): string | undefined {
  const { dependencies } = JSON.parse(readFileSync(`${FOLDER}package.json`, 'utf8'));
  return /@(?<version>[\d.]+)$/.exec(dependencies[line])?.groups?.version;
}

function installed(line: Line): string | undefined {
  try {
    return JSON.parse(readFileSync(`${FOLDER}node_modules/${line}/package.json`, 'utf8')).version;
  } catch {
    return undefined;
  }
}
