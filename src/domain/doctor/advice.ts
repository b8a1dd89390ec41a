/** What is advised in the same words by several checks. */
export const TRY_AGAIN = 'Try again in a minute.';
export const STATUS_PAGE = 'See whether WorkOS has an outage: https://status.workos.com';
export const DATADOG_STATUS = 'See whether Datadog has an outage: https://status.datadoghq.com';
