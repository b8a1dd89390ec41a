/** What looks like the cause when no change of the search proves one: evident to a person, proven by nothing. */
import { isJsonObject } from '../json-value.ts';
import type { Tokens } from './json-layout.ts';
import { hasSortedKeys } from './json-members.ts';
import type { ReceivedBody } from './received-body.ts';

/** What is evidently not a secret of webhooks. */
export type SecretSuspicionId =
  | 'secret_is_api_key'
  | 'secret_is_client_id'
  | 'secret_is_endpoint_id'
  | 'secret_is_masked';

export type SuspicionId =
  | SecretSuspicionId
  | 'body_empty'
  | 'body_is_object_text'
  | 'body_cut'
  | 'body_not_json'
  | 'characters_lost'
  | 'camel_case'
  | 'keys_sorted'
  | 'unknown_secret';

export function suspicions(body: ReceivedBody, secrets: readonly string[]): SuspicionId[] {
  const ids = new Set<SuspicionId>();
  for (const secret of secrets) {
    const id = suspicionOfSecret(secret.trim());
    if (id !== undefined) ids.add(id);
  }
  const id = suspicionOfBody(body);
  if (id !== undefined) ids.add(id);
  return ids.size > 0 ? [...ids] : ['unknown_secret'];
}

export function suspicionOfSecret(secret: string): SecretSuspicionId | undefined {
  if (/^["']?sk_/.test(secret)) return 'secret_is_api_key';
  if (/^["']?client_/.test(secret)) return 'secret_is_client_id';
  if (/^["']?(?:we|webhook_endpoint)_/.test(secret)) return 'secret_is_endpoint_id';
  return /[•*…]{2}|\.{3}|…$/u.test(secret) ? 'secret_is_masked' : undefined;
}

function suspicionOfBody(body: ReceivedBody): SuspicionId | undefined {
  const { text, json, bytes } = body;
  if (bytes.length === 0 || text?.trim() === '') return 'body_empty';
  if (text?.startsWith('[object ')) return 'body_is_object_text';
  if (body.isTooLarge) return undefined;
  if (text === undefined || json === undefined) {
    return /^\s*[{[]/.test(text ?? '') ? 'body_cut' : 'body_not_json';
  }
  if (text.includes('\ufffd')) return 'characters_lost';
  const { value: event, tokens } = json;
  if (isJsonObject(event) && ('createdAt' in event || 'organizationId' in event)) return 'camel_case';
  return isSorted(tokens) ? 'keys_sorted' : undefined;
}

/** More objects than one, in more than one of which the order could be another. */
const LEAST_KEYS = 6;

function isSorted(tokens: Tokens): boolean {
  const keys = tokens.filter((_, index) => tokens[index + 1] === ':').length;
  return keys >= LEAST_KEYS && hasSortedKeys(tokens);
}
