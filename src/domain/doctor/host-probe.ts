/** Where an address leads, found without sending a request: names, a connection, a certificate. */
import type { TransportCause } from '../transport-cause.ts';

export interface HostProbe {
  /** The proxy that a request to this address would go through, without its credentials. */
  proxyOf(url: string): string | undefined;
  /** What the host's name stands for. Rejects only with the signal's reason. */
  resolve(url: URL, signal: AbortSignal): Promise<Resolved>;
  /**
   * Connects, through the proxy if there is one, shakes hands over TLS where the address is https, and hangs
   * up. A certificate that is not trusted is told, not refused. Rejects only with the signal's reason.
   */
  connect(url: URL, signal: AbortSignal): Promise<Connection>;
}

/** Who can reach an address: all, or only this machine, its network, the network of its provider, nobody. */
export type AddressKind = 'public' | SpecialKind;
export type SpecialKind = 'loopback' | 'private' | 'link_local' | 'shared' | 'reserved';

export interface HostAddress {
  readonly address: string;
  readonly kind: AddressKind;
}

export type Resolved =
  | { readonly kind: 'resolved'; readonly addresses: readonly HostAddress[] }
  | NoConnection;

export type Connection = Connected | NoConnection;

export interface Connected {
  readonly kind: 'connected';
  readonly totalMs: number;
  /** Undefined for plain HTTP. */
  readonly certificate: Certificate | undefined;
}

export interface NoConnection {
  readonly kind: 'failed';
  readonly cause: TransportCause;
  /** What happened, as a clause. */
  readonly message: string;
}

export interface Certificate {
  readonly validFromMs: number;
  readonly validToMs: number;
  /** As it has them: names and addresses, `*.app.example`. */
  readonly names: readonly string[];
  readonly coversHost: boolean;
  /** Who signed it. */
  readonly issuer: string;
  /** OpenSSL's code for why it is not trusted here, such as `DEPTH_ZERO_SELF_SIGNED_CERT`. */
  readonly distrust: string | undefined;
}
