import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Config } from '../src/config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function configOf(env: Record<string, string>, file: readonly string[]): Config {
  writeFileSync(join(folder, '.env'), file.join('\n'));
  return new Config(env, folder, {});
}

describe('what the environment says, under any of its names, comes before a file of the folder', () => {
  const key = { WORKOS_API_KEY: 'sk_test_0123456789' };

  it.each([
    { WORKOS_API_BASE_URL: 'https://own.example' },
    { WORKOS_API_HOSTNAME: 'own.example' },
  ])('the address: %j', (own) => {
    const config = configOf({ ...key, ...own }, ['WORKOS_API_URL=https://else.example']);
    expect(config.apiUrl.origin).toBe('https://own.example');
  });

  it('the proxy', () => {
    const file = ['HTTPS_PROXY=http://else.example', 'NO_PROXY=else.example'];
    const own = { https_proxy: 'http://own.example', no_proxy: 'own.example' };
    expect(configOf(own, file).proxy).toEqual({ httpsProxy: 'http://own.example', noProxy: 'own.example' });
  });
});

it('a byte-order mark before a file is no part of its first name', () => {
  const file = ['\ufeffWORKOS_API_URL=https://own.example', 'WORKOS_API_KEY=sk_test_0123456789'];
  expect(configOf({}, file).apiUrl.origin).toBe('https://own.example');
});
