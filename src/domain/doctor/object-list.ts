import { isJsonObject, type JsonObject, jsonValue } from '../json-value.ts';

/** A page of a list endpoint beside `/events`, such as `GET /connections`. */
export interface ObjectList {
  readonly objects: readonly JsonObject[];
  /** The id to go on after; null on the last page. */
  readonly after: string | null;
}

/** Undefined for a body that is no list of objects. */
export function readObjectList(body: string): ObjectList | undefined {
  const list = jsonValue(body);
  if (!isJsonObject(list) || !Array.isArray(list.data)) return undefined;
  const objects: unknown[] = list.data;
  if (!objects.every(isJsonObject)) return undefined;
  const after = isJsonObject(list.list_metadata) ? list.list_metadata.after : null;
  return { objects, after: typeof after === 'string' ? after : null };
}
