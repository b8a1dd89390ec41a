import { AppError } from '../../errors.ts';
import type { DeliverFlags } from '../deliver-flags.ts';
import { refuseEmptyPattern } from '../event-patterns.ts';
import type { ApiFlags, OutputFlags, TypedTime } from '../flags.ts';

export const LISTS = ['missing', 'pending', 'dead', 'strays', 'recovered'] as const;
export type ListName = (typeof LISTS)[number];

export interface ReconcileOptions extends OutputFlags, ApiFlags, DeliverFlags {
  readonly store?: string;
  readonly stream: string;
  readonly from: TypedTime;
  readonly to?: TypedTime;
  readonly events?: readonly string[];
  readonly org?: string;
  readonly processed?: string;
  readonly lenient?: boolean;
  readonly apply?: boolean;
  readonly includeStored?: boolean;
  readonly replay?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly list?: readonly ListName[];
  readonly report?: string;
  readonly sameEnvironment?: boolean;
  readonly overlap: number;
  readonly parallel: number;
}

export function refuseContradictions(options: ReconcileOptions): void {
  const { deliver, apply, includeStored, replay, processed, to, from } = options;
  const delivers = deliver !== undefined && deliver !== false;
  if (delivers && apply) {
    throw refusal(
      '--apply does not go with --deliver: it keeps what --deliver hands over.',
      'Give one of them.',
    );
  }
  if (deliver === false && !apply) {
    throw refusal(
      '--no-deliver says where missing events go, and nothing brings them in.',
      'Add --apply: they are then pending for the run that delivers the stream.',
    );
  }
  if ((includeStored || replay) && !delivers && deliver !== false) {
    throw refusal(
      `${replay ? '--replay' : '--include-stored'} says what to deliver, but not where.`,
      "Add --deliver SPEC, such as --deliver 'exec:./on-event.sh'; with --dry-run, nothing is delivered.",
    );
  }
  if (options.lenient && processed === undefined) {
    throw refusal('--lenient is for the ids of --processed.', 'Leave it out, or add --processed FILE.');
  }
  if (processed === '-' && !to) {
    throw refusal(
      '--processed - needs --to: when the ids were written cannot be seen.',
      'Give the time at which they were selected, such as --to 2026-11-24T12:00Z.',
    );
  }
  if (to && from.time.kind === 'at' && to.time.kind === 'at' && from.time.ms >= to.time.ms) {
    throw new AppError(
      'invalid_time',
      `--from ${from.typed} is not before --to ${to.typed}: the window is empty.`,
      { hint: 'The window begins at --from and ends before --to.' },
    );
  }
  for (const pattern of options.events ?? []) refuseEmptyPattern(pattern);
}

function refusal(message: string, hint: string): AppError {
  return new AppError('usage', message, { hint });
}
