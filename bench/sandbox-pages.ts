/** How fast the sandbox serves a history of a million events, and what it holds of it. */
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { CATALOGUE } from '../src/domain/catalogue.ts';
import type { Served } from './bench.ts';
import type { Benchmark } from './figure.ts';

const COUNT = 1_000_000;
const DAYS = 89;
const PAGES = 5_000;
const READERS = 8;
const DAY_MS = 24 * 3_600_000;

export const sandboxPages: Benchmark = {
  name: 'sandbox-pages',
  run: async (bench) => {
    const sandbox = await bench.serve({ count: COUNT, days: DAYS, logsRequests: false });
    await readPages(sandbox, READERS);
    const { cpuMs: before } = await sandbox.ask('usage');
    const begunAt = performance.now();
    const bytes = await readPages(sandbox, PAGES);
    const ms = performance.now() - begunAt;
    const { cpuMs, heldMb, madeMs } = await sandbox.ask('usage');
    await sandbox.stop();
    const eventBytes = bytes / PAGES / 100;
    return [
      {
        what: 'sandbox, full pages (100 events) a second out of 1,000,000 events',
        value: (PAGES * 1000) / ms,
        unit: '',
        limit: { atLeast: 500 },
        seen: `${READERS} readers; ${((PAGES * 1000) / (cpuMs - before)).toFixed(0)} pages for each second of its CPU`,
      },
      {
        what: 'sandbox, memory held for 1,000,000 events',
        value: heldMb,
        unit: ' MB',
        limit: { under: 100 },
        seen: `made in ${madeMs.toFixed(0)} ms; as text they would be ${((COUNT * eventBytes) / 1e6).toFixed(0)} MB`,
      },
    ];
  },
};

/** Reads so many full pages, by several readers that begin days apart; answers their bytes. */
async function readPages({ url, key }: Served, pages: number): Promise<number> {
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
    return Buffer.concat(chunks).toString('latin1');
  };
  let left = pages;
  let bytes = 0;
  const walk = async (fromMs: number): Promise<void> => {
    const toMs = fromMs + 30 * DAY_MS;
    let place = `range_start=${new Date(fromMs).toISOString()}&range_end=${new Date(toMs).toISOString()}`;
    while (left > 0) {
      left--;
      const page = await fetchPage(place);
      bytes += page.length;
      const after = /"after":"([^"]+)"\}\}$/.exec(page.slice(-80))?.[1];
      if (after === undefined) throw new Error('the history is too short for this benchmark');
      place = `after=${after}`;
    }
  };
  const firstMs = Date.now() - (DAYS - 1) * DAY_MS;
  await Promise.all(Array.from({ length: READERS }, (_, reader) => walk(firstMs + reader * 5 * DAY_MS)));
  agent.destroy();
  return bytes;
}
