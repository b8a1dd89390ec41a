/**
 * How many full pages (100 events) a second the sandbox serves of a history of a million events, every
 * type asked for. The readers live in another process, so that `per CPU second` is the sandbox alone: what
 * it would serve on a core of its own, whatever else runs on this machine. Run as `tsx bench/sandbox-pages.ts`.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { CATALOGUE } from '../src/domain/catalogue.ts';
import { createSandbox } from '../src/sandbox/sandbox.ts';

const COUNT = 1_000_000;
const DAYS = 90;
const PAGES = 5_000;
const READERS = 8;
const DAY_MS = 24 * 3_600_000;

async function serve(): Promise<void> {
  const begunAt = performance.now();
  const before = process.memoryUsage().rss;
  const sandbox = await createSandbox({ count: COUNT, days: DAYS, maxPerMinute: 0, logsIds: false });
  const madeMs = performance.now() - begunAt;
  const heldMb = (process.memoryUsage().rss - before) / 1e6;
  const child = fork(fileURLToPath(import.meta.url), ['read', sandbox.url, sandbox.apiKey]);
  await once(child, 'message');
  const wall = performance.now();
  const cpu = process.cpuUsage();
  const [bytes] = await once(child, 'message');
  const seconds = (performance.now() - wall) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await Promise.all([sandbox.close(), once(child, 'exit')]);
  const lines = [
    `made         ${COUNT.toLocaleString('en')} events in ${madeMs.toFixed(0)} ms, ${heldMb.toFixed(0)} MB`,
    `event        ${(Number(bytes) / PAGES / 100).toFixed(0)} bytes on average`,
    `pages/s      ${(PAGES / seconds).toFixed(0)}`,
    `per CPU s    ${(PAGES / ((user + system) / 1e6)).toFixed(0)}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function read(url: string, key: string): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: READERS });
  const types = encodeURIComponent(CATALOGUE.join(','));
  const fetchPage = async (place: string): Promise<string> => {
    const request = get(`${url}/events?events=${types}&limit=100&order=asc&${place}`, {
      agent,
      headers: { authorization: `Bearer ${key}` },
    });
    const [response] = await once(request, 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    if (response.statusCode !== 200) throw new Error(String(Buffer.concat(chunks)));
    return String(Buffer.concat(chunks));
  };
  let left = PAGES;
  let bytes = 0;
  const walk = async (fromMs: number): Promise<void> => {
    let place = `range_start=${new Date(fromMs).toISOString()}&range_end=${new Date(fromMs + 30 * DAY_MS).toISOString()}`;
    while (left > 0) {
      left--;
      const page = await fetchPage(place);
      bytes += page.length;
      const after = /"after":"([^"]+)"\}\}$/.exec(page.slice(-80))?.[1];
      if (after === undefined) throw new Error('the history is too short for this benchmark');
      place = `after=${after}`;
    }
  };
  await fetchPage('');
  process.send?.('ready');
  const firstMs = Date.now() - (DAYS - 1) * DAY_MS;
  await Promise.all(Array.from({ length: READERS }, (_, reader) => walk(firstMs + reader * 5 * DAY_MS)));
  agent.destroy();
  process.send?.(bytes, () => process.disconnect());
}

const [role, url = '', key = ''] = process.argv.slice(2);
await (role === 'read' ? read(url, key) : serve());
