/**
 * The one HTTP client: every request has its deadlines, every body is whole and bounded, redirects are
 * answers, and nothing is loaded before the first request.
 */
import { lookup as systemLookup } from 'node:dns';
import { setMaxListeners } from 'node:events';
import type { LookupFunction, Socket } from 'node:net';
import type { Clock } from '../domain/clock.ts';
import { reach } from '../fault-points.ts';
import { Exchange } from './exchange.ts';
import { DEFAULT_LIMITS, type HttpLimits, type HttpOutcome, type HttpRequest } from './outcome.ts';
import { type ProxySettings, proxyFor } from './proxy-rule.ts';
import { type Connect, type ConnectOptions, type Dispatcher, loadAgent, loadProxyAgent } from './undici.ts';

export interface HttpClientOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly proxy?: ProxySettings | undefined;
  readonly limits?: Partial<HttpLimits> | undefined;
  /** A resolver other than the system's. */
  readonly lookup?: LookupFunction | undefined;
  /** PEM of authorities trusted instead of Node's own. */
  readonly ca?: string | undefined;
}

export interface HttpClient {
  /** Resolves with what came of it; rejects only with the signal's reason. */
  request(request: HttpRequest): Promise<HttpOutcome>;
  /** The proxy that a request to this URL would go through, without its credentials. */
  proxyOf(url: string): string | undefined;
  /** Ends every connection, so that none keeps the process alive. */
  close(): void;
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  return new UndiciClient(options);
}

class UndiciClient implements HttpClient {
  readonly #options: HttpClientOptions;
  readonly #limits: HttpLimits;
  /** By proxy URL; the empty one is the direct way. */
  readonly #dispatchers = new Map<string, Dispatcher>();
  readonly #connecting = new Set<Socket>();
  readonly #resolving = new Map<string, number>();
  #closed = false;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
  }

  request(request: HttpRequest): Promise<HttpOutcome> {
    return new Promise((resolve, reject) => {
      request.signal.throwIfAborted();
      // Any number of requests may listen to the one signal of a run: that is no leak to warn of.
      setMaxListeners(0, request.signal);
      reach('request.before');
      const url = new URL(request.url);
      const proxy = proxyFor(url, this.#options.proxy);
      const resolved = proxy === undefined ? url.hostname : new URL(proxy).hostname;
      const dispatcher = this.#dispatcher(proxy);
      const exchange = new Exchange(
        {
          limits: { ...this.#limits, ...request.limits },
          host: url.host,
          viaProxy: proxy !== undefined,
          isResolving: () => this.#resolving.has(resolved),
          monotonicMs: () => this.#options.clock.monotonicMs(),
        },
        (outcome) => {
          request.signal.removeEventListener('abort', onAbort);
          resolve(outcome);
        },
      );
      const onAbort = (): void => {
        exchange.abandon();
        reject(request.signal.reason);
      };
      request.signal.addEventListener('abort', onAbort, { once: true });
      dispatcher.dispatch(
        {
          origin: url.origin,
          path: url.pathname + url.search,
          method: request.method,
          headers: { ...request.headers },
          body: request.body ?? null,
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        exchange,
      );
    });
  }

  proxyOf(url: string): string | undefined {
    const proxy = proxyFor(new URL(url), this.#options.proxy);
    return proxy === undefined ? undefined : new URL(proxy).origin;
  }

  close(): void {
    this.#closed = true;
    for (const dispatcher of this.#dispatchers.values()) {
      void dispatcher.destroy();
    }
    this.#dispatchers.clear();
    for (const socket of this.#connecting) {
      socket.destroy();
    }
  }

  #dispatcher(proxy: string | undefined): Dispatcher {
    if (this.#closed) {
      throw new Error('The HTTP client is closed.');
    }
    const known = this.#dispatchers.get(proxy ?? '');
    if (known !== undefined) {
      return known;
    }
    const made = proxy === undefined ? this.#direct() : this.#through(proxy);
    this.#dispatchers.set(proxy ?? '', made);
    return made;
  }

  #direct(): Dispatcher {
    const { Agent } = loadAgent();
    return new Agent({ connect: this.#connector() });
  }

  #through(proxy: string): Dispatcher {
    const { Pool } = loadAgent();
    const ProxyAgent = loadProxyAgent();
    return new ProxyAgent({
      uri: proxy,
      requestTls: this.#connectOptions(),
      clientFactory: (origin) =>
        new Pool(origin, { connect: this.#connector(), headersTimeout: this.#limits.connectMs }),
    });
  }

  /** undici forgets a connection that is still being made; `close` must not. */
  #connector(): Connect {
    const connect = loadAgent().buildConnector(this.#connectOptions());
    return (target, callback) => {
      const socket = connect(target, callback);
      this.#connecting.add(socket);
      const made = (): void => {
        this.#connecting.delete(socket);
      };
      socket.once(target.protocol === 'https:' ? 'secureConnect' : 'connect', made).once('close', made);
      return socket;
    };
  }

  #connectOptions(): ConnectOptions {
    return { timeout: this.#limits.connectMs, lookup: this.#countedLookup(), ca: this.#options.ca };
  }

  #countedLookup(): LookupFunction {
    const lookup: LookupFunction = this.#options.lookup ?? systemLookup;
    return (hostname, options, callback) => {
      this.#resolving.set(hostname, (this.#resolving.get(hostname) ?? 0) + 1);
      lookup(hostname, options, (...answer) => {
        const left = (this.#resolving.get(hostname) ?? 1) - 1;
        if (left === 0) {
          this.#resolving.delete(hostname);
        } else {
          this.#resolving.set(hostname, left);
        }
        callback(...answer);
      });
    };
  }
}
