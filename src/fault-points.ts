/**
 * Named step boundaries at which the fault suite breaks the program (`docs/reliability.md`). `reach` does
 * nothing until `main.ts` arms it, which it does only when `WORKOS_EVENTS_FAULT` or
 * `WORKOS_EVENTS_FAULT_TRACE` is set.
 */
export const FAULT_POINTS = [
  'start',
  'stream.created',
  'lease.judged',
  'lease.taken',
  'lease.renewed',
  'lease.released',
  'request.before',
  'response.headers',
  'response.body',
  'page.parsed',
  'window.planned',
  'window.staged',
  'window.completed',
  'commit.first_insert',
  'commit.before_cursor',
  'commit.before_commit',
  'commit.done',
  'pages.between',
  'migration.before',
  'migration.inside',
  'migration.after',
  'prune.middle',
  'sink.before',
  'sink.during',
  'sink.after',
  'delivery.unrecorded',
  'retry.planned',
  'dead.before',
  'dead.after',
  'record.before_commit',
  'record.done',
  'reconcile.difference',
  'recovery.before_commit',
  'recovery.done',
  'listen.ready',
  'webhook.body_read',
  'webhook.verified',
  'webhook.committed',
  'webhook.half_answered',
  'webhook.answered',
  'listen.draining',
  'listen.drained',
] as const;

export type FaultPoint = (typeof FAULT_POINTS)[number];

let handler: ((point: FaultPoint) => void) | undefined;

export function armFaultPoints(onReach: (point: FaultPoint) => void): void {
  handler = onReach;
}

export function reach(point: FaultPoint): void {
  handler?.(point);
}
