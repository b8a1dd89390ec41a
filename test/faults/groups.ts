import type { FaultGroup } from './fault-case.ts';
import { follow } from './groups/follow.ts';
import { killPoints } from './groups/kill-points.ts';
import { throwPoints } from './groups/throw-points.ts';

export const GROUPS: readonly FaultGroup[] = [killPoints, throwPoints, follow];
