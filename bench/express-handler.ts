/**
 * A webhook handler as applications have it: Express, the SDK's verification, one insert with `synchronous=FULL` before
 * it answers. `express-handler STORE SECRET`; tells its parent where it listens.
 */

import { WorkOS } from '@workos-inc/node';
import Database from 'better-sqlite3';
import express from 'express';

const [store = '', secret = ''] = process.argv.slice(2);
const db = new Database(store);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec('CREATE TABLE event (id TEXT PRIMARY KEY, type TEXT NOT NULL, payload TEXT NOT NULL)');
const insert = db.prepare('INSERT INTO event VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
const workos = new WorkOS('sk_test_bench');

const app = express();
app.post('/webhooks/workos', express.json(), async (request, response) => {
  const sigHeader = request.get('workos-signature') ?? '';
  try {
    // This line of the SDK wants the parsed object.
    await workos.webhooks.constructEvent({ payload: request.body, sigHeader, secret });
  } catch {
    response.sendStatus(400);
    return;
  }
  const { id, event } = request.body;
  insert.run(id, event, JSON.stringify(request.body));
  response.sendStatus(200);
});

const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address)
    process.send?.({ url: `http://127.0.0.1:${address.port}/webhooks/workos` });
});
process.on('disconnect', () => process.exit());
