import type { ChalkInstance } from 'chalk';
import type { SentEvent } from '../domain/sent-event.ts';
import type { Hint } from '../domain/webhook-hints.ts';
import { printable } from './figures.ts';

/** `to`: the address, without what may be secret in it. */
export function sentJson(to: string, sent: readonly SentEvent[]): unknown {
  return {
    to,
    ok: sent.every(({ ok }) => ok),
    sent: sent.map(({ event, ok, status, durationMs, reason, hints }) => ({
      id: event.id,
      type: event.type,
      ok,
      status: status ?? null,
      duration_ms: durationMs,
      reason: reason ?? null,
      hints: hints.map(({ id, detail }) => ({ id, detail })),
    })),
  };
}

/** `200 in 12 ms  user.created  event_01…`, and why not when it is no 2xx. */
export function sentText({ event, ok, status, durationMs, reason }: SentEvent, style: ChalkInstance): string {
  const shown = status === undefined ? 'none' : String(status);
  const answer = ok ? style.green(shown) : style.red(shown);
  const about = [event.type, event.id].filter((part) => part !== null).map(printable);
  // Behind a status, only the words of the answer are news.
  const words = reason?.replace(/^it answered \d+(?:: |, )?/, '') ?? '';
  const parts = [`${answer} in ${durationMs} ms`, ...about, ...(words === '' ? [] : [words])];
  return `${parts.join('  ')}\n`;
}

/** Each hint once, however many events it is for. */
export function hintsText(sent: readonly SentEvent[], style: ChalkInstance): string {
  const hints = new Map<string, Hint>(sent.flatMap((one) => one.hints.map((hint) => [hint.id, hint])));
  return [...hints.values()].map(({ detail }) => `${style.yellow('!')} ${detail}\n`).join('');
}
