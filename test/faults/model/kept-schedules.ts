import type { Schedule } from './steps.ts';

/** Schedules that went wrong once, shortened, and what it was. They are played each time. */
export const KEPT: readonly { readonly was: string; readonly schedule: Schedule }[] = [
  {
    was: 'delivered was recorded before the sink had answered (a planted defect)',
    schedule: {
      routed: true,
      steps: [
        { does: 'happen', count: 4 },
        { does: 'sync', broken: { point: 'sink.before', nth: 1, how: 'kill' } },
      ],
    },
  },
  {
    was: 'the cursor was committed before its events (a planted defect)',
    schedule: {
      routed: false,
      steps: [
        { does: 'sync', broken: { point: 'commit.first_insert', nth: 1, how: 'kill' } },
        { does: 'sync', broken: { point: 'lease.released', nth: 1, how: 'power' } },
      ],
    },
  },
  {
    was: 'reconcile took the cursor along (a planted defect)',
    schedule: {
      routed: true,
      steps: [
        { does: 'sync' },
        { does: 'happen', count: 3 },
        { does: 'wait', minutes: 10 },
        { does: 'reconcile', acts: true },
      ],
    },
  },
  {
    was: 'what became visible late was not read (a planted defect)',
    schedule: {
      routed: true,
      steps: [
        { does: 'rest' },
        { does: 'happen', count: 8 },
        { does: 'wait', minutes: 1 },
        { does: 'sync' },
        { does: 'late', minutes: 9 },
      ],
    },
  },
  {
    was: 'a receiver whose clock was a year ahead planned retries for that year, and no run made them before',
    schedule: {
      routed: true,
      steps: [
        { does: 'sync', noDeliver: true },
        { does: 'clock', offHours: 8760 },
        { does: 'sink', is: 'failing' },
        { does: 'listen', webhooks: 1 },
      ],
    },
  },
];
