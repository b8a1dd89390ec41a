import type { Maker } from './maker.ts';
import { GROUP_NAMES, JOB_TITLES } from './names.ts';
import { flat, type Standing } from './standing.ts';
import type { Tenant } from './tenant.ts';
import { makePerson, type Person } from './user.ts';

export interface Directory extends Standing {
  readonly organization: Tenant;
  readonly type: string;
  /** Only a linked one tells of its users and groups. */
  readonly isLinked: boolean;
  readonly users: readonly DirectoryUser[];
  readonly groups: readonly Standing[];
}

export interface DirectoryUser extends Person, Standing {}

const TYPES = [
  'okta scim v2.0',
  'azure scim v2.0',
  'gsuite directory',
  'workday',
  'generic scim v2.0',
] as const;

type DirectoryOf = Pick<Directory, 'id' | 'organization'>;

/** One after another, so that each occurs; most are linked. */
const STATES = [
  ...(['linked', 'linked', 'linked', 'linked', 'invalid_credentials'] as const),
  ...(['linked', 'linked', 'validating', 'linked', 'linked'] as const),
  ...(['unlinked', 'linked', 'linked', 'linked', 'deleting'] as const),
];

/** `rank`: how many organizations come before. */
export function makeDirectory(make: Maker, organization: Tenant, size: number, rank: number): Directory {
  const id = make.id('directory');
  const type = make.pick(TYPES);
  const state = STATES[rank % STATES.length] ?? 'linked';
  const of = { id, organization };
  const names = GROUP_NAMES.slice(0, 3 + make.below(GROUP_NAMES.length - 2));
  return {
    ...of,
    type,
    isLinked: state === 'linked',
    createdAt: make.longAgo(20),
    head: `{"object":"directory","id":"${id}","external_key":"${id.slice(-16).toLowerCase()}","organization_id":"${organization.id}","name":"${organization.name} directory","domain":"${organization.domain}","type":"${type}","state":"${state}"`,
    groups: names.map((name) => makeGroup(make, of, name)),
    users: Array.from({ length: size }, () => makeDirectoryUser(make, of)),
  };
}

/** The directory itself in events, where it has another form than in lists. */
export function directoryEventHead(
  { id, organization, type }: Directory,
  state: 'active' | 'deleting',
): string {
  const domain = `{"object":"organization_domain","id":"org_domain_${id.slice(-26)}","domain":"${organization.domain}"}`;
  return `{"object":"directory","id":"${id}","external_key":"${id.slice(-16).toLowerCase()}","type":"${type}","state":"${state}","name":"${organization.name} directory","organization_id":"${organization.id}","domains":[${domain}]`;
}

function makeGroup(make: Maker, directory: DirectoryOf, name: string): Standing {
  const id = make.id('directory_group');
  return { id, createdAt: make.longAgo(10), head: flat(directoryGroupHead(id, directory, name)) };
}

export function directoryGroupHead(
  id: string,
  { id: directoryId, organization }: DirectoryOf,
  name: string,
): string {
  const idpId = id.slice(-16).toLowerCase();
  return `{"object":"directory_group","id":"${id}","idp_id":"${idpId}","directory_id":"${directoryId}","organization_id":"${organization.id}","name":"${name}","raw_attributes":{"id":"${idpId}","displayName":"${name}","schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"]}`;
}

function makeDirectoryUser(make: Maker, directory: DirectoryOf): DirectoryUser {
  const person = makePerson(make, directory.organization.domain);
  const id = make.id('directory_user');
  const head = flat(directoryUserHead(id, directory, person, make.pick(JOB_TITLES), 'active'));
  return { ...person, id, createdAt: make.longAgo(5), head };
}

export function directoryUserHead(
  id: string,
  { id: directoryId, organization }: DirectoryOf,
  { email, firstName, lastName }: Person,
  jobTitle: string,
  state: 'active' | 'inactive',
): string {
  const idpId = id.slice(-16).toLowerCase();
  return (
    `{"object":"directory_user","id":"${id}","idp_id":"${idpId}","directory_id":"${directoryId}","organization_id":"${organization.id}","email":"${email}","first_name":"${firstName}","last_name":"${lastName}","state":"${state}","role":{"slug":"member"},"custom_attributes":{"job_title":"${jobTitle}"},` +
    `"raw_attributes":{"id":"${idpId}","userName":"${email}","name":{"givenName":"${firstName}","familyName":"${lastName}"},"active":${state === 'active'},"title":"${jobTitle}","emails":[{"type":"work","value":"${email}","primary":true}],"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}`
  );
}
