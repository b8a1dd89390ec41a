import { writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { type Certificates, makeCertificates } from '../../support/certificates.ts';
import { type Certificate, type RawServer, startRawServer, whole } from '../../support/raw-server.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { Stage } from '../stage.ts';

/** Bytes that are no HTTP answer, or never a whole one. */
type Hostile = (socket: Socket) => void;

const START = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const HOSTILE: readonly { readonly name: string; readonly answer: Hostile }[] = [
  { name: 'reset in the headers', answer: (socket) => brokenOff(socket, START) },
  {
    name: 'no HTTP at all',
    answer: (socket) => socket.end('220 mail.example.com ESMTP\r\n'),
  },
  { name: 'headers without end', answer: (socket) => keepWriting(socket, START, 'x-more: 1\r\n', 1) },
  {
    name: 'a length that is a lie',
    answer: (socket) => socket.end(`${START}content-length: 900000\r\n\r\n{"object":"list"`),
  },
  {
    name: 'one byte a second',
    answer: (socket) => keepWriting(socket, `${START}content-length: 900000\r\n\r\n`, ' ', 1000),
  },
  {
    name: 'a body that never ends',
    answer: (socket) => keepWriting(socket, `${START}\r\n`, ' '.repeat(65_536), 1),
  },
];

/** An answer may take 60 s in all; then it is asked for again. */
const PAST_TOTAL_MS = 90_000;

/** What a TCP or TLS peer, or a proxy, can do to a run. */
export const network: FaultGroup = {
  name: 'network',
  ownTurns: 6,
  open: async (lab) => {
    const certificates = makeCertificates();
    return [
      ...HOSTILE.flatMap(({ name, answer }) => [atFirst(lab, name, answer), inMidWalk(lab, name, answer)]),
      certified(lab, certificates, 'valid', 0),
      ...(['expired', 'otherHost', 'selfSigned'] as const).map((which) =>
        certified(lab, certificates, which, 3),
      ),
      ...[301, 302, 307, 308].map((status) => redirected(lab, certificates, status)),
      ...[407, 502].map((status) => proxied(lab, status)),
    ];
  },
};

/** First contact fails fast and leaves nothing behind. */
function atFirst(lab: Lab, name: string, answer: Hostile): FaultCase {
  return {
    name: `${name}, at first contact`,
    run: async () => {
      const sandbox = await lab.sandbox();
      const server = await startRawServer(answer);
      const violations = await refused(new Stage(lab, { name, sandbox, args: [] }), server.url);
      await server.close();
      return violations;
    },
  };
}

function inMidWalk(lab: Lab, name: string, answer: Hostile): FaultCase {
  return {
    name: `${name}, in mid-walk`,
    run: async () => {
      const sandbox = await lab.sandbox();
      const relay = await relayTo(sandbox, undefined, (index) => (index === 3 ? answer : undefined));
      const stage = new Stage(lab, { name, sandbox, args: ['--parallel', '2'] });
      const { code, flaws, stdout } = await stage.run({ apiUrl: relay.url, timeoutMs: PAST_TOTAL_MS });
      const fired = relay.requests.length > 4 ? [] : ['never fired'];
      await relay.close();
      const wrong = code === 0 ? [] : [`it ended with ${code}: ${stdout}`];
      return [...wrong, ...fired, ...flaws, ...stage.afterBreak(), ...(await stage.toRest())];
    },
  };
}

function certified(
  lab: Lab,
  certificates: Certificates,
  which: 'valid' | 'expired' | 'otherHost' | 'selfSigned',
  exit: 0 | 3,
): FaultCase {
  return {
    name: `TLS: ${which}`,
    run: async () => {
      const sandbox = await lab.sandbox();
      const relay = await relayTo(sandbox, certificates[which]);
      const stage = new Stage(lab, { name: which, sandbox, args: [] });
      const env = trusting(stage, certificates);
      const violations =
        exit === 3 ? await refused(stage, relay.url, env) : await taken(stage, relay.url, env);
      const heard = relay.requests.length === 0 || exit === 0 ? [] : ['it sent its key'];
      await relay.close();
      return [...heard, ...violations];
    },
  };
}

/** To an API that would take the key, in the clear. */
function redirected(lab: Lab, certificates: Certificates, status: number): FaultCase {
  return {
    name: `TLS: ${status} to plain HTTP`,
    run: async () => {
      const sandbox = await lab.sandbox();
      const plain = await relayTo(sandbox);
      const server = await startRawServer((socket, { head }) => {
        socket.write(whole('', { status, headers: { location: plain.url + pathIn(head) } }));
      }, certificates.valid);
      const stage = new Stage(lab, { name: 'redirect', sandbox, args: [] });
      const violations = await refused(stage, server.url, trusting(stage, certificates));
      const asked = server.requests.length > 0 ? [] : ['the API was never asked'];
      const followed = plain.requests.length === 0 ? [] : ['it followed the redirect'];
      await Promise.all([server.close(), plain.close()]);
      return [...asked, ...followed, ...violations];
    },
  };
}

function trusting({ folder }: Stage, { ca }: Certificates): Record<string, string> {
  const file = join(folder, 'ca.pem');
  writeFileSync(file, ca);
  return { NODE_EXTRA_CA_CERTS: file };
}

const PASSWORD = 'canary-of-the-proxy';

/** The API's name is one that only the proxy would look up. */
function proxied(lab: Lab, status: number): FaultCase {
  return {
    name: `a proxy that answers ${status}`,
    run: async () => {
      const sandbox = await lab.sandbox();
      const proxy = await startRawServer((socket) => socket.end(whole('no', { status })));
      const stage = new Stage(lab, { name: 'proxy', sandbox, args: ['-v'] });
      const env = { HTTPS_PROXY: `http://someone:${PASSWORD}@127.0.0.1:${proxy.port}` };
      const violations = await refused(stage, 'https://api.workos.test', env);
      const asked = proxy.requests.length > 0 ? [] : ['the proxy was never asked'];
      await proxy.close();
      return [...asked, ...violations];
    },
  };
}

/** It ends with 3, soon, and has made no store; the next run against the good API reads everything. */
async function refused(stage: Stage, apiUrl: string, env: Record<string, string> = {}): Promise<string[]> {
  const startedMs = performance.now();
  const { code, flaws, stdout, stderr } = await stage.run({ apiUrl, env });
  const soon = performance.now() - startedMs < 20_000 ? [] : ['first contact took more than 20 s'];
  const wrong = code === 3 ? [] : [`it ended with ${code}: ${stdout}${stderr}`];
  const shown = (stdout + stderr).includes(PASSWORD) ? ["it showed the proxy's password"] : [];
  const left = stage.hasStore() ? ['it left a store behind'] : [];
  return [...wrong, ...soon, ...shown, ...left, ...flaws, ...(await stage.toRest())];
}

async function taken(stage: Stage, apiUrl: string, env: Record<string, string>): Promise<string[]> {
  const { code, flaws, stdout, stderr } = await stage.run({ apiUrl, env });
  const wrong = code === 0 ? [] : [`it ended with ${code}: ${stdout}${stderr}`];
  return [...wrong, ...flaws, ...(await stage.toRest())];
}

/** Answers as the sandbox does, but where it is told to do something else. */
async function relayTo(
  sandbox: Sandbox,
  certificate?: Certificate,
  hostile: (index: number) => Hostile | undefined = () => undefined,
): Promise<RawServer> {
  return await startRawServer((socket, { head, index }) => {
    const other = hostile(index);
    if (other) other(socket);
    else void relay(socket, head, sandbox.url);
  }, certificate);
}

async function relay(socket: Socket, head: string, to: string): Promise<void> {
  const [, authorization = ''] = /^authorization: (.*)$/im.exec(head) ?? [];
  const answer = await fetch(to + pathIn(head), { headers: { authorization } });
  const headers = { date: answer.headers.get('date') ?? '', 'content-type': 'application/json' };
  const body = Buffer.from(await answer.arrayBuffer());
  socket.write(whole(body, { status: answer.status, headers }));
}

function pathIn(head: string): string {
  return /^GET (\S+)/.exec(head)?.[1] ?? '/';
}

function brokenOff(socket: Socket, bytes: string): void {
  socket.write(bytes, () => socket.resetAndDestroy());
}

function keepWriting(socket: Socket, start: string, piece: string, everyMs: number): void {
  socket.write(start);
  const timer = setInterval(() => socket.write(piece), everyMs);
  socket.on('close', () => clearInterval(timer));
}
