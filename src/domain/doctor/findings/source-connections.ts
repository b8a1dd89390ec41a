import { CATALOGUE } from '../../catalogue.ts';
import { counted, listing } from '../../figures.ts';
import { matchesPattern } from '../../patterns.ts';
import { STATUS_PAGE, TRY_AGAIN } from '../advice.ts';
import { isActive, isUnfinished, type SourceKind, type SourceObject } from '../event-source-object.ts';
import { type Finding, type FindingOf, type Sentences, told } from '../finding.ts';
import type { Unread } from '../unread.ts';

export type SourceList =
  | { readonly kind: 'listed'; readonly sources: readonly SourceObject[]; readonly isWhole: boolean }
  | { readonly kind: 'unlisted'; readonly unread: Unread };

export interface SourceFacts {
  readonly connections: SourceList;
  readonly directories: SourceList;
  /** Whether events of AuthKit came in the last 30 days; undefined where nobody looked. */
  readonly authKit: AuthKitEvents | undefined;
  /** `--events`, as typed. */
  readonly patterns: readonly string[];
}

export type AuthKitEvents = 'seen' | 'none' | 'unavailable' | 'unknown';

interface SourceCodes {
  readonly active: {
    readonly connections: number;
    readonly directories: number;
    readonly unfinished: number;
    readonly isWhole: boolean;
  };
  readonly only_authkit: { readonly others: number };
  readonly none: { readonly authKit: AuthKitEvents; readonly others: number };
  readonly unhealthy: {
    readonly broken: readonly SourceObject[];
    readonly all: number;
    readonly active: number;
  };
  /** Of a kind without which the types asked for bring nothing. */
  readonly kind_missing: { readonly kind: SourceKind; readonly patterns: readonly string[] };
  readonly forbidden: { readonly kind: SourceKind; readonly why: string };
  readonly unavailable: { readonly kind: SourceKind; readonly why: string };
  readonly not_listed: { readonly kind: SourceKind; readonly why: string };
}

const PLURALS: Readonly<Record<SourceKind, string>> = {
  connection: 'SSO connections',
  directory: 'directories',
};
/** Enough to begin with. */
const MOST_NAMED = 3;

const CONNECT =
  'Connect something that makes events, in the WorkOS dashboard: an SSO connection or a directory of an organization (in a test environment the Test Identity Provider will do), or AuthKit.';
const RIGHT_ENVIRONMENT =
  'Is it the right environment? Each has its own connections, directories and API key: compare the key with those under API Keys in the dashboard.';
const TEST_SIGN_IN =
  'Then sign in once through it: its events are listed some seconds later, and events.recent shows the newest.';

export const SENTENCES = {
  active: ({ connections, directories, unfinished, isWhole }) => ({
    status: 'pass',
    detail: `${counted(connections, 'SSO connection')} and ${counted(directories, 'directory', 'directories')} are active${unfinished > 0 ? `, ${unfinished} more in draft or being deleted` : ''}${isWhole ? '' : ', among the first thousand'}.`,
  }),
  only_authkit: ({ others }) => ({
    status: 'warn',
    detail: `There is no active SSO connection and no linked directory${besides(others)}. Events of AuthKit came in the last 30 days, so it is the source.`,
    fixes: [
      'If AuthKit is all you use, this is as it should be: leave the check out with --skip source.connections.',
      CONNECT,
    ],
  }),
  none: ({ authKit, others }) => ({
    status: 'fail',
    transient: authKit === 'unavailable',
    detail: `There is no active SSO connection and no linked directory${besides(others)}, ${AUTHKIT[authKit]}`,
    fixes: [CONNECT, TEST_SIGN_IN, RIGHT_ENVIRONMENT],
  }),
  unhealthy: ({ broken, all, active }) => ({
    status: 'warn',
    detail: `${broken.length} of ${counted(all, 'connection or directory', 'connections and directories')} ${broken.length === 1 ? 'needs' : 'need'} attention (${active} ${active === 1 ? 'is' : 'are'} active): ${named(broken)}.`,
    fixes: [...new Set(broken.map(mendingOf))],
  }),
  kind_missing: ({ kind, patterns }) => ({
    status: 'warn',
    detail: `${patterns.join(', ')} ${patterns.length === 1 ? 'was' : 'were'} asked for, and ${kind === 'directory' ? 'no directory is linked' : 'no SSO connection is active'}: such events cannot come.`,
    fixes: [
      kind === 'directory'
        ? 'Link a directory to an organization, in the dashboard or through its Admin Portal.'
        : 'Make an SSO connection for an organization, in the dashboard or through its Admin Portal, and sign in through it once.',
      RIGHT_ENVIRONMENT,
    ],
  }),
  forbidden: ({ kind, why }) => ({
    status: 'warn',
    detail: `The API key may not list ${PLURALS[kind]}: ${why}. Whether one is active is not known.`,
    fixes: [
      `Give the key permission to read ${PLURALS[kind]}, in the WorkOS dashboard under API Keys.`,
      'If it is meant to read events only, leave the check out with --skip source.connections.',
    ],
  }),
  unavailable: ({ kind, why }) => ({
    status: 'fail',
    transient: true,
    detail: `The ${PLURALS[kind]} could not be listed: ${why}.`,
    fixes: [TRY_AGAIN, STATUS_PAGE],
  }),
  not_listed: ({ kind, why }) => ({
    status: 'warn',
    detail: `The ${PLURALS[kind]} could not be listed: ${why}. Whether one is active is not known.`,
    fixes: ['Is WORKOS_API_URL right? WorkOS itself lists them; other servers may not.'],
  }),
} satisfies Sentences<SourceCodes>;

const AUTHKIT: Readonly<Record<AuthKitEvents, string>> = {
  none: 'and no event of AuthKit came in the last 30 days: nothing makes events.',
  seen: 'but events of AuthKit came in the last 30 days.',
  unavailable: 'and whether AuthKit makes events could not be read just now.',
  unknown: 'and whether AuthKit makes events does not show.',
};

function besides(others: number): string {
  return others > 0 ? ` (${others} in another state)` : '';
}

function named(sources: readonly SourceObject[]): string {
  const states = sources.map(({ kind, shown, state }) => {
    return `${kind === 'directory' ? 'directory' : 'SSO connection'} ${shown} is ${state}`;
  });
  return listing(states, MOST_NAMED);
}

function mendingOf({ kind, state }: SourceObject): string {
  switch (state) {
    case 'inactive':
      return 'inactive: nobody can sign in through it. Have it set up anew or its certificate renewed, in the dashboard or by the organization in its Admin Portal.';
    case 'validating':
      return 'validating: it was set up and not used yet. It becomes active with the first sign-in, or once the directory has been read.';
    case 'unlinked':
      return 'unlinked: what changes in it brings no event. Have the organization link it again in its Admin Portal, or delete it.';
    case 'invalid_credentials':
      return "invalid_credentials: the directory's provider refuses WorkOS. Have the organization enter new credentials in its Admin Portal.";
    default:
      return `${state}: look at the ${kind} in the WorkOS dashboard.`;
  }
}

/** Nothing is active in what could be listed, and all of it could. */
export function lacksSource({ connections, directories }: Pick<SourceFacts, 'connections' | 'directories'>) {
  return [connections, directories].every((list) => list.kind === 'listed' && !list.sources.some(isActive));
}

export function judgeSources(facts: SourceFacts): FindingOf<SourceCodes>[] {
  const { connections, directories, authKit = 'unknown', patterns } = facts;
  const sources = [connections, directories].flatMap((list) => (list.kind === 'listed' ? list.sources : []));
  const active = sources.filter(isActive);
  const others = sources.length - active.length;
  const inactive = sources.filter((source) => !isActive(source) && !isUnfinished(source));
  // What was set up and not used yet is no news beside what broke.
  const broken = [...inactive].sort(
    (a, b) => Number(a.state === 'validating') - Number(b.state === 'validating'),
  );
  const activeOf = (kind: SourceKind) => active.filter((source) => source.kind === kind).length;
  const findings: FindingOf<SourceCodes>[] = [
    ...unlisted('connection', connections),
    ...unlisted('directory', directories),
  ];
  if (active.length > 0) {
    findings.push({
      code: 'active',
      connections: activeOf('connection'),
      directories: activeOf('directory'),
      unfinished: others - broken.length,
      isWhole: [connections, directories].every((list) => list.kind === 'unlisted' || list.isWhole),
    });
  } else if (lacksSource(facts)) {
    findings.push(authKit === 'seen' ? { code: 'only_authkit', others } : { code: 'none', authKit, others });
  }
  for (const [kind, list] of [
    ['connection', connections],
    ['directory', directories],
  ] as const) {
    const needing = patterns.filter((pattern) => needs(kind, pattern));
    if (needing.length > 0 && list.kind === 'listed' && activeOf(kind) === 0) {
      findings.push({ code: 'kind_missing', kind, patterns: needing });
    }
  }
  if (broken.length > 0) {
    findings.push({ code: 'unhealthy', broken, all: sources.length, active: active.length });
  }
  return findings;
}

export function sourceFindings(facts: SourceFacts): readonly Finding[] {
  return told<SourceCodes>(SENTENCES, judgeSources(facts));
}

function unlisted(kind: SourceKind, list: SourceList): FindingOf<SourceCodes>[] {
  if (list.kind === 'listed') return [];
  const { why, status, passing } = list.unread;
  if (passing) return [{ code: 'unavailable', kind, why }];
  return [{ code: status === 403 ? 'forbidden' : 'not_listed', kind, why }];
}

const NEED: Readonly<Record<SourceKind, RegExp>> = {
  directory: /^dsync\./,
  connection: /^(?:connection\.|authentication\.sso_)/,
};

/** Every type that the pattern stands for comes from this kind only: `authentication.*` brings others too. */
function needs(kind: SourceKind, pattern: string): boolean {
  const matched = CATALOGUE.filter((type) => matchesPattern(pattern, type));
  const types = matched.length > 0 ? matched : [pattern];
  return types.every((type) => NEED[kind].test(type));
}
