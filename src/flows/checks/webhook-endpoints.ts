import type { ApiAnswered, ApiUnanswered } from '../../domain/doctor/api-probe.ts';
import { webhookEndpointsFindings } from '../../domain/doctor/findings/webhook-endpoints.ts';
import { endpointPage, type WebhookEndpoint } from '../../domain/doctor/webhook-endpoint.ts';
import { isLoopback } from '../../domain/loopback.ts';
import type { Check, DoctorRun } from '../doctor/check.ts';

/** Of 100 endpoints each; nobody has as many. */
const MOST_PAGES = 5;

export const webhookEndpoints: Check = async (run, { signal }) => {
  const { setup, api } = run;
  return webhookEndpointsFindings({
    listed: await listEndpoints(run, signal),
    patterns: setup.patterns,
    types: [...setup.types.exact, ...setup.types.expanded],
    endpoint: setup.endpoint,
    isLocalApi: isLoopback(new URL(api.baseUrl).hostname),
  });
};

async function listEndpoints(
  { api }: DoctorRun,
  signal: AbortSignal,
): Promise<readonly WebhookEndpoint[] | ApiAnswered | ApiUnanswered> {
  const endpoints: WebhookEndpoint[] = [];
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await api.get('/webhook_endpoints', { limit: 100, after }, signal);
    if (answer.kind === 'unanswered' || answer.status !== 200) return answer;
    const read = endpointPage(answer.body);
    if (!read) return answer;
    endpoints.push(...read.endpoints);
    if (read.after === null) break;
    after = read.after;
  }
  return endpoints;
}
