import { expect, test } from 'vitest';
import { proxyFor } from '../../src/http/proxy-rule.ts';

const httpsProxy = 'http://proxy.test:3128';

test.each([
  ['https://api.workos.com/', undefined, true],
  ['https://api.workos.com/', '', true],
  ['https://api.workos.com/', '*', false],
  ['https://api.workos.com/', 'workos.com', false],
  ['https://api.workos.com/', '.workos.com', false],
  ['https://api.workos.com/', '*.workos.com', false],
  ['https://api.workos.com/', 'notworkos.com, os.com', true],
  ['https://api.workos.com/', 'a.test API.workos.com', false],
  ['https://api.workos.com/', 'api.workos.com:443', false],
  ['https://api.workos.com/', 'api.workos.com:8443', true],
  ['https://api.workos.com:8443/', 'api.workos.com:8443', false],
  ['http://api.workos.com/', undefined, false],
  ['https://127.0.0.1:4010/', undefined, false],
  ['https://[::1]:4010/', undefined, false],
  ['https://localhost/', undefined, false],
])('%s with NO_PROXY %j goes through the proxy: %s', (url, noProxy, proxied) => {
  expect(proxyFor(new URL(url), { httpsProxy, noProxy })).toBe(proxied ? httpsProxy : undefined);
});

test('without a proxy nothing does', () => {
  expect(proxyFor(new URL('https://api.workos.com/'), undefined)).toBeUndefined();
});

test('a proxy without a scheme is an HTTP one', () => {
  const settings = { httpsProxy: 'proxy.test:3128', noProxy: undefined };
  expect(proxyFor(new URL('https://api.workos.com/'), settings)).toBe(httpsProxy);
});

test.each([
  'http://',
  'socks5://user:secret@proxy.test',
  'not a host',
])('%s is refused, and not shown', (value) => {
  const settings = { httpsProxy: value, noProxy: undefined };
  expect(() => proxyFor(new URL('https://api.workos.com/'), settings)).toThrow(
    /^HTTPS_PROXY is not the URL of a proxy\.$/,
  );
});
