import { nodeFindings } from '../../domain/doctor/findings/runtime-node.ts';
import type { Check } from '../doctor/check.ts';

export const runtimeNode: Check = async ({ setup, store }) =>
  nodeFindings({ nodeVersion: setup.nodeVersion, nativeFailure: await store.nativeFailure() });
