import { AppError } from '../../errors.ts';
import { type Answer, unprocessable } from '../answer.ts';
import { type FaultRule, parseFaultSpec } from '../fault-spec.ts';

/** What `POST /_sandbox/faults` changes; what is absent stays. */
export interface FaultsWish {
  readonly faults: readonly FaultRule[] | undefined;
  readonly latencyMs: number | undefined;
  readonly outageMs: number | undefined;
  /** The id of an event that is no longer known as a cursor. */
  readonly expire: string | undefined;
}

const LONGEST_MS = 3_600_000;

export function readFaultsWish(body: unknown): FaultsWish | Answer {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return unprocessable('body', 'invalid', 'The body must be a JSON object');
  }
  const fields: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(body));
  const { fail, latency_ms: latencyMs, outage_ms: outageMs, expire, ...others } = fields;
  const [odd] = Object.keys(others);
  if (odd !== undefined) return unprocessable(odd, 'unknown', `There is no field ${odd}`);
  if (!isDuration(latencyMs)) return notDuration('latency_ms');
  if (!isDuration(outageMs)) return notDuration('outage_ms');
  if (expire !== undefined && typeof expire !== 'string') {
    return unprocessable('expire', 'invalid', 'expire must be the id of an event');
  }
  if (fail !== undefined && typeof fail !== 'string') {
    return unprocessable('fail', 'invalid', "fail must be like '429:5%,reset:1%', or empty for none");
  }
  try {
    const faults = fail === undefined ? undefined : fail === '' ? [] : parseFaultSpec(fail);
    return { faults, latencyMs, outageMs, expire };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return unprocessable('fail', 'invalid', `${error.message} ${error.hint ?? ''}`.trim());
  }
}

function isDuration(value: unknown): value is number | undefined {
  if (value === undefined) return true;
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LONGEST_MS;
}

function notDuration(field: string): Answer {
  return unprocessable(field, 'out_of_range', `${field} must be between 0 and ${LONGEST_MS}`);
}
