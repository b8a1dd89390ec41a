import { isJsonObject, jsonValue } from './json-value.ts';

/** What a webhook's body says of itself; null for what it does not say. */
export interface EventSummary {
  readonly id: string | null;
  readonly type: string | null;
  readonly createdAt: string | null;
}

/** Undefined when the body is no JSON object. */
export function summarizeEvent(body: Uint8Array): EventSummary | undefined {
  const event = jsonValue(new TextDecoder().decode(body));
  if (!isJsonObject(event)) return undefined;
  return { id: textOf(event.id), type: textOf(event.event), createdAt: textOf(event.created_at) };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
