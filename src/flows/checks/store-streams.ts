import { streamFindings } from '../../domain/doctor/findings/store-streams.ts';
import type { Check } from '../doctor/check.ts';
import { streamFacts } from '../doctor/store-reading.ts';

export const storeStreams: Check = async (run) => streamFindings(await streamFacts(run));
