import type { World } from '../world.ts';
import { type DataOf, draw, newId, type Payloads, pick } from './payload.ts';

const NAMES = ['slack-token', 'db-password', 'webhook-secret', 'stripe-key', 'oauth-refresh'] as const;

function actor(world: World, n: number): string {
  return `"actor_id":"${newId('key', world, n)}","actor_source":"api","actor_name":"Production key"`;
}

function byActor(rest: (world: World, n: number) => string): DataOf {
  return (world, n) => {
    const fields = rest(world, n);
    return `{${actor(world, n)}${fields === '' ? '' : ','}${fields}}`;
  };
}

const entry = (world: World, n: number) => `"kv_name":"${pick(NAMES, draw(world, n, 1))}-${n % 200}"`;
const key = (world: World, n: number) => `"key_id":"${newId('kek', world, n)}"`;
const context = (world: World, n: number) =>
  `"key_context":{"organization_id":"${pick(world.organizations, draw(world, n, 2)).id}"}`;
const entryAndKey = (world: World, n: number) => `${entry(world, n)},${key(world, n)}`;
const mutated = byActor((world, n) => `${entryAndKey(world, n)},${context(world, n)}`);
const keyNamed = byActor((world, n) => `"key_name":"tenant-${n % 200}",${key(world, n)}`);

function ownKey(rest: string): DataOf {
  return (world, n) => {
    const { id } = pick(world.organizations, draw(world, n, 1));
    return `{"organization_id":"${id}","key_provider":"AWS_KMS"${rest}}`;
  };
}

export const VAULT: Payloads = {
  'vault.byok_key.deleted': ownKey(''),
  'vault.byok_key.verification_completed': ownKey(',"verified":true'),
  'vault.data.created': mutated,
  'vault.data.deleted': byActor(entry),
  'vault.data.read': byActor(entryAndKey),
  'vault.data.updated': mutated,
  'vault.dek.decrypted': byActor(key),
  'vault.dek.read': byActor((world, n) => `"key_ids":["${newId('kek', world, n)}"],${context(world, n)}`),
  'vault.kek.created': keyNamed,
  'vault.kek.deleted': keyNamed,
  'vault.metadata.read': byActor(entry),
  'vault.names.listed': byActor(() => ''),
};
