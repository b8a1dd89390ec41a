/** What the flags of `doctor` ask for, and which of them do not go together. */
import { CHECK_IDS, CHECKS } from '../../domain/doctor/checks.ts';
import type { DoctorWish } from '../../domain/doctor/plan.ts';
import { selectChecks } from '../../domain/doctor/select-checks.ts';
import { AppError } from '../../errors.ts';
import type { DoctorFlags } from './options.ts';

export function wishFrom(flags: DoctorFlags): DoctorWish {
  const only = flags.only && selectChecks('--only', flags.only);
  const skip = selectChecks('--skip', flags.skip ?? []);
  const left = CHECK_IDS.filter((id) => (only?.has(id) ?? true) && !skip.has(id));
  if (left.length === 0) {
    throw new AppError('usage', '--only and --skip leave no check.', {
      hint: 'workos-events doctor --list-checks lists them.',
    });
  }
  if (flags.endpoint && !left.some((id) => CHECKS[id].posts)) {
    throw new AppError('usage', '--endpoint has no check that uses it: --only or --skip leave them out.', {
      hint: 'Leave --endpoint out, or let the checks endpoint.* be among those that run.',
    });
  }
  const unserved = flags.for?.find((name) => !left.some((id) => CHECKS[id].integration === name));
  if (unserved !== undefined) {
    throw new AppError('usage', `--for ${unserved} has no check left: --only or --skip leave them out.`, {
      hint: `Leave --for ${unserved} out, or let its checks be among those that run.`,
    });
  }
  return { integrations: flags.for ?? [], only, skip, hasEndpoint: flags.endpoint !== undefined };
}

export function refuseContradictions(flags: DoctorFlags): void {
  if (flags.json && flags.format !== undefined && flags.format !== 'json') {
    throw apart('--json', `--format ${flags.format}`);
  }
  if (!flags.listChecks) return;
  if (flags.format === 'junit' || flags.format === 'github') {
    throw apart('--list-checks', `--format ${flags.format}`);
  }
  const running = ['for', 'endpoint', 'only', 'skip', 'events', 'strict', 'allowTransient'] as const;
  const given = running.find((name) => flags[name] !== undefined);
  if (given !== undefined)
    throw apart('--list-checks', given === 'allowTransient' ? '--allow-transient' : `--${given}`);
}

function apart(one: string, other: string): AppError {
  return new AppError('usage', `${one} does not go with ${other}.`, { hint: 'Leave one of them out.' });
}
