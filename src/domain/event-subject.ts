/**
 * Whom or what an event is about, in one word: an e-mail address, else a name, else an id. The payload is
 * the sender's and may be anything.
 */
const WHO_OR_WHAT = [
  'email',
  'user.email',
  'name',
  'domain',
  'organization_domain.domain',
  'slug',
  'kv_name',
  'key_name',
  'user_id',
  'connection.id',
  'agent_registration_id',
  'organization_membership_id',
  'id',
  'actor_name',
  'key_id',
  'organization_id',
] as const;

/** `text`: the event as it came over the wire. Empty when it names nothing. */
export function subjectOf(text: string): string {
  const data = fieldOf(parsed(text), 'data');
  for (const path of WHO_OR_WHAT) {
    const found = path.split('.').reduce(fieldOf, data);
    if (typeof found === 'string' && found !== '') return found;
  }
  return '';
}

function fieldOf(value: unknown, name: string): unknown {
  return isFields(value) ? value[name] : undefined;
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
