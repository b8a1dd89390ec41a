/** `data.id` of an event's own text: what the event is about; undefined where it names nothing. */
export function objectIdOf(text: string): string | undefined {
  const event: unknown = JSON.parse(text);
  if (!isFields(event) || !isFields(event.data)) return undefined;
  const { id } = event.data;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
