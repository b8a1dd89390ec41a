/** Tries to take the lease, says how it went, and holds on until its stdin ends. */
import { AppError } from '../../src/errors.ts';
import { thisHolder } from '../../src/store/holder.ts';
import { openStore } from '../../src/store/open.ts';

const [path = '', runId = ''] = process.argv.slice(2);
const holder = thisHolder({ pid: process.pid, runId, exists: () => true });
const store = openStore(path, { mode: 'write', holder, nowMs: Date.now });
try {
  store.take('default', 'read');
  process.stdout.write('taken\n');
} catch (error) {
  process.stdout.write(`${error instanceof AppError ? error.code : error}\n`);
}
process.stdin.resume();
