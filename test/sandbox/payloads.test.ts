import { type EventName, WorkOS } from '@workos-inc/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/domain/catalogue.ts';
import { laneOf } from '../../src/domain/lane.ts';
import { isoTime } from '../../src/sandbox/iso-time.ts';
import { PAYLOADS } from '../../src/sandbox/payloads/payloads.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { createWorld } from '../../src/sandbox/world.ts';

const START = Date.UTC(2026, 10, 24);
const AT = '2026-11-20T10:00:00.000Z';
const world = createWorld(1, START);
const sameWorld = createWorld(1, START);
const otherWorld = createWorld(2, START);

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function dataOf(type: string, n: number, of = world): Fields {
  const parsed: unknown = JSON.parse(PAYLOADS[type]?.(of, n, AT) ?? 'null');
  if (!isFields(parsed)) throw new Error(`${type} ${n} is no object`);
  return parsed;
}

/** Every value under this field, however deep. */
function valuesOf(field: string, value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesOf(field, item));
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === field ? [inner] : valuesOf(field, inner),
  );
}

describe('payloads', () => {
  it('are there for each type of the catalogue, and for no other', () => {
    expect(Object.keys(PAYLOADS).sort()).toEqual([...CATALOGUE]);
  });

  it.each(CATALOGUE)('%s is compact JSON, the same for the same seed', (type) => {
    const numbers = [...Array.from({ length: 40 }, (_, n) => n), 12_345, 999_999, 2 ** 31];
    for (const n of numbers) {
      const text = PAYLOADS[type]?.(world, n, AT) ?? '';
      expect(JSON.stringify(JSON.parse(text))).toBe(text);
      expect(PAYLOADS[type]?.(sameWorld, n, AT)).toBe(text);
    }
    const others = numbers.map((n) => PAYLOADS[type]?.(otherWorld, n, AT));
    expect(others).not.toEqual(numbers.map((n) => PAYLOADS[type]?.(world, n, AT)));
  });

  it('refer to organizations, users, directories and connections that exist', () => {
    const known = {
      organization_id: world.organizations,
      user_id: world.users,
      inviter_user_id: world.users,
      directory_id: world.directories,
      connection_id: world.connections,
    };
    for (const type of CATALOGUE) {
      for (let n = 0; n < 50; n++) {
        // Of a new organization, its own domain is.
        const data = type.startsWith('organization.') ? {} : dataOf(type, n);
        for (const [field, objects] of Object.entries(known)) {
          const ids = new Set<unknown>([null, ...objects.map(({ id }) => id)]);
          for (const id of valuesOf(field, data)) expect(ids, `${type} ${n} ${field}`).toContain(id);
        }
      }
    }
  });

  it("put a directory's users and groups into its organization", () => {
    for (const type of ['dsync.user.created', 'dsync.user.updated', 'dsync.group.user_added']) {
      for (let n = 0; n < 1000; n += 7) {
        const data = dataOf(type, n);
        const [id] = valuesOf('directory_id', data);
        const directory = world.directories.find((known) => known.id === id);
        expect(new Set(valuesOf('directory_id', data))).toEqual(new Set([id]));
        expect(new Set(valuesOf('organization_id', data))).toEqual(new Set([directory?.organization.id]));
        for (const email of valuesOf('email', data)) {
          expect(email).toMatch(new RegExp(`@${directory?.organization.domain}$`));
        }
      }
    }
  });

  it('hold addresses and times as they should be', () => {
    for (const type of CATALOGUE) {
      const data = dataOf(type, 77);
      for (const email of valuesOf('email', data))
        expect(email).toMatch(/^[a-z.]+\d+@[a-z.\d]+\.example\.\w+$|@(mail|post)\.example\.\w+$/);
      for (const time of [...valuesOf('created_at', data), ...valuesOf('updated_at', data)]) {
        expect(new Date(String(time)).toISOString()).toBe(time);
        expect(String(time) <= AT).toBe(true);
      }
    }
  });

  it('spread over many lanes, of which directory syncs keep to one at a time', () => {
    const lanes = (type: string, from: number, to: number) => {
      const found = new Set<string>();
      for (let n = from; n < to; n++) found.add(laneOf(type, dataOf(type, n)));
      return found.size;
    };
    expect(lanes('session.created', 0, 500)).toBeGreaterThan(20);
    expect(lanes('dsync.user.created', 0, 128)).toBe(1);
    expect(lanes('dsync.user.created', 0, 128 * 50)).toBeGreaterThan(10);
  });
});

describe('the world', () => {
  it('has connections and directories in every state', () => {
    const states = (objects: readonly { head: string }[]) =>
      new Set(objects.map(({ head }) => JSON.parse(`${head}}`).state));
    expect(states(world.connections)).toEqual(
      new Set(['active', 'draft', 'validating', 'inactive', 'requires_type', 'deleting']),
    );
    expect(states(world.directories)).toEqual(
      new Set(['linked', 'validating', 'invalid_credentials', 'unlinked', 'deleting']),
    );
  });

  it('lets only what works be used', () => {
    for (let n = 0; n < 3000; n += 7) {
      const { directory_id: id } = dataOf('dsync.user.created', n);
      expect(world.directories.find((known) => known.id === id)).toMatchObject({ isLinked: true });
      const [used] = valuesOf('connection_id', dataOf('authentication.sso_succeeded', n));
      expect(world.connections.find((known) => known.id === used)).toMatchObject({ isActive: true });
    }
  });

  it('has the same ids for a seed whenever it starts, and all its times before the history', () => {
    const later = createWorld(1, START + 1000);
    expect(later.users.map(({ id }) => id)).toEqual(world.users.map(({ id }) => id));
    const ids = [...world.users, ...world.organizations, ...world.connections].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const newest = Math.max(...world.users.map(({ createdAt }) => Date.parse(createdAt)));
    expect(newest).toBeLessThan(START - 90 * 24 * 3_600_000);
  });
});

it('the official SDK reads all of it', async () => {
  const sandbox = await createSandbox({ count: 3000, days: 20, shape: 'uniform' });
  const { hostname, port } = new URL(sandbox.url);
  const workos = new WorkOS(sandbox.apiKey, { apiHostname: hostname, port: Number(port), https: false });
  const names = CATALOGUE.filter((name): name is EventName => name !== '');
  const read = new Set<string>();
  let after: string | undefined;
  do {
    // Throws when an object lacks a field that it expects.
    const page = await workos.events.listEvents({ events: names, limit: 100, ...(after ? { after } : {}) });
    // It has nothing for a type that it does not know.
    for (const event of page.data) if (event) read.add(event.event);
    after = page.listMetadata.after ?? undefined;
  } while (after !== undefined);
  expect(read.size).toBeGreaterThan(70);
  const [directory] = (await workos.directorySync.listDirectories()).data;
  const [connection] = (await workos.sso.listConnections()).data;
  const [organization] = (await workos.organizations.listOrganizations()).data;
  expect(directory?.organizationId).toBe(organization?.id);
  expect(connection?.organizationId).toBe(organization?.id);
  expect(organization?.domains).toHaveLength(1);
  await sandbox.close();
});

it('times are written as Date writes them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) }), (ms) => {
      expect(isoTime(ms)).toBe(new Date(ms).toISOString());
    }),
  );
});
