import { CHECK_IDS, CHECKS, type CheckId } from '../../domain/doctor/checks.ts';

export interface Group {
  readonly name: string;
  readonly ids: readonly CheckId[];
}

/** In the order in which people are shown them; documents keep that of the checks. */
export const GROUPS: readonly Group[] = [...new Set(CHECK_IDS.map((id) => CHECKS[id].group))].map((name) => ({
  name,
  ids: CHECK_IDS.filter((id) => CHECKS[id].group === name),
}));
