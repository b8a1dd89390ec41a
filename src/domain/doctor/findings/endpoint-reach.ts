/** Whether WorkOS could reach the endpoint, as far as that can be seen from here. */
import { isLoopback } from '../../loopback.ts';
import type { TransportCause } from '../../transport-cause.ts';
import { hintText } from '../../webhook-hints.ts';
import { isPassing } from '../api-probe.ts';
import { type Finding, type FindingOf, type Sentences, told } from '../finding.ts';
import type { Connection, Resolved, SpecialKind } from '../host-probe.ts';
import { CERTIFICATE_SENTENCES, type CertificateCodes, judgeCertificate } from './endpoint-certificate.ts';

export interface ReachFacts {
  readonly endpoint: URL;
  readonly proxy: string | undefined;
  /** Undefined where it was not tried: an endpoint without HTTPS is not asked. */
  readonly tried: { readonly resolved: Resolved; readonly connection: Connection } | undefined;
  readonly nowMs: number;
}

interface Special {
  readonly address: string;
  readonly kind: SpecialKind;
}

interface ReachCodes extends CertificateCodes {
  readonly reached: {
    readonly host: string;
    /** Undefined where only the proxy knows. */
    readonly address: string | undefined;
    readonly totalMs: number;
    readonly proxy: string | undefined;
  };
  readonly this_machine: { readonly host: string; readonly totalMs: number };
  readonly plain_http: { readonly host: string };
  readonly not_public: Special;
  /** Another name server may answer otherwise, and WorkOS asks another one. */
  readonly resolves_to_no_public_address: Special & { readonly host: string };
  readonly no_such_host: { readonly message: string; readonly isTransient: boolean };
  readonly no_tls: { readonly message: string };
  readonly unreached: {
    readonly host: string;
    readonly message: string;
    readonly cause: TransportCause;
    readonly proxy: string | undefined;
  };
}

const WHY_NOT: Readonly<Record<SpecialKind, string>> = {
  loopback: 'an address of this machine itself',
  private: 'an address of a private network',
  link_local: 'an address that holds within one network only',
  shared: 'an address that a provider shares among its customers',
  reserved: 'an address that is not in use on the internet',
};

const A_WAY_IN =
  'Give the endpoint a public address, or put a tunnel or a proxy with one before it. WorkOS sends from the addresses in its documentation; a firewall can let in just those.';

export const SENTENCES = {
  ...CERTIFICATE_SENTENCES,
  reached: ({ host, address, totalMs, proxy }) => ({
    status: 'pass',
    detail: `${host} can be reached${address === undefined ? '' : ` at ${address}`} (${Math.round(totalMs)} ms${proxy === undefined ? '' : `, through the proxy ${proxy}`}).`,
  }),
  this_machine: ({ host, totalMs }) => ({
    status: 'pass',
    detail: `${host} is this machine (${Math.round(totalMs)} ms): good for a test, but WorkOS cannot reach it.`,
  }),
  plain_http: ({ host }) => ({
    status: 'fail',
    detail: `The endpoint at ${host} has no HTTPS: anyone on the way can read the events. Nothing was sent to it.`,
    fixes: [
      'Give its address with https://, and register that one with WorkOS.',
      'For a test on the machine where it runs, http://127.0.0.1 and http://localhost are taken.',
    ],
  }),
  not_public: ({ address, kind }) => ({
    status: 'fail',
    detail: `${address} is ${WHY_NOT[kind]}: WorkOS cannot reach it.`,
    fixes: [A_WAY_IN],
  }),
  resolves_to_no_public_address: ({ host, address, kind }) => ({
    status: 'warn',
    detail: `From here, ${host} leads to ${address}, ${WHY_NOT[kind]}: WorkOS cannot reach it there.`,
    fixes: [A_WAY_IN, `If ${host} leads to a public address from outside of your network, all is well.`],
  }),
  no_such_host: ({ message, isTransient }) => ({
    status: 'fail',
    transient: isTransient,
    detail: `The endpoint cannot be found: ${message}.`,
    fixes: [
      hintText('unknown_host'),
      'A new name needs some time until it is known everywhere. A name of your own network is not known to WorkOS.',
    ],
  }),
  no_tls: ({ message }) => ({
    status: 'fail',
    detail: `The endpoint does not speak TLS as it should: ${message}.`,
    fixes: [
      'Is it the right port? What answers there may speak plain HTTP.',
      'The server has to offer TLS 1.2 or newer, and a certificate for this name.',
    ],
  }),
  unreached: ({ host, message, cause, proxy }) => ({
    status: 'fail',
    transient: isPassing(cause),
    detail: `The endpoint cannot be reached: ${message}.`,
    fixes: [
      cause === 'proxy' ? hintText('proxy') : hintText('nothing_listens'),
      `A firewall may keep this machine away from ${host}, and WorkOS too.`,
      ...(proxy === undefined ? [] : [`The connection was to go through the proxy ${proxy} (HTTPS_PROXY).`]),
    ],
  }),
} satisfies Sentences<ReachCodes>;

type Judged = FindingOf<ReachCodes>;

export function judgeReach({ endpoint, proxy, tried, nowMs }: ReachFacts): Judged[] {
  const { host } = endpoint;
  if (!tried) return [{ code: 'plain_http', host }];
  const { resolved, connection } = tried;
  const isHere = isLoopback(endpoint.hostname);
  const address = isHere ? undefined : judgeAddress(endpoint, resolved);
  const found: Judged[] = address ? [address] : [];
  if (connection.kind === 'failed') return [judgeFailure(connection, host, proxy), ...found];
  const { totalMs, certificate } = connection;
  if (isHere) found.push({ code: 'this_machine', host, totalMs });
  else if (!address) found.push({ code: 'reached', host, address: firstOf(resolved), totalMs, proxy });
  if (certificate) {
    found.push(...judgeCertificate({ certificate, host: bare(endpoint.hostname), nowMs }));
  }
  return found;
}

export function reachFindings(facts: ReachFacts): readonly Finding[] {
  return told<ReachCodes>(SENTENCES, judgeReach(facts));
}

/** One that WorkOS cannot use, if there is one: it may pick any of them. */
function judgeAddress({ hostname }: URL, resolved: Resolved): Judged | undefined {
  const host = bare(hostname);
  for (const { address, kind } of resolved.kind === 'resolved' ? resolved.addresses : []) {
    if (kind === 'public') continue;
    return address === host
      ? { code: 'not_public', address, kind }
      : { code: 'resolves_to_no_public_address', host, address, kind };
  }
  return undefined;
}

function judgeFailure(
  { cause, message }: Extract<Connection, { kind: 'failed' }>,
  host: string,
  proxy: string | undefined,
): Judged {
  if (cause === 'dns' || cause === 'dns_timeout') {
    return { code: 'no_such_host', message, isTransient: isPassing(cause) };
  }
  if (cause === 'tls' || cause === 'protocol') return { code: 'no_tls', message };
  return { code: 'unreached', host, message, cause, proxy };
}

function firstOf(resolved: Resolved): string | undefined {
  return resolved.kind === 'resolved' ? resolved.addresses[0]?.address : undefined;
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
