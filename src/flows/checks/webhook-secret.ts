import { webhookSecretFindings } from '../../domain/doctor/findings/webhook-secret.ts';
import type { Check } from '../doctor/check.ts';

export const webhookSecret: Check = async ({ setup }) => webhookSecretFindings(setup);
