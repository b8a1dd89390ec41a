import type { Report } from './activity.ts';

/**
 * For those who watch: of failures in a row one line when they last, and one when they are over. A request
 * that succeeds when sent again is nothing that they have to know of.
 */
export function calmly(report: Report): Report {
  let isAway = false;
  return (activity) => {
    if (activity.kind === 'recovered') {
      if (isAway) report({ kind: 'back', afterMs: activity.afterMs });
      isAway = false;
    } else if (activity.kind !== 'retrying') {
      report(activity);
    } else if (!isAway && activity.attempt > 1) {
      isAway = true;
      report({ kind: 'away', reason: activity.reason });
    }
  };
}
