import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import { CANARY, type Lab } from '../lab.ts';
import { SIGNING_SECRET } from '../witnesses/http.ts';

/** How much a run tells. */
const VERBOSITIES: readonly (readonly string[])[] = [['-q'], [], ['-v'], ['--json'], ['--json', '-v']];

/** What can be found out about a child and about us from its side: arguments, and its own environment. */
const HANDLER = `#!/bin/sh
cat > /dev/null
tr '\\0' '\\n' < /proc/$$/cmdline >> "$SEEN"
tr '\\0' '\\n' < /proc/$PPID/cmdline >> "$SEEN"
env >> "$SEEN"
`;

interface Place {
  readonly folder: string;
  readonly sandbox: Sandbox;
}

/** Commands where a secret is close, in turn: each over the store that the one before has left. */
const COMMANDS: readonly (readonly string[])[] = [
  ['sync', '--from', '3d', '--deliver', 'exec:./handler.sh', '--drain', '0'],
  ['sync', '--deliver', 'http://127.0.0.1:9/hook', '--drain', '0'],
  ['reconcile', '--from', '2d'],
  ['reconcile', '--from', '2d', '--deliver', 'exec:./handler.sh', '--yes'],
  ['deliveries', 'list'],
  ['deliveries', 'retry', '--all', '--deliver', 'http://127.0.0.1:9/hook', '--drain', '0'],
  ['store', 'status'],
  ['store', 'check'],
  ['store', 'export'],
  ['tail', '--since', '1h', '--no-follow'],
  ['send', '--type', 'user.created', '--to', 'http://127.0.0.1:9/hook'],
  ['verify-signature', '--payload', 'body', '--header', 't=1, v1=00'],
  ['types', 'user.*'],
  ['doctor'],
  ['deliveries', 'drop', 'nobody'],
  ['store', 'prune', '--dry-run'],
];
/** What these do not take, being of one form, or telling nothing. */
const NOT_TAKEN: Readonly<Record<string, readonly string[]>> = {
  'store export': ['--json', '-v'],
  types: ['-q', '-v'],
};

/** A key that is refused, and things that are given where a secret may be typed by mistake. */
const MISTAKES: readonly {
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}[] = [
  { name: 'a wrong key', env: { WORKOS_API_KEY: `${CANARY}x` }, args: ['sync'] },
  {
    name: 'a wrong key of reconcile',
    env: { WORKOS_API_KEY: `${CANARY}x` },
    args: ['reconcile', '--from', '1h', '--replay'],
  },
  { name: 'a wrong key of tail', env: { WORKOS_API_KEY: `${CANARY}x` }, args: ['tail', '--no-follow'] },
  {
    name: 'the key as the webhook secret',
    env: { WORKOS_WEBHOOK_SECRET: CANARY },
    args: ['verify-signature', '--payload', 'body', '--header', 't=1, v1=00'],
  },
  { name: 'the key in an address', args: ['sync', '--api-url', `https://${CANARY}@127.0.0.1:9`] },
  {
    name: 'the key in a route',
    args: ['sync', '--from', '1h', '--deliver', `http://user:${CANARY}@127.0.0.1:9/`],
  },
  {
    name: 'a defect',
    env: { WORKOS_EVENTS_FAULT: 'page.parsed@1:throw' },
    args: ['sync', '--from', '1h', '--no-deliver'],
  },
  {
    name: 'a defect while delivering',
    env: { WORKOS_EVENTS_FAULT: 'sink.after@1:throw' },
    args: ['sync', '--from', '3d', '--deliver', 'exec:./handler.sh'],
  },
];

/** The key and the signing secret: in no output, file or argument, and in no environment of a child. */
export const secrets: FaultGroup = {
  name: 'secrets',
  open: async (lab) =>
    VERBOSITIES.flatMap((flags) => [
      inTurn(lab, flags),
      ...MISTAKES.map(
        ({ name, env = {}, args }): FaultCase => ({
          name: `${name} ${flags.join(' ')}`.trim(),
          run: async () => await searched(lab, await placeFor(lab), [...args, ...flags], env),
        }),
      ),
    ]),
};

function inTurn(lab: Lab, flags: readonly string[]): FaultCase {
  return {
    name: `commands near a secret ${flags.join(' ')}`.trim(),
    run: async () => {
      const place = await placeFor(lab);
      const found: string[] = [];
      for (const command of COMMANDS) {
        const leftOut = NOT_TAKEN[command.slice(0, 2).join(' ')] ?? NOT_TAKEN[command[0] ?? ''] ?? [];
        const taken = flags.filter((flag) => !leftOut.includes(flag));
        found.push(...(await searched(lab, place, [...command, ...taken])));
      }
      const seen = readFileSync(join(place.folder, 'seen'), 'utf8');
      return [...found, ...(seen.includes('handler.sh') ? [] : ['the handler was never run'])];
    },
  };
}

async function placeFor(lab: Lab): Promise<Place> {
  const sandbox = await lab.sandbox({ count: 12, days: 2 });
  const folder = lab.newFolder();
  writeFileSync(join(folder, 'handler.sh'), HANDLER);
  chmodSync(join(folder, 'handler.sh'), 0o755);
  writeFileSync(join(folder, 'body'), '{}');
  return { folder, sandbox };
}

/** Runs a command and looks for the secrets wherever it may have left them. */
async function searched(
  lab: Lab,
  { folder, sandbox }: Place,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const needsStore = !['tail', 'send', 'verify-signature', 'types'].includes(args[0] ?? '');
  const store = needsStore ? ['--store', join(folder, 'events.db')] : [];
  const { stdout, stderr, code, hung } = await lab.run([...args, ...store], {
    cwd: folder,
    apiUrl: sandbox.url,
    env: { WORKOS_WEBHOOK_SECRET: SIGNING_SECRET, SEEN: join(folder, 'seen'), ...env },
  });
  const places = [
    ['stdout', stdout],
    ['stderr', stderr],
    ...filesIn(folder).map((file) => [file, readFileSync(join(folder, file), 'latin1')] as const),
  ] as const;
  // What a person typed as an argument is theirs to see: only there, and never from us.
  const found = places.flatMap(([where, text]) =>
    [CANARY, SIGNING_SECRET].filter((secret) => text.includes(secret)).map(() => `a secret in ${where}`),
  );
  const isOdd = hung || code === null;
  // A command line that is refused has shown nothing.
  const isRefused = stdout.includes('Unknown option') || stderr.includes('Unknown option');
  return [
    ...found,
    ...(isOdd ? [`it ended with ${code}`] : []),
    ...(isRefused ? ['it does not take these flags'] : []),
  ].map((text) => `${args.join(' ')}: ${text}`.replaceAll(CANARY, '…'));
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
}
