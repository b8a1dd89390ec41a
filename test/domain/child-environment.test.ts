import { expect, test } from 'vitest';
import { childEnvironment, type Environment } from '../../src/domain/child-environment.ts';

const KEY = 'sk_test_canary_0123456789';
const SECRET = 'whsec_canary_0123456789';

test.each<[string, Environment, Environment, string[], Environment]>([
  ['what is not ours stays', { PATH: '/bin', EMPTY: '' }, {}, [], { PATH: '/bin', EMPTY: '' }],
  ['an unset variable is none', { PATH: '/bin', GONE: undefined }, {}, [], { PATH: '/bin' }],
  [
    'our secrets go',
    { WORKOS_API_KEY: KEY, WORKOS_WEBHOOK_SECRET: 's', DD_API_KEY: 'a', DD_APP_KEY: 'b', DD_SITE: 'c' },
    {},
    [],
    { DD_SITE: 'c' },
  ],
  ['also under another name', { MY_KEY: KEY, WORKOS_API_KEY: KEY }, {}, [], {}],
  [
    'also when a file holds them',
    { MY_KEY: KEY, MY_SECRET: SECRET },
    { WORKOS_API_KEY: KEY },
    [],
    { MY_SECRET: SECRET },
  ],
  [
    'a short one may stand elsewhere',
    { NODE_ENV: 'test', WORKOS_WEBHOOK_SECRET: 'test' },
    {},
    [],
    { NODE_ENV: 'test' },
  ],
  [
    'one passed stays',
    { WORKOS_API_KEY: KEY, DD_API_KEY: 'a' },
    {},
    ['WORKOS_API_KEY'],
    { WORKOS_API_KEY: KEY },
  ],
  [
    'one passed comes from the file',
    {},
    { WORKOS_WEBHOOK_SECRET: SECRET },
    ['WORKOS_WEBHOOK_SECRET'],
    { WORKOS_WEBHOOK_SECRET: SECRET },
  ],
  [
    'the environment before the file',
    { DD_APP_KEY: 'env' },
    { DD_APP_KEY: 'file' },
    ['DD_APP_KEY'],
    { DD_APP_KEY: 'env' },
  ],
  ['another name of it passed', { MY_KEY: KEY, WORKOS_API_KEY: KEY }, {}, ['MY_KEY'], { MY_KEY: KEY }],
  ['a name that is nowhere', {}, {}, ['WORKOS_API_KEY'], {}],
])('%s', (_, env, secrets, passed, child) => {
  expect(childEnvironment(env, secrets, passed)).toEqual(child);
});
