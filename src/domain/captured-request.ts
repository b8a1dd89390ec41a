import { AppError } from '../errors.ts';

/** A request that was kept in a file. */
export interface CapturedRequest {
  /** The values of `WorkOS-Signature`, one for each time that it is there. */
  readonly signature: readonly string[];
  readonly body: Uint8Array;
  readonly notes: readonly CaptureNote[];
}

/**
 * What may be why it does not verify. `cut_off`: it is shorter than its Content-Length. `end_added`: line
 * ends followed it, and were left out. `unchunked`: it was put together from chunks.
 */
export type CaptureNote = 'cut_off' | 'end_added' | 'unchunked';

export const SIGNATURE_FIELD = 'workos-signature';

/** `name`: of what was read. */
export function unreadableRequest(name: string, why: string): AppError {
  return new AppError('usage', `${name} is no request that can be read: ${why}.`, {
    hint: 'Give a raw HTTP request (request line, headers, a blank line, the body), or the JSON of an API Gateway or Lambda function URL event. A body alone goes to --payload, with --header.',
  });
}
