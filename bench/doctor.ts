/** What `doctor` takes: all checks against the slowest of them alone, and where nobody answers. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Bench } from './bench.ts';
import { type Benchmark, type Figure, median, seconds } from './figure.ts';

const LATENCY_MS = 100;
const TURNS = 5;
const SECRET = 'whsec_0123456789abcdefghij';

interface Listed {
  readonly id: string;
  readonly for: string | null;
  readonly needs_endpoint: boolean;
}

export const doctor: Benchmark = {
  name: 'doctor',
  run: async (bench) => [await allAtOnce(bench), await nobodyAnswers(bench)],
};

/** Everything is set up, so that each check has something to do; but for Datadog, which is no sandbox. */
async function allAtOnce(bench: Bench): Promise<Figure> {
  const sandbox = await bench.serve({ count: 10_000, days: 89, latencyMs: LATENCY_MS });
  const endpoint = await bench.answer();
  const env = { ...sandbox.env, WORKOS_WEBHOOK_SECRET: SECRET, WORKOS_EVENTS_STORE: bench.newStore() };
  await bench.run([bench.program, 'sync', '--quiet', '--max-rps', '0'], env);
  const time = async (flags: readonly string[]) => {
    // The endpoint takes whatever comes, forgeries too; that check then fails, and takes as long.
    const spent = await bench.run([bench.program, 'doctor', '--quiet', ...flags], env, [0, 1]);
    return spent.wallMs;
  };
  const withEndpoint = ['--endpoint', endpoint.url];
  const alone: { readonly id: string; readonly wallMs: number }[] = [];
  for (const { id, needs_endpoint } of await checks(bench)) {
    const flags = ['--only', id, ...(needs_endpoint ? withEndpoint : [])];
    alone.push({ id, wallMs: median(await repeated(() => time(flags))) });
  }
  const all = median(await repeated(() => time(withEndpoint)));
  await Promise.all([sandbox.stop(), endpoint.stop()]);
  const slowest = alone.reduce((one, other) => (other.wallMs > one.wallMs ? other : one));
  return {
    what: `doctor, all checks, answers in ${LATENCY_MS} ms: time of its slowest check alone`,
    value: all / slowest.wallMs,
    unit: 'x',
    limit: { atMost: 1.5 },
    seen: `median of ${TURNS}: ${seconds(all)}; ${slowest.id} alone ${seconds(slowest.wallMs)}`,
  };
}

async function checks(bench: Bench): Promise<readonly Listed[]> {
  const { stdout } = await bench.run([bench.program, 'doctor', '--list-checks', '--json']);
  const listed: { readonly checks: readonly Listed[] } = JSON.parse(stdout);
  return listed.checks.filter((check) => check.for !== 'datadog');
}

/** A name that nobody has, and an address that takes connections and says nothing: the worse of the two. */
async function nobodyAnswers(bench: Bench): Promise<Figure> {
  const silent = createServer((socket) => socket.resume().on('error', () => {})).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const time = async (url: string) => {
    const env = { WORKOS_API_KEY: 'sk_test_0123456789abcdef', WORKOS_API_URL: url };
    const args = [bench.program, 'doctor', '--quiet', '--for', 'events-api', '--store', bench.newStore()];
    return (await bench.run(args, env, [1])).wallMs;
  };
  const unknown = await time('https://api.workos.invalid');
  const mute = await time(`http://127.0.0.1:${port}`);
  silent.close();
  return {
    what: 'doctor, where nobody answers: until it says so',
    value: Math.max(unknown, mute) / 1000,
    unit: ' s',
    limit: { atMost: 10 },
    seen: `an unknown name ${seconds(unknown)}, a server that says nothing ${seconds(mute)}`,
  };
}

async function repeated(time: () => Promise<number>): Promise<readonly number[]> {
  const times: number[] = [];
  while (times.length < TURNS) times.push(await time());
  return times;
}
