import { expect, test } from 'vitest';
import { shownCommand, withoutSecrets } from '../../src/domain/shown-command.ts';

const SECRETS = ['sk_test_canary_0123456789', 'canary-webhook-secret', 'canary "quoted" & <odd>'];

test.each([
  { typed: ['reconcile', '--from', '8h'], shown: 'reconcile --from 8h' },
  { typed: ['reconcile', '--events', 'dsync.*'], shown: "reconcile --events 'dsync.*'" },
  {
    typed: ['reconcile', '--deliver', 'https://app.example/webhooks/workos'],
    shown: 'reconcile --deliver https://app.example/webhooks/workos',
  },
  {
    typed: ['reconcile', '--deliver', 'https://app.example/in?token=canary'],
    shown: "reconcile --deliver 'https://app.example/in?…'",
  },
  {
    typed: ['reconcile', '--deliver', 'https://user:canary@app.example/in'],
    shown: "reconcile --deliver '…'",
  },
  {
    typed: ['reconcile', '--deliver', 'dsync.*=exec:curl -H "Authorization: canary" http://127.0.0.1'],
    shown: "reconcile --deliver 'dsync.*=exec:curl …'",
  },
  {
    typed: ['reconcile', '--deliver=exec:TOKEN=canary ./on-event.sh'],
    shown: "reconcile '--deliver=exec:TOKEN=… ./on-event.sh'",
  },
  { typed: ['reconcile', '--deliver', 'nowhere canary'], shown: "reconcile --deliver '…'" },
  {
    typed: ['reconcile', '--api-url', 'https://me:canary@api.example?key=canary'],
    shown: "reconcile --api-url 'https://…@api.example?…'",
  },
  { typed: ['reconcile', '--org', 'sk_live_canary_0123456789'], shown: "reconcile --org 'sk_live_…6789'" },
  { typed: ['reconcile', '--stream', 'whsec_canary0123'], shown: "reconcile --stream 'whsec_…'" },
  { typed: ['reconcile', '--stream', 'canary-webhook-secret'], shown: "reconcile --stream '…cret'" },
  { typed: ['reconcile', 'canary "quoted" & <odd>'], shown: "reconcile '…odd>'" },
])('$shown', ({ typed, shown }) => {
  expect(shownCommand(typed, SECRETS)).toBe(`workos-events ${shown}`);
});

test('a proxy or database in words keeps its host', () => {
  const text = 'through https://me:p@ss@proxy.example:8080/x and postgres://me@db/app?password=1';
  expect(withoutSecrets(text, [])).toBe('through https://…@proxy.example:8080/x and postgres://…@db/app?…');
});
