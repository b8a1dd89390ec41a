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
];
