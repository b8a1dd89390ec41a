import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import type { ScriptedAnswer } from './scripted-answer.ts';
import type { Timers } from './timers.ts';

/** How the bytes of one answer go out; `timers` are the sandbox's, so that closing it leaves none. */
export interface Transmission {
  readonly answer: Answer;
  readonly scripted: ScriptedAnswer;
  readonly headers: Readonly<Record<string, string>>;
  readonly timers: Timers;
  /** Called once the system took the whole of it; never for one that was cut or that nobody waited for. */
  readonly onWhole: () => void;
}

export function transmit(response: ServerResponse, transmission: Transmission): void {
  const { answer, scripted, headers, timers, onWhole } = transmission;
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  const length = scripted.chunked ? {} : { 'content-length': String(body.length) };
  response.writeHead(answer.status, {
    'content-type': 'application/json; charset=utf-8',
    ...length,
    ...headers,
    ...answer.headers,
  });
  const { cutAfter, pauseInBody } = scripted;
  const finish = (rest: Buffer) => {
    if (response.destroyed) return;
    if (cutAfter === undefined) response.end(rest, onWhole);
    else response.write(rest, () => cut(response, scripted.reset === true));
  };
  const sent = body.subarray(0, cutAfter ?? body.length);
  // Node joins the headers with the first bytes; what is cut or paused at once still has had its headers.
  if (cutAfter !== undefined || pauseInBody) response.flushHeaders();
  if (!pauseInBody) {
    finish(sent);
    return;
  }
  response.write(sent.subarray(0, pauseInBody.afterBytes));
  timers.later(pauseInBody.ms, () => finish(sent.subarray(pauseInBody.afterBytes)));
}

function cut({ socket }: ServerResponse, reset: boolean): void {
  if (reset) socket?.resetAndDestroy();
  else socket?.destroySoon();
}
