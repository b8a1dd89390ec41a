/** The children of a delivery and nothing else: `plain-children EVENTS COMMAND IN-FLIGHT`, events one a line. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const [file = '', command = '', inFlight = ''] = process.argv.slice(2);
const events = readFileSync(file, 'utf8').trimEnd().split('\n');

let next = 0;
async function hand(): Promise<void> {
  for (let event = events[next++]; event !== undefined; event = events[next++]) {
    const child = spawn(command, { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.end(`${event}\n`);
    child.stdout.resume();
    child.stderr.resume();
    const [status] = await once(child, 'close');
    if (status !== 0) throw new Error(`${command} ended with ${status}`);
  }
}

await Promise.all(Array.from({ length: Number(inFlight) }, hand));
