/**
 * Every failure a user can meet has one of these codes; adapters translate what they catch into one,
 * and `program.ts` holds the one map from code to exit status.
 */
export type ErrorCode =
  // usage and configuration: nothing was attempted
  | 'usage'
  | 'invalid_time'
  | 'invalid_pattern'
  | 'unknown_event_type'
  | 'no_api_key'
  | 'no_webhook_secret'
  | 'invalid_api_key'
  | 'invalid_api_url'
  | 'untrusted_api_url'
  | 'other_environment'
  | 'filter_changed'
  | 'start_refused'
  | 'invalid_route'
  | 'unknown_event'
  | 'unknown_stream'
  | 'port_in_use'
  | 'command_not_found'
  // WorkOS refused, or could not be reached
  | 'unauthorized'
  | 'forbidden'
  | 'bad_request'
  | 'rate_limited'
  | 'api_unreachable'
  | 'api_error'
  | 'bad_page'
  // the store cannot be used
  | 'store_missing'
  | 'store_corrupt'
  | 'store_full'
  | 'store_foreign'
  | 'store_newer'
  | 'store_unwritable'
  | 'store_busy'
  | 'store_io'
  | 'network_file_system'
  | 'no_native_part'
  // another run holds the stream
  | 'stream_held'
  | 'lease_lost'
  // the answer could not be given
  | 'output_failed'
  | 'interrupted'
  // ours
  | 'defect';

export interface AppErrorOptions {
  /** What the user can do about it, as one or two plain sentences. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** What happened, to what (`message`), and what to do (`hint`). */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** The store is locked or full: nothing was written, and it may be tried again. */
export function isPassingOfStore(error: unknown): error is AppError {
  return error instanceof AppError && (error.code === 'store_busy' || error.code === 'store_full');
}
