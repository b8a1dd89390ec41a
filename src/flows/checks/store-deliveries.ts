import { deliveryFindings } from '../../domain/doctor/findings/store-deliveries.ts';
import type { Check } from '../doctor/check.ts';
import { streamFacts } from '../doctor/store-reading.ts';

export const storeDeliveries: Check = async (run) => deliveryFindings(await streamFacts(run));
