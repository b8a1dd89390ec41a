import type { Command } from 'commander';
import { describe, expect, onTestFinished, test } from 'vitest';
import { pathOf } from '../../src/commands/help-format.ts';
import { loadCommands } from '../../src/commands/load-commands.ts';
import { AppError } from '../../src/errors.ts';
import { armFaultPoints } from '../../src/fault-points.ts';
import { Interrupted, type Io, OutputClosed } from '../../src/io.ts';
import { buildProgram, run } from '../../src/program.ts';
import { createSandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { version } from '../../src/version.ts';
import { temporaryFolder } from '../store/rig.ts';
import { type FakeIoOptions, fakeIo } from '../support/fake-io.ts';

const KEY = 'sk_test_canary_0123456789abcdef';
/** No pattern finds this one: only that it is the value in use. */
const ODD_KEY = 'sk_test+canary+0123456789';

async function ran(argv: readonly string[], options: FakeIoOptions = {}) {
  const { io, texts } = fakeIo(options);
  const status = await run(argv, io);
  return { status, ...texts };
}

const ALL = await loadCommands(undefined);

function everyCommand(): Command[] {
  const { io } = fakeIo();
  const program = buildProgram(io, ALL, { done: () => {}, print: () => {} });
  const below = (command: Command): Command[] => [command, ...command.commands.flatMap(below)];
  return program.commands.flatMap(below);
}

describe('help', () => {
  test('of the program lists the commands, and is the answer when none is named', async () => {
    const help = await ran(['--help']);
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: workos-events <command> \[flags\]\n/);
    for (const name of ['sync', 'sandbox', 'store'])
      expect(help.stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    expect(help.stdout).not.toMatch(/\[options\]|Options:/);
    expect(await ran([])).toEqual(help);
  });

  test.each(
    everyCommand().map((command) => ({ path: pathOf(command), command })),
  )('of $path has examples, of flags that it has', async ({ path, command }) => {
    const { status, stdout } = await ran([...path.split(' ').slice(1), '--help']);
    expect(status).toBe(0);
    const examples = stdout.split('\nExamples:\n')[1]?.trimEnd().split('\n') ?? [];
    expect(examples.length).toBeGreaterThan(1);
    expect(examples.filter((line) => line.startsWith(`  $ ${path}`))).not.toEqual([]);
    const known = [command, ...command.commands].flatMap(({ options }) => options.map(({ long }) => long));
    for (const example of examples) {
      const [, typed = '', words = ''] = /^ {2}\$ (\S+)(?: (.*?))?(?: {2,}\S.*)?$/.exec(example) ?? [];
      expect(typed, example).not.toBe('');
      if (!example.startsWith(`  $ ${path} `)) continue;
      const own = words.split(/ -- | \| /)[0] ?? '';
      for (const flag of own.match(/--[a-z-]+/g) ?? []) expect([...known, '--help']).toContain(flag);
    }
  });

  test("puts a command's own flags before those of many commands", async () => {
    const shared = ['Output:', 'Configuration:', 'Examples:'];
    for (const [argv, own] of [
      [['sync'], ['Flags:', 'Delivery:']],
      [['store', 'status'], ['Flags:']],
    ] as const) {
      const { stdout } = await ran([...argv, '--help']);
      expect(stdout.match(/^\w+:$/gm)).toEqual([...own, ...shared]);
    }
  });

  test.each([
    [['help', 'store', 'export'], 'workos-events store export'],
    [['store', 'export', '--help'], 'workos-events store export'],
    [['help', 'sync'], 'workos-events sync'],
    [['store'], 'workos-events store'],
  ])('%j is the help of %s', async (argv, command) => {
    const { status, stdout } = await ran(argv);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: ${command} (<command> )?\\[flags\\]\n`));
  });

  test('shows defaults as people type them, and examples', async () => {
    const { stdout } = await ran(['sync', '--help']);
    expect(stdout).toMatch(/--stream <name> .*\(default: default\)/);
    expect(stdout).toMatch(/--interval <duration> .*\(default: 30s\)/);
    expect(stdout).toMatch(/--if-busy <what> .*\(fail or skip; default: fail\)/);
    expect(stdout).toMatch(/\nExamples:\n {2}\$ workos-events sync /);
  });

  test('fits the terminal', async () => {
    const { stdout } = await ran(['sync', '--help'], { isTTY: true, columns: 72 });
    const lines = stdout.slice(0, stdout.indexOf('Examples:')).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(72);
  });
});

test('--version is that of the package, alone', async () => {
  expect(await ran(['--version'])).toEqual({ status: 0, stdout: `${version()}\n`, stderr: '' });
});

describe('usage errors', () => {
  test.each([
    [['syn'], "Unknown command 'syn'.", 'Did you mean sync?'],
    [['sync', '--strem', 'x'], "Unknown option '--strem'.", 'Did you mean --stream?'],
    [['store', 'stat'], "Unknown command 'stat'.", 'Did you mean status?'],
    [['nothing-like-it'], "Unknown command 'nothing-like-it'.", 'workos-events --help lists what there is.'],
    [
      ['help', 'nope'],
      "Unknown command 'nope'.",
      'Commands of workos-events: doctor, tail, sync, listen, reconcile, verify-signature, send, deliveries, types, store, sandbox, completion.',
    ],
    [['--json', 'sync'], "Unknown option '--json'.", 'Flags follow the command: workos-events sync --json.'],
    [
      ['sync', '--from'],
      '--from needs a value: --from <time>.',
      'workos-events sync --help lists what there is.',
    ],
    [
      ['store', 'export', '--state', 'x'],
      "--state does not take 'x'.",
      'Give one of stored, pending, delivered, dead, dropped.',
    ],
    [['sync', '--if-busy', 'x'], "--if-busy does not take 'x'.", 'Give one of fail, skip.'],
    [['sync', '--max-rps', '-1'], "--max-rps does not take '-1'.", 'Give a whole number, 0 or more.'],
    [['sync', '--parallel', 'x'], "--parallel does not take 'x'.", 'Give a whole number, 1 or more.'],
    [['store', 'ack-gap', 'x'], "'x' is no gap-id.", 'Give a whole number, 1 or more.'],
    [['sync', 'x'], 'Too many arguments for sync.', 'workos-events sync --help lists what there is.'],
    [
      ['sandbox', 'sync'],
      'sandbox takes no sync: a command to run stands after --.',
      'Write it like: workos-events sandbox -- workos-events sync',
    ],
  ])('%j', async (argv, message, hint) => {
    const { status, stdout, stderr } = await ran(argv);
    const [, what, fix] = /^error: (.*)\n {2}(.*)\n$/.exec(stderr) ?? [];
    expect({ status, stdout }).toEqual({ status: 2, stdout: argv[0] === '--json' ? stdout : '' });
    const error = argv[0] === '--json' ? JSON.parse(stdout).error : { message: what, hint: fix };
    expect(error.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
    expect(error.hint).toEqual(typeof hint === 'string' ? hint : expect.stringMatching(hint));
  });

  test('are one JSON document under --json', async () => {
    const { status, stdout, stderr } = await ran(['sync', '--json', '--bogus']);
    expect({ status, stderr }).toEqual({ status: 2, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'usage', message: "Unknown option '--bogus'.", hint: expect.any(String) },
    });
  });

  test('of a command whose stdout is lines go to stderr, and only of that', async () => {
    const lines = await ran(['store', 'export', '--json', '--bogus']);
    expect(lines.stdout).toBe('');
    expect(JSON.parse(lines.stderr)).toMatchObject({ error: { code: 'usage' } });
    const document = await ran(['sync', '--json', '--stream', 'export', '--bogus']);
    expect(JSON.parse(document.stdout)).toMatchObject({ error: { code: 'usage' } });
  });

  test('a --json behind -- belongs to the other command', async () => {
    const { stdout, stderr } = await ran(['sandbox', '--bogus', '--', 'x', '--json']);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: /);
  });
});

describe('colours', () => {
  const ESC = '\u001b[';
  const coloured = async (env: Io['env'], isTTY: boolean, ...flags: string[]) =>
    (await ran(['sync', ...flags], { env, isTTY })).stderr.includes(ESC);

  test.each([
    [{}, true, [], true],
    [{}, false, [], false],
    [{ NO_COLOR: '1' }, true, [], false],
    [{ NO_COLOR: '' }, true, [], true],
    [{ FORCE_COLOR: '1' }, false, [], true],
    [{ FORCE_COLOR: '0' }, true, [], false],
    [{ FORCE_COLOR: '1' }, true, ['--no-color'], false],
    [{ TERM: 'dumb' }, true, [], false],
  ])('%j, terminal: %s, %j: %s', async (env, isTTY, flags, expected) => {
    expect(await coloured(env, isTTY, ...flags)).toBe(expected);
  });
});

test('what a terminal would act on is shown, not obeyed', async () => {
  const { stderr } = await ran(['sync', '--stream', 'a\u001b[2Jb\u202ec\n']);
  expect(stderr).toContain('a\\u001b[2Jb\\u202ec\\u000a');
  for (const character of ['\u001b', '\u202e']) expect(stderr).not.toContain(character);
});

/** An API that refuses one request in the middle of a run, with these words. */
async function refusingApi(words: string, options: SandboxOptions = {}) {
  const refusal = { status: 500, body: JSON.stringify({ message: words }) };
  const script: SandboxOptions['script'] = ({ ordinal }) => (ordinal === 2 ? refusal : undefined);
  const api = await createSandbox({ count: 5, holdBackMs: 0, script, ...options });
  onTestFinished(() => api.close());
  return api;
}

describe('the API key', () => {
  const runs = [[], ['-q'], ['-v'], ['--json', '-v']].flatMap((flags) =>
    [KEY, ODD_KEY].map((key) => ({ flags, key })),
  );
  test.each(runs)('$key is in no output of sync $flags', async ({ flags, key }) => {
    const api = await refusingApi(`I saw Bearer ${key}`, { apiKeys: [key] });
    const env = { WORKOS_API_KEY: key, WORKOS_API_URL: api.url };
    const argv = ['sync', '--store', 'events.db', ...flags];
    const { status, stdout, stderr } = await ran(argv, { env, cwd: temporaryFolder() });
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.any(String) });
    // It was there to be shown: the words that hold it were.
    expect(stderr.includes('I saw Bearer')).toBe(!flags.includes('-q'));
    expect(stdout + stderr).not.toContain('canary');
  });

  test('nor in the text of a defect, which says how to report it', async () => {
    const api = await refusingApi('', { apiKeys: [ODD_KEY] });
    armFaultPoints(() => {
      throw new Error(`broken with ${ODD_KEY}`);
    });
    onTestFinished(() => armFaultPoints(() => {}));
    const env = { WORKOS_API_KEY: ODD_KEY, WORKOS_API_URL: api.url };
    const options = { env, cwd: temporaryFolder() };
    const { status, stderr } = await ran(['sync', '--store', 'events.db'], options);
    expect(status).toBe(70);
    expect(stderr).toMatch(/error: A defect of workos-events: broken with sk_…6789\n {2}Please report it/);
    expect(stderr).toContain(`workos-events ${version()}, Node 20.19.0, linux\n`);
    expect(stderr).toMatch(/\n {2}at \S/);
    expect(stderr).not.toContain('canary');
    const json = await ran(['sync', '--store', 'events.db', '--json'], options);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'defect' } });
    expect(json.stdout).not.toContain('canary');
  });
});

describe('a run that is stopped', () => {
  const argv = ['sync', '--store', 'events.db'];
  /** Stops for this reason while the API is asked for the first time, or when it has listed something. */
  async function stopped(reason: Error, when: 'at first' | 'later', ...flags: string[]) {
    const { io, texts, stop } = fakeIo({ cwd: temporaryFolder() });
    const script: SandboxOptions['script'] = ({ ordinal }) => {
      if (ordinal === (when === 'later' ? 5 : 0)) stop(reason);
      return {};
    };
    const api = await createSandbox({ count: 400, days: 80, holdBackMs: 0, script });
    onTestFinished(() => api.close());
    const env = { WORKOS_API_KEY: api.apiKey, WORKOS_API_URL: api.url };
    const status = await run([...argv, '--parallel', '1', ...flags], { ...io, env });
    return { status, ...texts };
  }
  const interrupt = new Interrupted('SIGINT');

  test('before it has an answer says so calmly', async () => {
    expect(await stopped(interrupt, 'at first')).toMatchObject({
      stdout: '',
      stderr:
        'Interrupted by SIGINT before there was an answer.\n  Nothing is lost: run the same command again.\n',
    });
    const { stdout, stderr } = await stopped(interrupt, 'at first', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'interrupted' } });
    expect(stderr).toBe('');
  });

  test('later says what was kept, and that the next one goes on', async () => {
    const { stdout } = await stopped(interrupt, 'later');
    expect(stdout).toMatch(
      /^Interrupted: [1-9]\d* new events kept in .* s; the next sync goes on from here\n/,
    );
    const json = await stopped(interrupt, 'later', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ caught_up: false, new: expect.any(Number) });
    const dry = await stopped(interrupt, 'later', '--dry-run');
    expect(dry.stdout).toMatch(/^Interrupted: .* new events in .*\(dry run: nothing was written\)\n/);
  });

  test('because nobody reads its answer ends well, without a word', async () => {
    const { status, stdout, stderr } = await stopped(new OutputClosed(), 'later');
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).not.toContain('error');
  });

  test('by a defect elsewhere says so instead of an answer', async () => {
    const defect = new AppError('defect', 'A defect of workos-events: a timer broke');
    const { status, stdout, stderr } = await stopped(defect, 'later');
    expect({ status, stdout }).toEqual({ status: 70, stdout: '' });
    expect(stderr).toMatch(/\nerror: A defect of workos-events: a timer broke\n$/);
    const json = await stopped(defect, 'later', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'defect' } });
  });

  test('by a defect after the answer leaves that the only document', async () => {
    const { io, texts, stop } = fakeIo({ cwd: temporaryFolder() });
    const write = async (text: string) => {
      texts.stdout += text;
      stop(new AppError('defect', 'A defect of workos-events: a timer broke'));
    };
    const status = await run(['store', 'path', '--json'], { ...io, stdout: { ...io.stdout, write } });
    expect(status).toBe(70);
    expect(JSON.parse(texts.stdout)).toEqual({ store: expect.any(String) });
    expect(JSON.parse(texts.stderr)).toMatchObject({ error: { code: 'defect' } });
  });
});
