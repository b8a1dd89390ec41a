import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/domain/catalogue.ts';
import { eventDomains } from '../../src/domain/event-domains.ts';
import { run } from '../../src/program.ts';
import { fakeIo } from '../support/fake-io.ts';

async function types(...argv: string[]) {
  const { io, texts } = fakeIo();
  return { status: await run(['types', ...argv], io), ...texts };
}

describe('types', () => {
  it('lists every type once, under a line on what its domain is about', async () => {
    const { status, stdout, stderr } = await types();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const listed = stdout.split('\n').filter((line) => line.startsWith('  '));
    expect(listed.map((line) => line.trim())).toEqual(CATALOGUE);
  });

  it('of patterns are those that one of them takes', async () => {
    expect((await types('session.*', 'user.deleted', 'user.*')).stdout).toBe(
      `session  sessions of users
  session.created
  session.revoked

user  users of AuthKit
  user.created
  user.deleted
  user.updated
`,
    );
  });

  it('under --json are one document', async () => {
    const { stdout } = await types('*_timed_out', '--json');
    expect(JSON.parse(stdout)).toEqual({
      count: 1,
      domains: [
        { name: 'authentication', about: expect.any(String), types: ['authentication.sso_timed_out'] },
      ],
    });
  });

  it.each([
    ['dsnc.*', 'invalid_pattern', "Did you mean 'dsync.*'?"],
    ['dsync', 'unknown_event_type', "Did you mean 'dsync.*'?"],
    ['user.creatd', 'unknown_event_type', "Did you mean 'user.created'?"],
    ['', 'unknown_event_type', 'lists them all'],
  ])('%s is refused with the nearest', async (pattern, code, hint) => {
    const { status, stdout } = await types('user.*', pattern, '--json');
    expect(status).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({ code, hint: expect.stringContaining(hint) });
  });
});

it('each domain of the catalogue has its line', () => {
  for (const { name, about } of eventDomains(CATALOGUE, [])) expect(about, name).toMatch(/^[\w ].{10,90}$/);
});
