import type { WebhookAttempt } from '../domain/webhook-attempt.ts';
import type { Io } from '../io.ts';
import { printable, span } from './figures.ts';

/** A receiver that is down fails every event: the first failure is told, each one given up, and the end. */
export class WebhookStory {
  private readonly io: Io;
  private isFailing = false;

  constructor(io: Io) {
    this.io = io;
  }

  tell(attempt: WebhookAttempt): void {
    const line = this.line(attempt);
    if (line !== undefined) void this.io.stderr.write(`${line}\n`);
  }

  private line({ eventId, attempt, ok, answer, nextInMs }: WebhookAttempt): string | undefined {
    const wasFailing = this.isFailing;
    this.isFailing = !ok;
    if (ok) return wasFailing ? `webhooks are taken again (${printable(answer)})` : undefined;
    const what = `webhook of ${printable(eventId)}: ${printable(answer)}`;
    if (nextInMs === undefined) return `${what}; given up after ${attempt} attempts`;
    return wasFailing ? undefined : `${what}; sent again in ${span(nextInMs)}`;
  }
}
