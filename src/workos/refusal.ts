/** The API's own words about a request it will not take: `{code, message, errors: [{field, code}]}`. */
import { AppError } from '../errors.ts';

export interface Refusal {
  readonly status: number;
  readonly code: string | undefined;
  /** Its message and errors as one line, safe to show. */
  readonly words: string;
  readonly fields: readonly string[];
  /** The codes of the single errors, such as `required`. */
  readonly fieldCodes: readonly string[];
  readonly requestId: string | undefined;
}

const LONGEST_WORDS = 400;

/** Undefined when the body is not a JSON object: then it was not WorkOS that answered. */
export function readRefusal(
  status: number,
  body: string,
  requestId: string | undefined,
  apiKey: string,
): Refusal | undefined {
  const parsed = parseObject(body);
  if (parsed === undefined) {
    return undefined;
  }
  const errors = (Array.isArray(parsed.errors) ? parsed.errors : []).map((error: unknown) =>
    isObject(error) ? error : { message: error },
  );
  const sentences = [
    textOf(parsed.message) ?? textOf(parsed.error_description) ?? textOf(parsed.error),
    ...errors.map((error) =>
      [textOf(error.field), textOf(error.message) ?? textOf(error.code)]
        .filter((part) => part !== undefined)
        .join(': '),
    ),
  ];
  return {
    status,
    code: textOf(parsed.code),
    words: shown(
      sentences.filter((sentence) => sentence !== undefined && sentence !== '').join('; '),
      apiKey,
    ),
    fields: errors.flatMap((error) => textOf(error.field) ?? []),
    fieldCodes: errors.flatMap((error) => textOf(error.code) ?? []),
    requestId,
  };
}

export function badRequest(refusal: Refusal): AppError {
  return new AppError('bad_request', `WorkOS refused the request (${refusal.status})${quoted(refusal)}.`, {
    hint: 'Check the event types, the organization and the times that were asked for.',
  });
}

/** `: its words (request req_1)`, with what there is of it. */
export function quoted({ words, requestId }: Pick<Refusal, 'words' | 'requestId'>): string {
  const request = requestId === undefined ? '' : ` (request ${requestId})`;
  return words === '' ? request : `: ${words.replace(/[.;\s]+$/, '')}${request}`;
}

/** Words from outside as one short line: no control characters, and never the key they may quote. */
export function shown(text: string, apiKey: string): string {
  const line = text
    .replaceAll(apiKey, 'sk_…')
    .replace(/\p{C}+|\s+/gu, ' ')
    .trim();
  return line.length > LONGEST_WORDS ? `${line.slice(0, LONGEST_WORDS)}…` : line;
}

function parseObject(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
