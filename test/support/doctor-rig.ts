import { join } from 'node:path';
import { expect } from 'vitest';
import { registerDoctor, runDoctor } from '../../src/commands/doctor.ts';
import type { Checks } from '../../src/flows/doctor/check.ts';
import { REGISTRY } from '../../src/flows/doctor/registry.ts';
import { buildProgram, run } from '../../src/program.ts';
import { temporaryFolder } from '../store/rig.ts';
import { type FakeIo, type FakeIoOptions, fakeIo } from './fake-io.ts';

/** Part of every secret of these tests; nothing that is printed may hold it. */
export const CANARY = 'canary';
export const KEY = `sk_test_${CANARY}_0123456789abcdef`;

export interface ToldCheck {
  readonly id: string;
  readonly title: string;
  readonly status: 'pass' | 'warn' | 'fail' | 'skip';
  readonly transient: boolean;
  readonly detail: string;
  readonly fixes: readonly string[];
  readonly duration_ms: number;
}

export interface ToldDocument {
  readonly ok: boolean;
  readonly summary: Readonly<Record<ToldCheck['status'], number>>;
  readonly checks: readonly ToldCheck[];
}

/** Runs `doctor` in this process, as typed, in an empty folder; whatever it prints is searched for secrets. */
export async function doctor(argv: readonly string[], options: FakeIoOptions = {}) {
  const cwd = options.cwd ?? temporaryFolder();
  // Not the store of whoever runs the tests.
  const env = { WORKOS_EVENTS_STORE: join(cwd, 'events.db'), ...options.env };
  const fake = fakeIo({ ...options, cwd, env });
  const status = await run(['doctor', ...argv], fake.io);
  for (const text of Object.values(fake.texts)) expect(text).not.toContain(CANARY);
  return { status, ...fake.texts };
}

/** The same with `--json`: its document, and each check by its id. */
export async function diagnose(argv: readonly string[], options: FakeIoOptions = {}) {
  const { status, stdout } = await doctor([...argv, '--json', '--quiet'], options);
  const document: ToldDocument = JSON.parse(stdout);
  const check = (id: string): ToldCheck => {
    const found = document.checks.find((one) => one.id === id);
    if (!found) throw new Error(`There is no check ${id}.`);
    return found;
  };
  return { status, document, check };
}

/** With checks of the test's own in place of some of the program's. */
export async function doctorWith(
  checks: Checks,
  argv: readonly string[],
  fake: FakeIo = fakeIo({ cwd: temporaryFolder() }),
) {
  let status: number | undefined;
  const program = buildProgram(fake.io, [registerDoctor], { done: () => {}, print: () => {} });
  const [command] = program.commands;
  command?.action(async (flags) => {
    status = await runDoctor(flags, fake.io, { ...REGISTRY, ...checks });
  });
  await program.parseAsync(['doctor', ...argv], { from: 'user' });
  return { status, ...fake.texts };
}
