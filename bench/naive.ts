/**
 * What a user would write today: a loop over the SDK's `listEvents` and better-sqlite3, one insert an
 * event, the cursor saved after each page. Run as `tsx bench/naive.ts STORE`, with WORKOS_API_KEY and
 * WORKOS_API_URL set; prints the number of events it stored. The SDK answers `undefined` for an event of a
 * type it does not know: the loop reads those and cannot store them, so it has less to do than it should.
 */
import { type EventName, WorkOS } from '@workos-inc/node';
import Database from 'better-sqlite3';
import { CATALOGUE } from '../src/domain/catalogue.ts';

const [file = 'naive.db'] = process.argv.slice(2);
const url = new URL(process.env.WORKOS_API_URL ?? 'https://api.workos.com');
const workos = new WorkOS(process.env.WORKOS_API_KEY, {
  apiHostname: url.hostname,
  ...(url.port ? { port: Number(url.port) } : {}),
  https: url.protocol === 'https:',
});

const db = new Database(file);
db.pragma('journal_mode = WAL');
db.exec(`
  CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, type TEXT, created_at TEXT, payload TEXT);
  CREATE TABLE IF NOT EXISTS cursor (name TEXT PRIMARY KEY, id TEXT);
`);
const insert = db.prepare('INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?)');
const saveCursor = db.prepare("INSERT OR REPLACE INTO cursor VALUES ('workos', ?)");

const DAY_MS = 24 * 3_600_000;
const startMs = Date.now() - 90 * DAY_MS + 60_000;
let stored = 0;
// A request covers 30 days at most, so the loop walks three windows.
for (let fromMs = startMs; fromMs < Date.now(); fromMs += 30 * DAY_MS) {
  const rangeEnd = new Date(Math.min(Date.now(), fromMs + 30 * DAY_MS)).toISOString();
  let after: string | undefined;
  for (;;) {
    const page = await workos.events.listEvents({
      events: CATALOGUE.filter((name): name is EventName => name !== ''),
      limit: 100,
      rangeEnd,
      ...(after === undefined ? { rangeStart: new Date(fromMs).toISOString() } : { after }),
    });
    const events = page.data.filter((event) => event !== undefined);
    for (const event of events) {
      insert.run(event.id, event.event, event.createdAt, JSON.stringify(event));
      stored++;
    }
    const last = events.at(-1);
    if (last) saveCursor.run(last.id);
    after = page.listMetadata.after ?? undefined;
    if (after === undefined) break;
  }
}
process.stdout.write(`${stored}\n`);
