/**
 * Sends signed webhooks from a process of its own: `webhook-load URL SECRET CONNECTIONS COUNT RATE FIRST LOG`. RATE 0: as
 * fast as they are answered, one at a time on each connection; else so many a second, whether answered or not.
 * Its own small HTTP over sockets, so that the sender is not what is measured. The ids that were answered with
 * a 2xx are written to LOG, and what it saw to stdout, as JSON.
 */
import { createHmac, createSecretKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

const [url = '', secret = '', connections = '', count = '', rate = '', first = '', log = ''] =
  process.argv.slice(2);
const { hostname, port, pathname } = new URL(url);
const key = createSecretKey(Buffer.from(secret));
const total = Number(count);
const perSecond = Number(rate);
const firstNumber = Number(first);

const acknowledged: string[] = [];
const latencies: number[] = [];
const statuses = new Map<number, number>();
let answered = 0;
let begun = 0;
let startedAt = 0;

interface Lane {
  readonly socket: Socket;
  /** Sent and not answered yet, in order: the id, and when it was due. */
  readonly sent: { readonly id: string; readonly dueAt: number }[];
  rest: string;
}

/** As WorkOS sends one: about half a kilobyte. */
function webhook(number: number): { readonly id: string; readonly request: string } {
  const id = `event_01LOAD${String(number).padStart(20, '0')}`;
  const user = `"id":"user_01LOAD${number}","email":"user-${number}@example.com","first_name":"Load","last_name":"Test","email_verified":true,"profile_picture_url":null,"created_at":"2026-11-24T08:00:00.000Z","updated_at":"2026-11-24T08:00:00.000Z"`;
  const body = `{"id":"${id}","event":"user.created","data":{"object":"user",${user}},"created_at":"${new Date().toISOString()}"}`;
  const t = Date.now();
  const v1 = createHmac('sha256', key).update(`${t}.${body}`).digest('hex');
  const head = `POST ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nUser-Agent: WorkOS/1.0\r\nAccept: */*\r\nWorkOS-Signature: t=${t}, v1=${v1}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return { id, request: head + body };
}

const ANSWER = /^HTTP\/1\.1 (?<status>\d{3})[\s\S]*?\r\n\r\n/;
const LENGTH = /content-length: (?<length>\d+)/i;

function take(lane: Lane, chunk: string): void {
  lane.rest += chunk;
  for (;;) {
    const found = ANSWER.exec(lane.rest);
    if (!found) return;
    const length = Number(LENGTH.exec(found[0])?.groups?.length ?? 0);
    if (lane.rest.length < found[0].length + length) return;
    lane.rest = lane.rest.slice(found[0].length + length);
    const of = lane.sent.shift();
    if (!of) throw new Error('an answer to nothing');
    note(of, Number(found.groups?.status));
    if (perSecond === 0) sendNext(lane, performance.now());
  }
}

function note({ id, dueAt }: Lane['sent'][number], status: number): void {
  latencies.push(performance.now() - dueAt);
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  if (status >= 200 && status < 300) acknowledged.push(id);
  answered += 1;
  if (answered === total) finish();
}

function sendNext(lane: Lane, dueAt: number): void {
  if (begun >= total) return;
  const { id, request } = webhook(firstNumber + begun);
  begun += 1;
  lane.sent.push({ id, dueAt });
  lane.socket.write(request);
}

function finish(): void {
  const tookMs = performance.now() - startedAt;
  for (const { socket } of lanes) socket.destroy();
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  writeFileSync(log, acknowledged.map((id) => `${id}\n`).join(''));
  const { user, system } = process.cpuUsage();
  console.log(
    JSON.stringify({
      tookMs,
      perSecond: (answered * 1000) / tookMs,
      acknowledged: acknowledged.length,
      statuses: Object.fromEntries(statuses),
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      p999Ms: at(0.999),
      cpuMs: (user + system) / 1000,
    }),
  );
}

const lanes: Lane[] = await Promise.all(
  Array.from({ length: Number(connections) }, async () => {
    const socket = connect(Number(port), hostname).setNoDelay(true).setEncoding('latin1');
    const lane: Lane = { socket, sent: [], rest: '' };
    socket.on('data', (chunk: string) => take(lane, chunk));
    socket.on('close', () => {
      if (answered < total) throw new Error(`a connection was closed with ${lane.sent.length} unanswered`);
    });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return lane;
  }),
);

startedAt = performance.now();
if (perSecond === 0) for (const lane of lanes) sendNext(lane, startedAt);
else {
  // Whether answered or not: who waits for a slow answer would hide how slow it was. Queued behind another one
  // only where all connections are busy.
  const tick = setInterval(() => {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) * perSecond) / 1000));
    while (begun < due) {
      const dueAt = startedAt + (begun * 1000) / perSecond;
      const lane = lanes.reduce((best, other) => (other.sent.length < best.sent.length ? other : best));
      sendNext(lane, dueAt);
    }
    if (begun >= total) clearInterval(tick);
  }, 2);
}
