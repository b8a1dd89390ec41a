/** What undici, Node's sockets and OpenSSL throw, as the few causes that a user or a retry can act on. */
import type { FailureCause, Phase } from './outcome.ts';

const CAUSES: Readonly<Record<string, FailureCause>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  EADDRNOTAVAIL: 'refused',
  ETIMEDOUT: 'connect_timeout',
  UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NODATA: 'dns',
  CERT_HAS_EXPIRED: 'tls_expired',
  CERT_NOT_YET_VALID: 'tls_expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls_self_signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls_self_signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls_self_signed',
  UNABLE_TO_GET_ISSUER_CERT: 'tls_self_signed',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls_self_signed',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls_wrong_host',
  EPROTO: 'tls',
  UND_ERR_PRX_TLS: 'proxy',
  HPE_INVALID_EOF_STATE: 'cut',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'cut',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'too_large',
};

export function causeOfError(error: unknown, phase: Phase, viaProxy: boolean): FailureCause {
  const code = codeOf(error);
  const known = CAUSES[code];
  if (viaProxy && phase === 'connect' && (known === undefined || !known.startsWith('tls_'))) {
    return known === 'dns' || known === 'connect_timeout' ? known : 'proxy';
  }
  if (known !== undefined) {
    return known;
  }
  if (
    code === 'ECONNRESET' ||
    code === 'EPIPE' ||
    code === 'UND_ERR_SOCKET' ||
    code === 'UND_ERR_DESTROYED'
  ) {
    // "other side closed" inside a body is an orderly end that comes too early.
    return phase === 'body' && code === 'UND_ERR_SOCKET' ? 'cut' : 'reset';
  }
  if (code.startsWith('ERR_SSL') || code.startsWith('CERT_') || code.startsWith('ERR_TLS')) {
    return 'tls';
  }
  return 'protocol';
}

const CLAUSES: Readonly<Record<FailureCause, (host: string) => string>> = {
  refused: (host) => `${host} refused the connection`,
  reset: (host) => `${host} closed the connection`,
  cut: (host) => `the answer of ${host} ended early`,
  connect_timeout: (host) => `connecting to ${host} took too long`,
  headers_timeout: (host) => `${host} did not begin to answer in time`,
  body_idle_timeout: (host) => `${host} stopped in the middle of its answer`,
  total_timeout: (host) => `${host} did not finish its answer in time`,
  dns: (host) => `the name ${host} cannot be resolved`,
  dns_timeout: (host) => `resolving the name ${host} took too long`,
  tls_expired: (host) => `the certificate of ${host} has expired or is not valid yet`,
  tls_self_signed: (host) => `the certificate of ${host} is not from an authority this machine trusts`,
  tls_wrong_host: (host) => `the certificate that ${host} shows is for another host`,
  tls: (host) => `no TLS connection with ${host} could be made`,
  proxy: (host) => `the proxy did not connect to ${host}`,
  too_large: (host) => `the answer of ${host} is too large`,
  bad_encoding: (host) => `the answer of ${host} is in an encoding that cannot be decoded`,
  protocol: (host) => `the answer of ${host} is not valid HTTP`,
};

/** One clause; `detail` is the system's own code or words, which hold neither URL nor header. */
export function describeFailure(cause: FailureCause, host: string, detail: string): string {
  const clause = CLAUSES[cause](host);
  return detail === '' ? clause : `${clause} (${detail})`;
}

/** The code of the error, or the innermost known one: a proxy's TLS failure wraps the reason. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return '';
  }
  return 'code' in error && typeof error.code === 'string' ? error.code : codeOf(error.cause);
}

/** 407 of "Proxy response (407) !== 200 when HTTP Tunneling": undici keeps it nowhere else. */
export function proxyStatusOf(error: unknown): number | undefined {
  const status = error instanceof Error ? /^Proxy response \((\d+)\)/.exec(error.message)?.[1] : undefined;
  return status === undefined ? undefined : Number(status);
}
