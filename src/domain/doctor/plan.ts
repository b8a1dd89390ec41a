/** Which checks run, and why the others do not: from what was asked for and what is set up. */
import { CHECK_IDS, CHECKS, type CheckId, type Integration } from './checks.ts';
import type { FindingOf } from './finding.ts';
import type { FrameCodes } from './findings/frame.ts';

export interface DoctorWish {
  /** `--for`: what these need has to be there. */
  readonly integrations: readonly Integration[];
  /** `--only`; undefined for all. */
  readonly only: ReadonlySet<CheckId> | undefined;
  readonly skip: ReadonlySet<CheckId>;
  /** `--endpoint` was given: checks may POST to it. */
  readonly hasEndpoint: boolean;
}

export interface PlannedCheck {
  readonly id: CheckId;
  /** Without it the integration that was asked for cannot work, or it was named itself. */
  readonly required: boolean;
  /** Not asked for. Those that come after it may need it all the same: then it runs, untold. */
  readonly leftOut: 'not_selected' | 'skipped' | undefined;
  /** Decided without running it. */
  readonly settled: FindingOf<FrameCodes> | undefined;
}

/** `setUp`: what there is a key or a secret of. */
export function planChecks(wish: DoctorWish, setUp: ReadonlySet<Integration>): readonly PlannedCheck[] {
  const wanted = new Set<Integration>(wish.integrations);
  // Who names an endpoint takes webhooks there.
  if (wish.hasEndpoint) wanted.add('webhooks');
  return CHECK_IDS.map((id) => {
    const { integration } = CHECKS[id];
    const named = wish.only?.has(id) ?? false;
    const required = named || (integration !== undefined && wanted.has(integration));
    const applies = required || integration === undefined || setUp.has(integration);
    return { id, required, leftOut: leftOut(id, wish), settled: settled(id, { named, applies }, wish) };
  });
}

function leftOut(id: CheckId, { only, skip }: DoctorWish): PlannedCheck['leftOut'] {
  if (skip.has(id)) return 'skipped';
  return only && !only.has(id) ? 'not_selected' : undefined;
}

function settled(
  id: CheckId,
  { named, applies }: { named: boolean; applies: boolean },
  { hasEndpoint }: DoctorWish,
): PlannedCheck['settled'] {
  const { integration, posts } = CHECKS[id];
  if (!applies && integration !== undefined) return { code: 'not_set_up', integration };
  return posts && !hasEndpoint ? { code: 'no_endpoint', named } : undefined;
}
