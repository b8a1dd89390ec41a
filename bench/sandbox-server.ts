/** The sandbox in a process of its own, told what to be by its argument and asked over the channel to its parent. */
import { createSandbox } from '../src/sandbox/sandbox.ts';
import type { Answers } from './bench.ts';

const begunAt = performance.now();
const before = process.memoryUsage().rss;
const sandbox = await createSandbox({
  maxPerMinute: 0,
  logsIds: false,
  ...JSON.parse(process.argv[2] ?? '{}'),
});
const madeMs = performance.now() - begunAt;
const heldMb = (process.memoryUsage().rss - before) / 1e6;

const answers: { [Name in keyof Answers]: () => Answers[Name] } = {
  arrivals: () => sandbox.log.requests.map(({ atMs }) => atMs),
  usage: () => {
    const { user, system } = process.cpuUsage();
    return { cpuMs: (user + system) / 1000, heldMb, madeMs };
  },
};

process.on('message', (name) => {
  if (name === 'arrivals' || name === 'usage') process.send?.(answers[name]());
});
process.on('disconnect', () => process.exit());
process.send?.({ url: sandbox.url, key: sandbox.apiKey });
