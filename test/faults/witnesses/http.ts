import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Handed, type Plan, TAKE_ALL, type Witness } from '../witness.ts';

/** What events are signed with; looked for in everything that the program writes. */
export const SIGNING_SECRET = 'whsec_canary_pV3mXw8Rz5TqLk2N';

const STATUS = { take: 200, fail: 500, refuse: 422 } as const;
const OLDEST_MS = 180_000;

export type Noted = { -readonly [Key in keyof Handed]: Handed[Key] };

/** A webhook handler that verifies what it gets with code of its own, and writes it down before it answers. */
export class HttpWitness implements Witness {
  readonly kind = 'http';
  spec = '';
  plan: Plan;
  /** Instead of the plan's answer. Whoever gives one tells with `note` how it ended. */
  respond: ((response: ServerResponse, handed: Noted, nth: number) => void) | undefined;
  /** Where events may have come from first. */
  origins: ReadonlySet<string> = new Set(['sync']);
  private readonly all: Noted[] = [];
  private readonly wrong: string[] = [];
  private readonly timesOf = new Map<string, number>();
  private moment = 0;
  private readonly server = createServer((request, response) => this.serve(request, response));

  constructor(plan: Plan = TAKE_ALL) {
    this.plan = plan;
  }

  async listen(port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    this.spec = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/webhooks/workos`;
    return this;
  }

  env(): Record<string, string> {
    return { WORKOS_WEBHOOK_SECRET: SIGNING_SECRET };
  }

  printed(): void {}

  handed(): readonly Handed[] {
    return this.all;
  }

  flaws(): readonly string[] {
    return this.wrong;
  }

  /** Ends an attempt; before the answer goes out. */
  note(handed: Noted, outcome: Handed['outcome']): void {
    handed.ended ??= this.moment++;
    if (handed.outcome === 'open') handed.outcome = outcome;
  }

  /** What was handed over before this witness came. */
  recall(earlier: readonly Handed[]): this {
    this.all.push(...earlier);
    this.moment = 1 + Math.max(-1, ...earlier.map(({ begun, ended }) => Math.max(begun, ended ?? 0)));
    return this;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const begun = this.moment++;
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const id = String(request.headers['idempotency-key']);
      const late = request.headers['x-workos-events-late'] === 'true';
      const handed: Noted = { id, text, run: 0, begun, ended: undefined, outcome: 'open', late };
      this.all.push(handed);
      this.wrong.push(...flawsOf(request, text, this.origins).map((flaw) => `${flaw} (${id})`));
      const nth = (this.timesOf.get(id) ?? 0) + 1;
      this.timesOf.set(id, nth);
      onceClosed(request.socket, () => this.note(handed, 'open'));
      this.answer(response, handed, nth);
    });
  }

  private answer(response: ServerResponse, handed: Noted, nth: number): void {
    if (this.respond) {
      this.respond(response, handed, nth);
      return;
    }
    const answer = this.plan(handed.id, nth);
    this.note(handed, answer === 'take' ? 'taken' : 'refused');
    response.writeHead(STATUS[answer]).end();
  }
}

/** One listener a socket, however many requests it carries. */
const closing = new WeakMap<Socket, (() => void)[]>();

function onceClosed(socket: Socket, work: () => void): void {
  const known = closing.get(socket);
  if (known) {
    known.push(work);
    return;
  }
  const works = [work];
  closing.set(socket, works);
  socket.once('close', () => {
    for (const each of works) each();
  });
}

function flawsOf({ method, headers }: IncomingMessage, text: string, origins: ReadonlySet<string>): string[] {
  const flaws: string[] = [];
  if (method !== 'POST') flaws.push(`it came by ${method}`);
  if (headers['content-type'] !== 'application/json') flaws.push(`content type ${headers['content-type']}`);
  const origin = String(headers['x-workos-events-origin']);
  if (!origins.has(origin)) flaws.push(`it says that it comes from ${origin}`);
  if (idIn(text) !== headers['idempotency-key']) flaws.push('the key is not the event id');
  if (!isSigned(String(headers['workos-signature']), text)) flaws.push('the signature is wrong');
  return flaws;
}

export function isSigned(header: string, body: string, secret = SIGNING_SECRET): boolean {
  const { t = '', v1 = '' } = /^t=(?<t>\d+), v1=(?<v1>[0-9a-f]{64})$/.exec(header)?.groups ?? {};
  const expected = createHmac('sha256', secret).update(`${t}.${body}`).digest();
  const given = Buffer.from(v1, 'hex');
  const isRecent = Math.abs(Date.now() - Number(t)) < OLDEST_MS;
  return isRecent && given.length === expected.length && timingSafeEqual(given, expected);
}

export function idIn(text: string): string {
  const { id } = JSON.parse(text);
  return String(id);
}
