/** What `deliveries …` answers; the documents are in docs/json.md. */
import type { ChalkInstance } from 'chalk';
import type { ListedDelivery } from '../domain/delivery-maintenance.ts';
import { counted, printable, utc } from './figures.ts';

export function deliveryJson(delivery: ListedDelivery): Record<string, unknown> {
  const { nextAttemptAtMs } = delivery;
  return {
    id: delivery.eventId,
    event: delivery.type,
    created_at: new Date(delivery.createdAtMs).toISOString(),
    stream: delivery.stream,
    state: delivery.state,
    sink: delivery.sink,
    attempts: delivery.attempts,
    next_attempt_at: nextAttemptAtMs === null ? null : new Date(nextAttemptAtMs).toISOString(),
    last_error: delivery.lastError,
  };
}

/** One line an event, its last error below it. */
export function deliveryLines(listed: readonly ListedDelivery[], style: ChalkInstance): string {
  if (listed.length === 0) return 'Nothing is dead or pending.\n';
  const typeWidth = Math.max(...listed.map(({ type }) => printable(type).length));
  const lines = listed.map((delivery) => {
    const { state, type, eventId, createdAtMs, stream } = delivery;
    const shown = state === 'dead' ? style.red(state.padEnd(7)) : style.yellow(state.padEnd(7));
    const of = stream === 'default' ? '' : style.dim(`  ${printable(stream)}`);
    const line = `${shown}  ${utc(createdAtMs)}  ${printable(type).padEnd(typeWidth)}  ${printable(eventId)}${of}\n`;
    return line + why(delivery, style);
  });
  const dead = listed.filter(({ state }) => state === 'dead').length;
  const next =
    dead === 0
      ? ''
      : `\nTry them again: workos-events deliveries retry ${dead === 1 ? 'ID' : '--all'} --deliver SPEC. Give one up: workos-events deliveries drop ID\n`;
  return `${lines.join('')}${counted(dead, 'dead', 'dead')}, ${counted(listed.length - dead, 'pending', 'pending')}.\n${next}`;
}

/** `delivered`: they were tried at once. */
export function retriedText(
  retried: readonly ListedDelivery[],
  delivered: boolean,
  style: ChalkInstance,
): string {
  if (retried.length === 0) return 'Nothing is dead.\n';
  if (!delivered) {
    return `${counted(retried.length, 'delivery', 'deliveries')} pending again, for the next run that delivers the stream.\n`;
  }
  const done = retried.filter(({ state }) => state === 'delivered').length;
  const left = retried.filter(({ state }) => state !== 'delivered');
  const head = `${style.green('Delivered')} ${done} of ${retried.length}.\n`;
  return left.length === 0 ? head : `${head}${deliveryLines(left, style)}`;
}

function why({ lastError, sink, attempts, nextAttemptAtMs }: ListedDelivery, style: ChalkInstance): string {
  if (lastError === null) return '';
  const tries = attempts > 0 ? ` (${counted(attempts, 'attempt')})` : '';
  const next = nextAttemptAtMs === null ? '' : `, next at ${utc(nextAttemptAtMs)}`;
  return style.dim(`         ${printable(sink ?? 'no sink')}: ${printable(lastError)}${tries}${next}\n`);
}
