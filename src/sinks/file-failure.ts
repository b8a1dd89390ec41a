import type { Outcome } from '../domain/delivery.ts';
import { unwritable } from '../domain/unwritable.ts';
import { systemCode } from './system-code.ts';

type Failure = Extract<Outcome, { kind: 'sink_failed' | 'sink_refused' }>;

/** What the system says of a file, for people. Undefined when it did not say it: a defect. */
export function failureOf(error: unknown): Failure | undefined {
  const code = systemCode(error);
  if (code === undefined) return undefined;
  const { reason, lasts } = unwritable(code);
  return { kind: lasts ? 'sink_refused' : 'sink_failed', reason };
}

/** An error in the system's form, for what only we can see. */
export function fileError(code: 'ENOTFILE' | 'EISDIR' | 'EBUSY'): Error {
  return Object.assign(new Error(code), { code });
}
