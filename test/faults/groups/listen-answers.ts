import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signatureHeader } from '../../../src/domain/webhook-signature.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import { CANARY, type Lab } from '../lab.ts';
import { type ListenStage, withListenStage } from '../listen-stage.ts';
import { SIGNING_SECRET } from '../witnesses/http.ts';

const BODY =
  '{ "id": "event_1", "event": "user.created", "data": { "rate": 1.0, "name": "Zo\\u00eb", "big": 9007199254740993 } }';
const TOLERANCE_MS = 180_000;
const OTHER = '0'.repeat(64);

function hash(secret: string, t: string, body = BODY): string {
  return createHmac('sha256', secret).update(`${t}.`).update(body).digest('hex');
}

interface Webhook {
  readonly name: string;
  /** Undefined: there is none. */
  readonly header: (now: number) => string | undefined;
  readonly body?: string;
  readonly status: number;
}

const signed =
  (secret: string, off = 0, body = BODY) =>
  (now: number) =>
    signatureHeader(secret, now + off, body);

/** What a sender, and who wants to be taken for one, can send. */
const WEBHOOKS: readonly Webhook[] = [
  { name: 'as WorkOS signs', header: signed(SIGNING_SECRET), status: 200 },
  { name: 'nearly too old', header: signed(SIGNING_SECRET, -TOLERANCE_MS + 20_000), status: 200 },
  { name: 'nearly too far ahead', header: signed(SIGNING_SECRET, TOLERANCE_MS - 20_000), status: 200 },
  {
    name: 'the second v1 is right',
    header: (now) => `t=${now}, v1=${OTHER}, v1=${hash(SIGNING_SECRET, String(now))}`,
    status: 200,
  },
  {
    name: 'upper case, in another order',
    header: (now) => `v1=${hash(SIGNING_SECRET, String(now)).toUpperCase()},t=${now}`,
    status: 200,
  },
  { name: 'no signature', header: () => undefined, status: 401 },
  { name: 'an empty one', header: () => '', status: 401 },
  { name: 'rubbish', header: () => 't=1, v1=abc', status: 401 },
  { name: 'too old', header: signed(SIGNING_SECRET, -TOLERANCE_MS - 5_000), status: 401 },
  { name: 'too far ahead', header: signed(SIGNING_SECRET, TOLERANCE_MS + 5_000), status: 401 },
  { name: 'another secret', header: signed('whsec_other'), status: 401 },
  { name: 'an empty secret', header: signed(''), status: 401 },
  { name: 'the API key', header: signed(CANARY), status: 401 },
  { name: 'of another body', header: signed(SIGNING_SECRET, 0, '{}'), status: 401 },
  {
    name: 'of the body as it is written anew',
    header: signed(SIGNING_SECRET, 0, JSON.stringify(JSON.parse(BODY))),
    status: 401,
  },
  {
    name: 'a time in seconds',
    header: (now) => signatureHeader(SIGNING_SECRET, Math.floor(now / 1000), BODY),
    status: 401,
  },
  {
    name: 'a time that is no number',
    header: () => `t=now, v1=${hash(SIGNING_SECRET, 'now')}`,
    status: 401,
  },
  {
    name: 'a time with a fraction',
    header: (now) => `t=${now}.5, v1=${hash(SIGNING_SECRET, `${now}.5`)}`,
    status: 401,
  },
  { name: 'Svix', header: (now) => `v1,${Buffer.from(String(now)).toString('base64')}`, status: 401 },
];

/** Who is taken for WorkOS, by the program as a whole; and that it does not begin without a secret. */
export const listenAnswers: FaultGroup = {
  name: 'listen: signatures',
  open: async (lab) => [
    ...WEBHOOKS.map((webhook) => judgedAs(lab, webhook)),
    ...['', '\n', '  '].map((secret) => withoutSecret(lab, secret)),
  ],
};

function judgedAs(lab: Lab, { name, header, status, body = BODY }: Webhook): FaultCase {
  return {
    name,
    run: async () =>
      await withListenStage(lab, {}, async (stage) => {
        const running = await stage.start();
        if (running.url === undefined) return ['it did not begin'];
        const value = header(Date.now());
        const headers: Record<string, string> = value === undefined ? {} : { 'WorkOS-Signature': value };
        const answer = await stage.log.post(running.url, body, headers);
        running.signal('SIGTERM');
        const { flaws, stdout } = stage.judge(await running.ended);
        const { received, refused } = JSON.parse(stdout);
        const isCounted = status === 200 ? received === 1 : refused.signature === 1;
        return [
          ...flaws,
          ...(answer === status ? [] : [`it was answered ${answer}`]),
          ...(isCounted ? [] : [`it was counted as ${stdout}`]),
        ];
      }),
  };
}

/** Whatever is signed with an empty secret, anybody can sign. */
function withoutSecret(lab: Lab, secret: string): FaultCase {
  return {
    name: `a secret file with ${JSON.stringify(secret)}`,
    run: async () => await withListenStage(lab, {}, async (stage) => await refusedBy(stage, secret)),
  };
}

async function refusedBy(stage: ListenStage, secret: string): Promise<readonly string[]> {
  const file = join(stage.folder, 'secret');
  writeFileSync(file, secret);
  const running = await stage.start({ args: ['--secret-file', file] });
  if (running.url !== undefined) running.signal('SIGTERM');
  const { code, flaws } = stage.judge(await running.ended);
  return [...flaws, ...(code === 2 ? [] : [`it ended with ${code}`])];
}
