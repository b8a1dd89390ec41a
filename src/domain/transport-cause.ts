/** Why a request got no whole answer: the few causes that a person or a retry can act on. */
export type TransportCause =
  | 'refused'
  | 'reset'
  | 'cut'
  | 'connect_timeout'
  | 'headers_timeout'
  | 'body_idle_timeout'
  | 'total_timeout'
  | 'dns'
  | 'dns_timeout'
  | 'tls_expired'
  | 'tls_self_signed'
  | 'tls_wrong_host'
  | 'tls'
  | 'proxy'
  | 'too_large'
  | 'bad_encoding'
  | 'protocol';
