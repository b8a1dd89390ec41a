import { lookup as systemLookup } from 'node:dns';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { Clock } from '../domain/clock.ts';
import type { Connection, HostProbe, NoConnection, Resolved } from '../domain/doctor/host-probe.ts';
import type { TransportCause } from '../domain/transport-cause.ts';
import { bareHost, resolveHost } from './addresses.ts';
import { certificateOf } from './certificate.ts';
import { causeOfError, codeOf, describeFailure } from './failure-cause.ts';
import type { Phase } from './outcome.ts';
import { type ProxySettings, proxyFor } from './proxy-rule.ts';

export interface HostProbeOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly proxy: ProxySettings | undefined;
  /** A resolver other than the system's. */
  readonly lookup?: LookupFunction | undefined;
  /** PEM of authorities trusted instead of Node's own. */
  readonly ca?: string | undefined;
  readonly limitMs?: number | undefined;
}

/** A resolver that is asked in vain can take longer than a connection. */
const LIMIT_MS = 5_000;
const CONNECTING: Phase = 'connect';

export function createHostProbe(options: HostProbeOptions): HostProbe {
  return new NodeHostProbe(options);
}

class NodeHostProbe implements HostProbe {
  readonly #options: HostProbeOptions;
  readonly #lookup: LookupFunction;

  constructor(options: HostProbeOptions) {
    this.#options = options;
    this.#lookup = options.lookup ?? systemLookup;
  }

  proxyOf(url: string): string | undefined {
    const proxy = proxyFor(new URL(url), this.#options.proxy);
    return proxy === undefined ? undefined : new URL(proxy).origin;
  }

  resolve(url: URL, signal: AbortSignal): Promise<Resolved> {
    return this.#within('dns_timeout', signal, url, async (limit) => {
      const addresses = await abortable(resolveHost(bareHost(url), this.#lookup), limit);
      return { kind: 'resolved', addresses };
    });
  }

  async connect(url: URL, signal: AbortSignal): Promise<Connection> {
    const { clock, proxy: settings } = this.#options;
    const startedAt = clock.monotonicMs();
    const proxy = proxyFor(url, settings);
    const opened = new Set<Socket>();
    const keep = <S extends Socket>(socket: S): S => {
      // What it still says when nobody listens any more is of no interest.
      opened.add(socket.on('error', () => {}));
      return socket;
    };
    try {
      return await this.#within('connect_timeout', signal, url, async (limit) => {
        const tunnel = proxy === undefined ? undefined : keep(await openTunnel(new URL(proxy), url, limit));
        if (url.protocol !== 'https:') {
          await once(keep(connectTcp(this.#target(url))), 'connect', { signal: limit });
          return { kind: 'connected', totalMs: clock.monotonicMs() - startedAt, certificate: undefined };
        }
        const socket = keep(connectTls(this.#tlsTarget(url, tunnel)));
        await once(socket, 'secureConnect', { signal: limit });
        const certificate = certificateOf(socket, bareHost(url));
        return { kind: 'connected', totalMs: clock.monotonicMs() - startedAt, certificate };
      });
    } finally {
      // The tunnel after the TLS that runs in it: the other way round Node 20 crashes.
      for (const socket of [...opened].reverse()) socket.destroy();
    }
  }

  #target(url: URL): { host: string; port: number; lookup: LookupFunction } {
    return { host: bareHost(url), port: portOf(url), lookup: this.#lookup };
  }

  #tlsTarget(url: URL, tunnel: Socket | undefined): ConnectionOptions {
    const host = bareHost(url);
    return {
      ...(tunnel ? { socket: tunnel } : this.#target(url)),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ca: this.#options.ca,
      // It is judged, and nothing is sent over it.
      rejectUnauthorized: false,
    };
  }

  /** Within the limit; what fails is a value, and only the signal rejects. */
  async #within<T>(
    late: TransportCause,
    signal: AbortSignal,
    url: URL,
    work: (limit: AbortSignal) => Promise<T>,
  ): Promise<T | NoConnection> {
    const timeOut = AbortSignal.timeout(this.#options.limitMs ?? LIMIT_MS);
    try {
      return await work(AbortSignal.any([signal, timeOut]));
    } catch (error) {
      signal.throwIfAborted();
      const viaProxy = this.proxyOf(url.href) !== undefined;
      const cause = timeOut.aborted ? late : causeOfError(error, CONNECTING, viaProxy);
      const detail = error instanceof ProxyRefusal ? error.message : timeOut.aborted ? '' : codeOf(error);
      return { kind: 'failed', cause, message: describeFailure(cause, url.host, detail) };
    }
  }
}

class ProxyRefusal extends Error {}

/** Asks the proxy for a way to the host. */
function openTunnel(proxy: URL, target: URL, signal: AbortSignal): Promise<Socket> {
  const to = `${target.hostname}:${portOf(target)}`;
  const { username, password } = proxy;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = { 'Proxy-Authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
  const ask = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = ask({
    host: bareHost(proxy),
    port: portOf(proxy),
    method: 'CONNECT',
    path: to,
    headers: { Host: to, ...(username === '' && password === '' ? {} : authorization) },
    agent: false,
  });
  const onAbort = () => request.destroy(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  return new Promise((resolve, reject) => {
    request.once('error', reject).once('connect', ({ statusCode }, socket) => {
      signal.removeEventListener('abort', onAbort);
      if (statusCode === 200) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(new ProxyRefusal(`it answered ${statusCode}`));
    });
    request.end();
  });
}

function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}

/** For work that cannot be stopped itself: it is no longer waited for. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}
