/** A page of `GET /connections` or `/directories`. */
export type Fields = Readonly<Record<string, unknown>>;

export interface ObjectList {
  readonly objects: readonly Fields[];
  /** Null on the last page. */
  readonly after: string | null;
}

/** Undefined for a body that is no list of objects. */
export function readObjectList(body: string): ObjectList | undefined {
  const list = parsed(body);
  if (!isFields(list) || !Array.isArray(list.data)) return undefined;
  const objects: unknown[] = list.data;
  if (!objects.every(isFields)) return undefined;
  const after = isFields(list.list_metadata) ? list.list_metadata.after : null;
  return { objects, after: typeof after === 'string' ? after : null };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
