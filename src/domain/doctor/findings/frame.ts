/** What is found without the check itself: it does not apply, cannot run, or breaks. */
import { CHECKS, type CheckId, type Integration } from '../checks.ts';
import { type Bare, type Finding, type FindingOf, type Sentences, told } from '../finding.ts';

export interface FrameCodes {
  readonly not_selected: Bare;
  readonly skipped: Bare;
  readonly not_set_up: { readonly integration: Integration };
  readonly no_endpoint: { readonly named: boolean };
  /** Another check, which it builds on, did not pass, and says so itself or may be passed over. */
  readonly blocked: { readonly by: CheckId };
  /** Another check, which it builds on, has nothing to judge. */
  readonly blocked_by_nothing: { readonly by: CheckId; readonly detail: string };
  /** Another check, which it builds on, failed and is not shown: this one has to say so. */
  readonly blocked_unseen: { readonly by: CheckId; readonly because: Finding };
  readonly timed_out: { readonly limitMs: number };
  /** An error that the check did not expect, but that explains itself. */
  readonly failed: {
    readonly message: string;
    readonly hint: string | undefined;
    readonly transient: boolean;
  };
  readonly crashed: { readonly message: string; readonly report: string };
}

const NOT_SET_UP: Readonly<Record<Integration, string>> = {
  'events-api': 'The Events API is not used here: there is no WORKOS_API_KEY.',
  webhooks: 'Webhooks are not set up here: there is no WORKOS_WEBHOOK_SECRET.',
  datadog: 'Datadog is not set up here: there is no DD_API_KEY.',
};

export const SENTENCES = {
  not_selected: () => ({ status: 'skip', detail: 'Not among --only.' }),
  skipped: () => ({ status: 'skip', detail: 'Left out by --skip.' }),
  not_set_up: ({ integration }) => ({
    status: 'skip',
    detail: `${NOT_SET_UP[integration]} --for ${integration} demands it.`,
  }),
  no_endpoint: ({ named }) => ({
    status: named ? 'fail' : 'skip',
    detail: 'It asks your endpoint, so it needs --endpoint URL.',
    fixes: named ? ['Name the endpoint: --endpoint https://app.example/webhooks/workos'] : [],
  }),
  blocked: ({ by }) => ({ status: 'skip', detail: `Needs ${needOf(by)} (${by}).` }),
  blocked_by_nothing: ({ detail }) => ({ status: 'skip', detail }),
  blocked_unseen: ({ by, because: { detail, fixes, transient } }) => ({
    status: 'fail',
    transient,
    detail: `Needs ${needOf(by)} (${by}): ${detail}`,
    fixes,
  }),
  timed_out: ({ limitMs }) => ({
    status: 'fail',
    transient: true,
    detail: `Not done within ${limitMs / 1000} s.`,
    fixes: ['Run it again; if it stays so, leave it out with --skip.'],
  }),
  failed: ({ message, hint, transient }) => ({
    status: 'fail',
    transient,
    detail: message,
    fixes: hint === undefined ? [] : [hint],
  }),
  crashed: ({ message, report }) => ({
    status: 'fail',
    detail: `A defect of workos-events, in the check itself: ${message}`,
    fixes: [`Please report it with the command and this text:\n${report}`],
  }),
} satisfies Sentences<FrameCodes>;

export function frameFindings(...findings: readonly FindingOf<FrameCodes>[]): readonly Finding[] {
  return told<FrameCodes>(SENTENCES, findings);
}

function needOf(by: CheckId): string {
  return CHECKS[by].gives ?? CHECKS[by].title;
}
