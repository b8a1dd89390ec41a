import type { Maker } from './maker.ts';
import { emailName, FIRST_NAMES, LAST_NAMES } from './names.ts';
import { flat, type Standing } from './standing.ts';
import type { Tenant } from './tenant.ts';

export interface Person {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
}

export interface User extends Person, Standing {
  readonly membershipId: string;
  readonly organization: Tenant;
}

const PUBLIC_DOMAINS = ['mail.example.com', 'post.example.net'] as const;

export function makePerson(make: Maker, domain: string): Person {
  const firstName = make.pick(FIRST_NAMES);
  const lastName = make.pick(LAST_NAMES);
  return { firstName, lastName, email: `${emailName(firstName, lastName)}${make.below(100)}@${domain}` };
}

export function makeUser(make: Maker, organization: Tenant): User {
  const person = makePerson(make, make.random() < 0.9 ? organization.domain : make.pick(PUBLIC_DOMAINS));
  const id = make.id('user');
  const membershipId = make.id('om');
  return {
    ...person,
    id,
    membershipId,
    organization,
    createdAt: make.longAgo(0),
    head: flat(userHead(id, person, true)),
  };
}

export function userHead(id: string, { email, firstName, lastName }: Person, isVerified: boolean): string {
  return `{"object":"user","id":"${id}","email":"${email}","first_name":"${firstName}","last_name":"${lastName}","email_verified":${isVerified},"profile_picture_url":null,"locale":"en-US","external_id":null,"metadata":{}`;
}
