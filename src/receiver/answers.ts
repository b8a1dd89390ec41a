/** The receiver's answers, whole and made beforehand: thousands a second leave through here. */
import type { ServerResponse } from 'node:http';
import type { Health, WebhookAnswer } from '../domain/webhook-server.ts';

/** Seconds after which a webhook that could not be kept may come again. */
const RETRY_AFTER = '5';

interface Answer {
  readonly status: number;
  readonly headers: string[];
  /** The same, of an answer after which the connection is closed. */
  readonly closing: string[];
  readonly body: string;
}

function answer(status: number, text: string, ...headers: string[]): Answer {
  const length = String(Buffer.byteLength(text));
  const all = ['Content-Type', 'text/plain; charset=utf-8', 'Content-Length', length, ...headers];
  return { status, headers: all, closing: [...all, 'Connection', 'close'], body: text };
}

/** A forger learns nothing but that it was not right: why is in our own story. */
export const ANSWERS = {
  taken: answer(200, 'ok\n'),
  forged: answer(401, 'invalid signature\n'),
  unavailable: answer(503, 'try again later\n', 'Retry-After', RETRY_AFTER),
  address: answer(403, 'not from here\n'),
  unknown: answer(404, 'nothing here\n'),
  too_large: answer(413, 'body too large\n'),
  timed_out: answer(408, 'too slow\n'),
} as const satisfies Record<WebhookAnswer, Answer> & Readonly<Record<string, Answer>>;

export type AnswerName = keyof typeof ANSWERS;

export function give(response: ServerResponse, name: AnswerName, closes: boolean): void {
  const { status, headers, closing, body } = ANSWERS[name];
  response.writeHead(status, closes ? closing : headers).end(body);
}

/** All of the answer, but not its end: whoever ends it closes the connection. */
export function show(response: ServerResponse, name: AnswerName): void {
  const { status, closing, body } = ANSWERS[name];
  response.writeHead(status, closing).write(body);
}

export function giveMethods(response: ServerResponse, allow: string, closes: boolean): void {
  const { status, headers, closing, body } = answer(405, `only ${allow}\n`, 'Allow', allow);
  response.writeHead(status, closes ? closing : headers).end(body);
}

export function giveHealth(response: ServerResponse, health: Health, closes: boolean): void {
  const body = `${JSON.stringify({ status: health })}\n`;
  const headers = ['Content-Type', 'application/json', 'Content-Length', String(body.length)];
  const isReady = health === 'ready';
  if (!isReady) headers.push('Retry-After', RETRY_AFTER);
  if (closes) headers.push('Connection', 'close');
  response.writeHead(isReady ? 200 : 503, headers).end(body);
}

/** To what is no whole request, as bytes: there is no response to write it with. */
export function brokenAnswer(code: string | undefined): string {
  const status = BROKEN[code ?? ''] ?? '400 Bad Request';
  return `HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
}

const BROKEN: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
};
