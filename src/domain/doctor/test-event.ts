/**
 * An event that is safe to send to a handler in production. Its type tells that somebody read the list of
 * names in Vault: a record of a read, which changes nothing and which nobody keeps in step with. It is in the
 * catalogue, so that a handler that refuses unknown types, or the official SDK, which has no answer for them,
 * does not stumble. Its id says where it is from, should somebody find it in a table of processed events.
 */
export const TEST_EVENT_TYPE = 'vault.names.listed';

export interface TestEvent {
  readonly id: string;
  /** As a webhook brings it. */
  readonly body: string;
}

/** `ordinal` tells the events of one run apart. */
export function testEvent(nowMs: number, ordinal: number): TestEvent {
  const id = `event_workos_events_doctor_${nowMs}_${ordinal}`;
  const actor = { actor_id: 'workos_events_doctor', actor_name: 'workos-events doctor', actor_source: 'api' };
  const createdAt = new Date(nowMs).toISOString();
  return { id, body: JSON.stringify({ id, event: TEST_EVENT_TYPE, data: actor, created_at: createdAt }) };
}
