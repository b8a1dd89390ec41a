/** What an event says at a glance, from the last words of its type. */
export type Outcome = 'failed' | 'attention' | 'removed' | 'added' | 'other';

const OUTCOMES: readonly (readonly [Outcome, RegExp])[] = [
  ['failed', /[._](?:failed|denied|timed_out|risk_detected)$/],
  ['attention', /[._](?:required|needed|challenge_created|expired)$/],
  ['removed', /[._](?:deleted|removed|revoked|deactivated|disconnected)$/],
  [
    'added',
    /[._](?:created|added|activated|accepted|approved|completed|connected|succeeded|verified|issued)$/,
  ],
];

export function outcomeOf(type: string): Outcome {
  return OUTCOMES.find(([, ending]) => ending.test(type))?.[0] ?? 'other';
}
