import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Attempt, Outcome } from '../../src/domain/delivery.ts';
import { AppError } from '../../src/errors.ts';
import { ExecSink } from '../../src/sinks/exec.ts';
import { abort, afterwards, attempt, gone, type Needed, needs, script, temporaryFolder } from './rig.ts';

const ACKNOWLEDGED = { kind: 'acknowledged' };

interface Made {
  readonly folder: string;
  readonly needed: Needed;
  readonly sink: ExecSink;
  readonly give: (more?: Partial<Attempt>, signal?: AbortSignal) => Promise<Outcome>;
  /** What the command wrote. */
  readonly told: () => string;
}

/** A sink for a shell script of these lines, which runs in its folder. */
function made(lines: string, more: Partial<Needed> = {}, args: readonly string[] = []): Made {
  const folder = realpathSync(temporaryFolder());
  script(folder, 'on-event.sh', lines);
  const needed = needs({ cwd: folder, ...more });
  const sink = new ExecSink('exec:./on-event.sh', ['./on-event.sh', ...args], needed);
  afterwards(() => sink.close());
  return {
    folder,
    needed,
    sink,
    give: (changes, signal = abort().signal) => sink.deliver(attempt(changes), signal),
    told: () => needed.stderr.text,
  };
}

describe('before the first event', () => {
  async function opened(file: string, more: Partial<Needed> = {}): Promise<unknown> {
    return await new ExecSink(`exec:${file}`, [file], needs(more)).open().catch((error: unknown) => error);
  }

  test('a command is found by its path or on the PATH, as it will be when it runs', async () => {
    const folder = temporaryFolder();
    const path = script(folder, 'on-event', '');
    expect(await opened(path)).toBeUndefined();
    expect(await opened('./on-event', { cwd: folder })).toBeUndefined();
    expect(await opened('sh')).toBeUndefined();
    expect(await opened('on-event', { env: { PATH: `/nowhere:${folder}` } })).toBeUndefined();
    expect(await opened('on-event', { env: { PATH: '/nowhere:' }, cwd: folder })).toBeUndefined();
    expect(await opened('sh', { env: {} })).toBeUndefined();
  });

  test.each<[string, string, string]>([
    ['./nothing', 'there is no such command', 'PATH'],
    ['nothing-of-this-name', 'there is no such command', 'PATH'],
    ['./folder', 'it is a folder, not a command', 'path'],
    ['folder', 'it is a folder, not a command', 'path'],
    ['./plain', 'it may not be executed', 'chmod +x'],
    ['./plain/under', 'there is no such command', 'PATH'],
  ])('%s: %s', async (file, what, hint) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'folder'));
    writeFileSync(join(folder, 'plain'), '');
    const error = await opened(file, { cwd: folder, env: { PATH: folder } });
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({
      code: 'invalid_route',
      message: `exec:${file}: ${what}.`,
      hint: expect.stringContaining(hint),
    });
  });
});

describe('a command gets', () => {
  test('its words as they are, without a shell, and our folder', async () => {
    const { give, told, folder } = made('pwd; printf "<%s>" "$@"', {}, [
      'a b',
      '$HOME',
      '*',
      '`id`',
      '',
      '|',
    ]);
    expect(await give()).toEqual(ACKNOWLEDGED);
    expect(told()).toBe(`${folder}\n<a b><$HOME><*><\`id\`><><|>\n`);
  });

  test('the event and a line break on its input', async () => {
    const { give, folder } = made('cat > input');
    await give({ text: '{"id":"é"}' });
    expect(readFileSync(join(folder, 'input'), 'utf8')).toBe('{"id":"é"}\n');
  });

  test('what it is to know of the event', async () => {
    const { give, told } = made('env | grep ^WORKOS | sort');
    await give({ eventId: 'event_01', type: 'user.created', origin: 'reconcile', attempt: 3, late: true });
    expect(told()).toBe(
      [
        'WORKOS_EVENT_ATTEMPT=3',
        'WORKOS_EVENT_ID=event_01',
        'WORKOS_EVENT_LATE=true',
        'WORKOS_EVENT_ORIGIN=reconcile',
        'WORKOS_EVENT_TYPE=user.created\n',
      ].join('\n'),
    );
  });

  test('an id that a variable cannot carry, encoded', async () => {
    const { give, told } = made('printf "%s %s" "$WORKOS_EVENT_ID" "$WORKOS_EVENT_LATE"');
    expect(await give({ eventId: 'a\0b\nFAKE=1' })).toEqual(ACKNOWLEDGED);
    expect(told()).toBe('a%00b%0AFAKE=1 false\n');
  });

  test('our environment without our secrets, but those that are passed', async () => {
    const env = {
      PATH: process.env.PATH,
      MINE: 'mine',
      WORKOS_API_KEY: 'sk_test_canary_0123456789',
      DD_API_KEY: 'canary',
      DD_APP_KEY: 'canary',
    };
    const secrets = { ...env, WORKOS_WEBHOOK_SECRET: 'whsec_canary_0123456789' };
    const { give, told } = made('env | sort', { env, secrets });
    await give();
    expect(told()).toContain('MINE=mine');
    expect(told()).not.toContain('canary');
    const passing = made('env | sort', { env, secrets, passEnv: ['WORKOS_WEBHOOK_SECRET'] });
    await passing.give();
    expect(passing.told()).toContain('WORKOS_WEBHOOK_SECRET=whsec_canary_0123456789\n');
    expect(passing.told()).not.toContain('sk_test_canary');
  });
});

describe('its exit status decides', () => {
  test.each<[string, Outcome]>([
    ['exit 0', { kind: 'acknowledged' }],
    ['exit 1', { kind: 'failed', reason: 'it exited with status 1' }],
    ['exit 65', { kind: 'event_refused', reason: 'it exited with status 65: the event cannot be used' }],
    ['exit 78', { kind: 'sink_refused', reason: 'it exited with status 78: it is not set up' }],
    ['exit 127', { kind: 'failed', reason: 'it exited with status 127' }],
    ['kill -KILL $$', { kind: 'failed', reason: 'SIGKILL ended it' }],
    ['kill -TERM $$', { kind: 'failed', reason: 'SIGTERM ended it' }],
  ])('%s', async (lines, outcome) => {
    expect(await made(`cat >/dev/null; ${lines}`).give()).toEqual(outcome);
  });

  const long = JSON.stringify({ pad: 'x'.repeat(5_000_000) });
  test.each([
    ['unread', 'exec <&-'],
    ['half read', 'head -c 10 >/dev/null'],
    ['unread, and not closed', ':'],
  ])('whatever becomes of its input: %s', async (_, lines) => {
    expect(await made(`${lines}; exit 0`).give({ text: long })).toEqual(ACKNOWLEDGED);
    expect(await made(`${lines}; exit 65`).give({ text: long })).toMatchObject({ kind: 'event_refused' });
  });

  test('a command that is there no more, or cannot be started, is the sink’s fault', async () => {
    const { give, sink, folder } = made('exit 0');
    await sink.open();
    script(folder, 'on-event.sh', 'exit 0');
    writeFileSync(join(folder, 'on-event.sh'), '#!/no/such/interpreter\n');
    const missing = 'it, its interpreter or the folder it runs in does not exist (ENOENT)';
    expect(await give()).toEqual({ kind: 'sink_refused', reason: missing });
    rmSync(join(folder, 'on-event.sh'));
    expect(await give()).toEqual({ kind: 'sink_refused', reason: missing });
    writeFileSync(join(folder, 'on-event.sh'), '', { mode: 0o644 });
    expect(await give()).toEqual({ kind: 'sink_refused', reason: 'it cannot be started (EACCES)' });
    rmSync(folder, { recursive: true });
    expect(await give()).toEqual({ kind: 'sink_refused', reason: missing });
  });

  test('one whose words and environment are too long for the system is the sink’s fault', async () => {
    const { give } = made('exit 0', {}, ['x'.repeat(200_000)]);
    expect(await give()).toEqual({ kind: 'sink_refused', reason: 'it cannot be started (E2BIG)' });
  });
});

describe('what it writes', () => {
  test('goes to our stderr, with nothing of it on stdout', async () => {
    const { give, told, needed } = made('echo one; echo two >&2; printf "\\033[31mthree"');
    await give();
    expect(told().split('\n').sort()).toEqual(['', '\u001b[31mthree', 'one', 'two']);
    expect(needed.stdout.text).toBe('');
  });

  test('comes whole, however much it is', async () => {
    const { give, told } = made('seq 1 200000; printf é');
    await give();
    const lines = Array.from({ length: 200_000 }, (_, n) => n + 1);
    expect(told() === `${lines.join('\n')}\né\n`).toBe(true);
  });

  test('comes in whole lines when several run at a time', async () => {
    const { give, told } = made('for n in 1 2 3; do printf "$WORKOS_EVENT_ID"; printf " $n\\n"; done');
    const ids = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(ids.map((eventId) => give({ eventId })));
    const lines = ids.flatMap((id) => [`${id} 1`, `${id} 2`, `${id} 3`]);
    expect(told().trimEnd().split('\n').sort()).toEqual(lines);
  });

  test('may find nobody who reads it', async () => {
    const { give, needed } = made('seq 1 100000');
    needed.stderr.write = () => Promise.reject(new Error('closed'));
    expect(await give()).toEqual(ACKNOWLEDGED);
  });
});

describe('the time limit', () => {
  test('ends the command and all that it started', async () => {
    const { give, told } = made('echo "pid $$"; sleep 1000 & echo "pid $!"; wait', { timeoutMs: 400 });
    expect(await give()).toEqual({
      kind: 'failed',
      reason: 'it took longer than 0.4 s and was ended',
    });
    await Promise.all(pidsIn(told(), 2).map(gone));
  });

  test('also those that do not listen', async () => {
    const lines = 'trap "" TERM; echo "pid $$"; sleep 1000 & echo "pid $!"; wait; wait; sleep 1000';
    const { give, told } = made(lines, { timeoutMs: 400 });
    expect(await give()).toMatchObject({ kind: 'failed' });
    await Promise.all(pidsIn(told(), 2).map(gone));
  });

  test('also what closed our pipes and went on', async () => {
    const { give, told } = made(
      'trap "exit 0" TERM; (trap "" TERM; exec sleep 1000 <&- >/dev/null 2>&1) & echo "pid $!"; wait',
      { timeoutMs: 400 },
    );
    expect(await give()).toMatchObject({ kind: 'failed' });
    await Promise.all(pidsIn(told(), 1).map(gone));
  });

  test('is not met by exiting with 0 when it is over', async () => {
    const { give } = made('trap "exit 0" TERM; sleep 1000 & wait', { timeoutMs: 400 });
    expect(await give()).toMatchObject({ kind: 'failed' });
  });

  test('does not concern what a command leaves behind: that does not hold us up, and lives on', async () => {
    const { give, told } = made('sleep 1000 & echo "pid $!"; exit 0', { timeoutMs: 10_000 });
    const began = performance.now();
    expect(await give()).toEqual(ACKNOWLEDGED);
    expect(performance.now() - began).toBeLessThan(5_000);
    const [pid = 0] = pidsIn(told(), 1);
    expect(process.kill(pid, 'SIGKILL')).toBe(true);
  });
});

test('a command that has ended by itself is not given up any more', async () => {
  const { give, needed, told } = made('echo "pid $$"; sleep 1000 & echo "pid $!"; echo begun; exit 0');
  const over = abort();
  const delivery = give({}, over.signal);
  await needed.stderr.has('begun');
  const [command = 0, left = 0] = pidsIn(told(), 2);
  await gone(command);
  for (let turns = 0; turns < 5; turns += 1) await turn();
  over.now();
  expect(await delivery).toEqual(ACKNOWLEDGED);
  expect(process.kill(left, 'SIGKILL')).toBe(true);
});

test('closed, it leaves no command running, however long that takes', async () => {
  const { sink, give, needed, told } = made(
    'trap "" TERM; echo "pid $$"; echo begun; sleep 1000; sleep 1000',
  );
  let outcome: Outcome | undefined;
  const delivery = give().then((settled) => {
    outcome = settled;
  });
  await needed.stderr.has('begun');
  await sink.close();
  await turn();
  expect(outcome).toMatchObject({ kind: 'failed' });
  await Promise.all([...pidsIn(told(), 1).map(gone), delivery]);
});

function pidsIn(text: string, count: number): number[] {
  const pids = [...text.matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid));
  expect(pids).toHaveLength(count);
  return pids;
}
