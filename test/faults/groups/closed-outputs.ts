import { join } from 'node:path';
import { arrive } from '../delivery-scenarios.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import { CANARY, judged, type Lab } from '../lab.ts';
import { startProgram } from '../program.ts';

/** After so many bytes whoever reads stdout goes away. */
const BYTES = [0, 1, 4_096, 65_536] as const;
const EVENTS = 2_000;
/** More than a pipe holds by far: a program that exits too early would cut it off. */
const WHOLE_BYTES = 3 * 1024 * 1024;
const PADDING = 'x'.repeat(1_600);

const COMMANDS: readonly (readonly string[])[] = [
  ['sync', '--json', '--from', '1h'],
  ['sync', '--from', '1h', '--deliver', 'stdout'],
  ['tail', '--since', '1h', '--no-follow'],
  ['tail', '--since', '1h', '--no-follow', '--json'],
  ['types'],
  ['types', '--json'],
  ['--help'],
  ['store', 'export'],
  ['store', 'status', '--json'],
  ['reconcile', '--from', '50m', '--json'],
];

/** Stdout that is closed early, cannot be written, or is a pipe that is slow to take megabytes. */
export const closedOutputs: FaultGroup = {
  name: 'closed outputs',
  open: async (lab) => {
    const sandbox = await lab.sandbox({ count: 0, days: 1 });
    arrive(sandbox, 40, (n) => `org_${n % 3}`, Date.now() - 30 * 60_000);
    const large = await lab.sandbox({ count: 0, days: 1 });
    addLarge(large);
    const template = await filled(lab, sandbox.url);
    return [
      ...COMMANDS.flatMap((command) => [
        ...BYTES.map((bytes) => closedAfter(lab, sandbox.url, template, command, bytes)),
        intoFull(lab, sandbox.url, template, command),
      ]),
      ...[
        ['tail', '--since', '1h', '--no-follow', '--json'],
        ['store', 'export'],
      ].map((command) => wholeThroughPipe(lab, large.url, command)),
    ];
  },
};

function addLarge(sandbox: Awaited<ReturnType<Lab['sandbox']>>): void {
  const fromMs = Date.now() - 30 * 60_000;
  for (let n = 0; n < EVENTS; n++) {
    const [id, atMs] = [`event_L${n}`, fromMs + n];
    const createdAt = new Date(atMs).toISOString();
    const text = `{"object":"event","id":"${id}","event":"user.updated","data":{"id":"user_1","more":"${PADDING}"},"created_at":"${createdAt}"}`;
    sandbox.add({ id, type: 'user.updated', atMs, text });
  }
}

async function filled(lab: Lab, apiUrl: string): Promise<string> {
  const folder = lab.newFolder();
  const store = join(folder, 'events.db');
  const { code, stdout } = await lab.run(['sync', '--json', '--from', '1h', '--store', store], {
    cwd: folder,
    apiUrl,
  });
  if (code !== 0) throw new Error(`The run that fills the store ended with ${code}: ${stdout}`);
  return store;
}

function piped(apiUrl: string, folder: string, shell: string) {
  const env = { WORKOS_API_KEY: CANARY, WORKOS_API_URL: apiUrl };
  const script = `${shell}; exit "\${PIPESTATUS[0]}"`;
  return startProgram(['bash', '-c', script], { cwd: folder, env }).ended;
}

/** What a shell runs, over a store of its own unless it only reads one. */
function lineOf(lab: Lab, folder: string, template: string, command: readonly string[]): string {
  const reads = command[0] === 'store' || command[0] === 'reconcile';
  const takes = reads || command[0] === 'sync';
  const store = takes ? ` --store '${reads ? template : join(folder, 'events.db')}'` : '';
  return `${lab.command} ${command.join(' ')}${store}`;
}

function closedAfter(
  lab: Lab,
  apiUrl: string,
  template: string,
  command: readonly string[],
  bytes: number,
): FaultCase {
  return {
    name: `${command.join(' ')}, closed after ${bytes}`,
    run: async () => {
      const folder = lab.newFolder();
      const ended = await piped(
        apiUrl,
        folder,
        `${lineOf(lab, folder, template, command)} | head -c ${bytes}`,
      );
      const { code, stderr, flaws } = judged([], ended);
      const isSaid = /EPIPE|at .*\.js:\d+/.test(stderr);
      // What was not taken any more is pending, and the run says so.
      const isRight = code === 0 || (command.includes('--deliver') && code === 1);
      return [
        ...flaws,
        ...(isRight ? [] : [`it ended with ${code}: ${stderr.slice(-300)}`]),
        ...(isSaid ? [`it told of the pipe: ${stderr.slice(-300)}`] : []),
      ];
    },
  };
}

/** The answer could not be given: no good end, and the reason is told. */
function intoFull(lab: Lab, apiUrl: string, template: string, command: readonly string[]): FaultCase {
  return {
    name: `${command.join(' ')}, into /dev/full`,
    run: async () => {
      const folder = lab.newFolder();
      const ended = await piped(apiUrl, folder, `${lineOf(lab, folder, template, command)} > /dev/full`);
      const { code, stderr, flaws } = judged([], ended);
      const isTold = code === 1 && stderr.includes('stdout');
      return [...flaws, ...(isTold ? [] : [`it ended with ${code}: ${stderr.slice(-300)}`])];
    },
  };
}

/** Each line arrives whole, however slowly it is taken. */
function wholeThroughPipe(lab: Lab, apiUrl: string, command: readonly string[]): FaultCase {
  return {
    name: `${command.join(' ')}: 3 MiB through a slow pipe`,
    run: async () => {
      const template = command[0] === 'store' ? await filled(lab, apiUrl) : '';
      const folder = lab.newFolder();
      const ended = await piped(apiUrl, folder, `${lineOf(lab, folder, template, command)} | (sleep 1; cat)`);
      const lines = ended.stdout.split('\n').slice(0, -1);
      const whole = lines.filter((line) => line.endsWith('}')).length;
      return [
        ...(ended.code === 0 ? [] : [`it ended with ${ended.code}: ${ended.stderr.slice(-300)}`]),
        ...(ended.stdout.length > WHOLE_BYTES ? [] : [`only ${ended.stdout.length} bytes arrived`]),
        ...(whole === EVENTS ? [] : [`${whole} of ${EVENTS} events arrived whole`]),
      ];
    },
  };
}
