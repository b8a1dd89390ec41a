/**
 * The webhook server, over Node's own: its parser is the one that the world tests, and with the answers made
 * beforehand it costs less than what a webhook costs otherwise. Everything about a request that can be judged
 * without its body is judged before a byte of that is read; what is read is bounded in size, in time and in
 * all. It keeps nothing and knows no secret.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type AddressRange, isWithin } from '../domain/address-range.ts';
import { parseIpAddress } from '../domain/ip-address.ts';
import { purposeOf } from '../domain/receiver-paths.ts';
import { senderAddress } from '../domain/sender-address.ts';
import type { TurnedAway, WebhookHandler, WebhookServer } from '../domain/webhook-server.ts';
import { type AnswerName, brokenAnswer, give, giveHealth, giveMethods, show } from './answers.ts';
import { bindFailure } from './bind-failure.ts';
import { Deadlines } from './deadlines.ts';

export interface ReceiverOptions {
  readonly port: number;
  readonly host: string;
  readonly path: string;
  readonly maxBodyBytes: number;
  /** Undefined: whoever signs. */
  readonly allowed: readonly AddressRange[] | undefined;
  /** Proxies of ours in front, which append to `X-Forwarded-For`. */
  readonly proxyHops: number;
  readonly limits?: Partial<ReceiverLimits> | undefined;
}

export interface ReceiverLimits {
  readonly headersMs: number;
  readonly bodyMs: number;
  /** How long a sender may go on sending what is not read any more, so that it sees the answer. */
  readonly lingerMs: number;
  readonly connections: number;
  /** Of all bodies that have arrived and were not answered yet. */
  readonly heldBytes: number;
}

const LIMITS: ReceiverLimits = {
  headersMs: 5_000,
  bodyMs: 10_000,
  lingerMs: 1_000,
  connections: 5_000,
  heldBytes: 64 * 1024 * 1024,
};
/** Longer than load balancers keep a connection that is idle: theirs must never meet one that we close. */
const KEEP_ALIVE_MS = 75_000;
/** How long a drain waits for requests of connections that it has. */
const DOOR_MS = 100;

export class WebhookReceiver implements WebhookServer {
  readonly #options: ReceiverOptions;
  readonly #limits: ReceiverLimits;
  readonly #handler: WebhookHandler;
  readonly #server: Server;
  readonly #underWay = new Set<ServerResponse>();
  readonly #deadlines: Deadlines;
  #heldBytes = 0;
  #isDraining = false;
  #onIdle: (() => void) | undefined;

  constructor(options: ReceiverOptions, handler: WebhookHandler) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
    this.#handler = handler;
    const { headersMs, bodyMs, lingerMs, connections } = this.#limits;
    this.#deadlines = new Deadlines(Math.min(headersMs, bodyMs, lingerMs));
    const { lookEveryMs } = this.#deadlines;
    this.#server = createServer({
      headersTimeout: headersMs,
      // The deadline of a body is kept here; this one is for bodies that nobody reads.
      requestTimeout: headersMs + bodyMs + 4 * lookEveryMs,
      connectionsCheckingInterval: lookEveryMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
    });
    this.#server.maxConnections = connections;
    this.#server.on('request', (request, response) => this.#serve(request, response));
    // Who asks first is told before the body comes.
    this.#server.on('checkContinue', (request, response) => this.#serve(request, response, true));
    this.#server.on('clientError', (error, socket) => this.#refuseBroken(error, socket as Socket));
  }

  async listen(): Promise<string> {
    const { port, host, path } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(bindFailure(error, port, host)));
      this.#server.listen(port, host, resolve);
    });
    this.#deadlines.start();
    const address = this.#server.address();
    const bound = address !== null && typeof address === 'object' ? address.port : port;
    return `http://${host.includes(':') ? `[${host}]` : host}:${bound}${path}`;
  }

  async drain(withinMs: number): Promise<void> {
    this.#isDraining = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    // What was sent before the door closed may not have been read yet.
    await pause(Math.min(withinMs, DOOR_MS));
    if (this.#underWay.size > 0) await this.#idleWithin(withinMs);
    this.#deadlines.stop();
    this.#server.closeAllConnections();
    await closed;
  }

  async #idleWithin(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #serve(request: IncomingMessage, response: ServerResponse, asksFirst = false): void {
    this.#underWay.add(response);
    response.once('close', () => this.#ended(response));
    const purpose = purposeOf(request.method ?? '', request.url ?? '', this.#options.path);
    if (purpose.kind === 'webhook') this.#judgeHead(request, response, asksFirst);
    else if (purpose.kind === 'health') giveHealth(response, this.#handler.health, this.#isDraining);
    else if (purpose.kind === 'other_method') giveMethods(response, purpose.allow, this.#isDraining);
    else give(response, 'unknown', this.#isDraining);
  }

  #ended(response: ServerResponse): void {
    this.#underWay.delete(response);
    if (this.#underWay.size === 0) this.#onIdle?.();
  }

  #judgeHead(request: IncomingMessage, response: ServerResponse, asksFirst: boolean): void {
    const { allowed, maxBodyBytes } = this.#options;
    const { headers } = request;
    const declared = Number(headers['content-length'] ?? 0);
    if (allowed && !this.#isAllowed(request, allowed))
      this.#turnAway('address', 'address', request, response);
    else if (declared > maxBodyBytes) this.#turnAway('too_large', 'too_large', request, response);
    else if (this.#heldBytes + declared > this.#limits.heldBytes) {
      this.#turnAway('overloaded', 'unavailable', request, response);
    } else {
      if (asksFirst) response.writeContinue();
      this.#read(request, response);
    }
  }

  #read(request: IncomingMessage, response: ServerResponse): void {
    const { bodyMs, heldBytes } = this.#limits;
    const chunks: Buffer[] = [];
    let size = 0;
    const deadline = this.#deadlines.set(bodyMs, () => stop('timed_out', 'timed_out'));
    const release = () => {
      this.#deadlines.met(deadline);
      this.#heldBytes -= size;
      size = 0;
    };
    response.once('close', release);
    const stop = (why: TurnedAway, name: AnswerName) => {
      request.off('data', keep).off('end', hand);
      release();
      this.#turnAway(why, name, request, response);
    };
    const keep = (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      this.#heldBytes += chunk.length;
      if (size > this.#options.maxBodyBytes) stop('too_large', 'too_large');
      else if (this.#heldBytes > heldBytes) stop('overloaded', 'unavailable');
    };
    const hand = () => {
      this.#deadlines.met(deadline);
      const [first] = chunks;
      const body = chunks.length === 1 && first ? first : Buffer.concat(chunks);
      this.#hand(body, request, response);
    };
    request.on('data', keep).on('end', hand);
  }

  #hand(body: Buffer, request: IncomingMessage, response: ServerResponse): void {
    const signature = request.headers['workos-signature'];
    this.#handler.take({
      body,
      signature: Array.isArray(signature) ? signature.join(', ') : signature,
      sender: this.#senderOf(request),
      answer: (name) => {
        if (!response.destroyed && !response.headersSent) give(response, name, this.#isDraining);
      },
    });
  }

  /** What still comes of the body is read over for a moment, or its sender might never see the answer. */
  #turnAway(why: TurnedAway, name: AnswerName, request: IncomingMessage, response: ServerResponse): void {
    this.#handler.turnedAway(why, this.#senderOf(request));
    show(response, name);
    const deadline = this.#deadlines.set(this.#limits.lingerMs, () => response.end());
    response.once('close', () => this.#deadlines.met(deadline));
    request.once('end', () => response.end()).resume();
  }

  /** What is no HTTP, or stopped in the middle of its head. An answer that others wait for is not given to it. */
  #refuseBroken(error: NodeJS.ErrnoException, socket: Socket): void {
    const isReset = error.code === 'ECONNRESET' || error.code === 'EPIPE';
    const hasOthers = [...this.#underWay].some((response) => response.socket === socket);
    if (!isReset) {
      const isSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
      this.#handler.turnedAway(isSlow ? 'timed_out' : 'malformed_request', socket.remoteAddress);
    }
    if (isReset || hasOthers || !socket.writable) socket.destroy();
    else socket.end(brokenAnswer(error.code));
  }

  #isAllowed(request: IncomingMessage, allowed: readonly AddressRange[]): boolean {
    const address = parseIpAddress(this.#senderOf(request) ?? '');
    return address !== undefined && isWithin(allowed, address);
  }

  #senderOf({ socket, headers }: IncomingMessage): string | undefined {
    const { proxyHops } = this.#options;
    if (proxyHops === 0) return socket.remoteAddress;
    const forwarded = headers['x-forwarded-for'];
    const entries = Array.isArray(forwarded) ? forwarded.join(',') : forwarded;
    return senderAddress(socket.remoteAddress, entries, proxyHops);
  }
}
