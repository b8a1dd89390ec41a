import { matchesPattern } from './patterns.ts';

/** The types that share a first word, and what they are about. */
export interface EventDomain {
  readonly name: string;
  readonly about: string;
  readonly types: readonly string[];
}

const ABOUT: Readonly<Record<string, string>> = {
  action: 'AuthKit Actions: sign-ins and sign-ups that your own code refused',
  agent: 'agents that register, are claimed by a person, and get credentials',
  api_key: 'API keys that your customers make for your product',
  authentication: 'each attempt to sign in, by method, and how it ended',
  connection: 'SSO connections of organizations, and their SAML certificates',
  dsync: 'Directory Sync: users and groups that a directory tells of, and the directory itself',
  email_verification: 'codes that confirm an address',
  flag: 'feature flags and their rules',
  group: 'groups of members within an organization',
  invitation: 'invitations to sign up or to join an organization',
  magic_auth: 'one-time codes to sign in with',
  organization: 'organizations: your customers',
  organization_domain: 'domains of organizations, and whether they were verified',
  organization_membership: 'which users belong to which organization, in which role',
  organization_role: 'roles of a single organization',
  password_reset: 'passwords that are being reset',
  permission: 'permissions that roles are made of',
  pipes: 'Pipes: accounts at other services that users connected',
  radar: 'Radar: sign-ins that had to pass a challenge',
  role: 'roles of the whole environment',
  session: 'sessions of users',
  user: 'users of AuthKit',
  vault: 'Vault: encrypted objects and keys, and who read or changed them',
  waitlist_user: 'people who wait to be let in',
};

export function domainOf(type: string): string {
  return type.split('.', 1).join('');
}

/** Those of the types that one of the patterns takes, or all, in the order of the list. */
export function eventDomains(types: readonly string[], patterns: readonly string[]): EventDomain[] {
  const domains = new Map<string, string[]>();
  for (const type of types) {
    if (patterns.length > 0 && !patterns.some((pattern) => matchesPattern(pattern, type))) continue;
    const name = domainOf(type);
    domains.set(name, [...(domains.get(name) ?? []), type]);
  }
  return [...domains].map(([name, taken]) => ({ name, about: ABOUT[name] ?? '', types: taken }));
}
