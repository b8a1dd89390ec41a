/** What the certificate of an endpoint has to be, so that WorkOS delivers there. */

import { listing } from '../../figures.ts';
import type { Bare, FindingOf, Sentences } from '../finding.ts';
import type { Certificate } from '../host-probe.ts';

export interface CertificateFacts {
  readonly certificate: Certificate;
  /** As it is asked for, without a port. */
  readonly host: string;
  readonly nowMs: number;
}

export interface CertificateCodes {
  readonly certificate_valid: {
    readonly untilMs: number;
    readonly daysLeft: number;
    readonly issuer: string;
  };
  readonly certificate_expires_soon: { readonly untilMs: number; readonly daysLeft: number };
  readonly certificate_expired: { readonly untilMs: number };
  readonly certificate_not_yet_valid: { readonly fromMs: number };
  readonly certificate_other_host: { readonly host: string; readonly names: readonly string[] };
  readonly certificate_self_signed: Bare;
  /** Its issuer is neither known nor sent along. */
  readonly certificate_incomplete: { readonly issuer: string };
  /** The chain ends at an authority that this machine does not know. */
  readonly certificate_unknown_authority: { readonly issuer: string };
  readonly certificate_untrusted: { readonly distrust: string };
}

const DAY_MS = 86_400_000;
export const WARN_BELOW_DAYS = 14;
const MOST_NAMED = 5;

const GET_ONE =
  "Take a certificate from a public authority, such as Let's Encrypt: WorkOS does not deliver to one that it cannot trust.";
const KNOWN_HERE =
  'If only this machine does not know the authority (a test, or a company proxy that opens TLS): name it in NODE_EXTRA_CA_CERTS=/path/to/ca.pem.';

export const CERTIFICATE_SENTENCES = {
  certificate_valid: ({ untilMs, daysLeft, issuer }) => ({
    status: 'pass',
    detail: `Its certificate${issuer === '' ? '' : ` by ${issuer}`} is valid until ${dateOf(untilMs)}, ${days(daysLeft)} from now.`,
  }),
  certificate_expires_soon: ({ untilMs, daysLeft }) => ({
    status: 'warn',
    detail: `Its certificate expires on ${dateOf(untilMs)}, ${days(daysLeft)} from now.`,
    fixes: [
      'Renew it now, and see why that did not happen by itself: most are renewed 30 days before their end.',
      'A renewed certificate may only have to be loaded: reload the server.',
    ],
  }),
  certificate_expired: ({ untilMs }) => ({
    status: 'fail',
    detail: `Its certificate expired on ${dateOf(untilMs)}: WorkOS does not deliver there.`,
    fixes: [
      'Renew the certificate, and reload the server, which may still hold the old one.',
      'WorkOS tries again for three days only: fetch what came in before that with workos-events reconcile.',
    ],
  }),
  certificate_not_yet_valid: ({ fromMs }) => ({
    status: 'fail',
    detail: `Its certificate is valid only from ${dateOf(fromMs)} on.`,
    fixes: [
      'Is the clock of this machine right (time.clock)?',
      'If it is, serve the certificate that is valid now.',
    ],
  }),
  certificate_other_host: ({ host, names }) => ({
    status: 'fail',
    detail: `Its certificate is not for ${host}, but for ${shownNames(names)}.`,
    fixes: [
      `Get a certificate that has ${host} among its names. A wildcard covers one level only.`,
      'A default certificate shows when the server does not know this name: look at server_name, or at the domains of the host or load balancer.',
    ],
  }),
  certificate_self_signed: () => ({
    status: 'fail',
    detail: 'Its certificate is self-signed: nobody but its maker vouches for it.',
    fixes: [GET_ONE, KNOWN_HERE],
  }),
  certificate_incomplete: ({ issuer }) => ({
    status: 'fail',
    detail: `Its certificate was signed by ${shownIssuer(issuer)}, which this machine does not know and the server does not send along.`,
    fixes: [
      'Serve the whole chain: fullchain.pem in the place of cert.pem. Browsers fill the gap by themselves, WorkOS need not.',
      KNOWN_HERE,
    ],
  }),
  certificate_unknown_authority: ({ issuer }) => ({
    status: 'fail',
    detail: `Its certificate goes back to an authority that this machine does not know (signed by ${shownIssuer(issuer)}).`,
    fixes: [GET_ONE, KNOWN_HERE],
  }),
  certificate_untrusted: ({ distrust }) => ({
    status: 'fail',
    detail: `Its certificate cannot be trusted (${distrust}).`,
    fixes: ['Look at each certificate of the chain that the server sends, not only at its own.', GET_ONE],
  }),
} satisfies Sentences<CertificateCodes>;

/** These have words of their own, by what the certificate says itself. */
const OF_DATES = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);
const OF_NAMES = 'ERR_TLS_CERT_ALTNAME_INVALID';

/** All that is wrong with it: who renews it should not find the next fault after that. */
export function judgeCertificate({
  certificate,
  host,
  nowMs,
}: CertificateFacts): FindingOf<CertificateCodes>[] {
  const { validFromMs, validToMs, names, coversHost, issuer } = certificate;
  const isOver = nowMs >= validToMs;
  const isEarly = nowMs < validFromMs;
  const wrong: FindingOf<CertificateCodes>[] = [];
  if (isOver) wrong.push({ code: 'certificate_expired', untilMs: validToMs });
  if (isEarly) wrong.push({ code: 'certificate_not_yet_valid', fromMs: validFromMs });
  if (!coversHost) wrong.push({ code: 'certificate_other_host', host, names });
  const distrust = judgeTrust(certificate, isOver || isEarly);
  if (distrust) wrong.push(distrust);
  if (wrong.length > 0) return wrong;
  const daysLeft = Math.floor((validToMs - nowMs) / DAY_MS);
  return daysLeft < WARN_BELOW_DAYS
    ? [{ code: 'certificate_expires_soon', untilMs: validToMs, daysLeft }]
    : [{ code: 'certificate_valid', untilMs: validToMs, daysLeft, issuer }];
}

function judgeTrust(
  { distrust, issuer }: Certificate,
  isOutOfTime: boolean,
): FindingOf<CertificateCodes> | undefined {
  if (distrust === undefined || distrust === OF_NAMES) return undefined;
  // One above it in the chain can be out of time, too.
  if (OF_DATES.has(distrust)) {
    return isOutOfTime ? undefined : { code: 'certificate_untrusted', distrust };
  }
  switch (distrust) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return { code: 'certificate_self_signed' };
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return { code: 'certificate_incomplete', issuer };
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return { code: 'certificate_unknown_authority', issuer };
    default:
      return { code: 'certificate_untrusted', distrust };
  }
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function days(count: number): string {
  if (count === 0) return 'less than a day';
  return count === 1 ? '1 day' : `${count} days`;
}

function shownIssuer(issuer: string): string {
  return issuer === '' ? 'an authority without a name' : issuer;
}

function shownNames(names: readonly string[]): string {
  return names.length === 0 ? 'no name at all' : listing(names, MOST_NAMED);
}
