import { type ApiAnswer, isPassing, isPassingStatus } from './api-probe.ts';
import { saidBy } from './findings/auth-api-key.ts';

/** An answer that is of no use to the check that asked. */
export interface Unread {
  /** What came instead, as a clause. */
  readonly why: string;
  /** Undefined where nothing came at all. */
  readonly status: number | undefined;
  /** It passes by itself. */
  readonly passing: boolean;
}

/** `unusable`: what is wrong with the body of a 200. */
export function unreadOf(answer: ApiAnswer, unusable?: string): Unread {
  if (answer.kind === 'unanswered') {
    return { why: answer.message, status: undefined, passing: isPassing(answer.cause) };
  }
  const { status, words, requestId } = answer;
  const said = saidBy({ words: unusable ?? words, requestId });
  return { why: `it answered ${status}${said}`, status, passing: isPassingStatus(status) };
}
