import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/domain/delivery.ts';
import { AppError } from '../../src/errors.ts';
import { ExecSink } from '../../src/sinks/exec.ts';
import { made } from './exec-rig.ts';
import { ACKNOWLEDGED, type Needed, needs, script, temporaryFolder } from './rig.ts';

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
