/** Puts the adapters together, each when it is first asked for. The only file that names them, and so a long one. */
import { existsSync } from 'node:fs';
import { systemClock } from './clock.ts';
import { Config, type ConfigFlags } from './config.ts';
import type { Report } from './domain/activity.ts';
import { flawOfKey } from './domain/api-key-flaw.ts';
import { CATALOGUE } from './domain/catalogue.ts';
import { OWN_SECRETS } from './domain/child-environment.ts';
import type { DeliveryMaintenance } from './domain/delivery-maintenance.ts';
import type { DeliveryStore } from './domain/delivery-store.ts';
import type { DoctorSetup } from './domain/doctor/setup.ts';
import type { EventSource } from './domain/event-source.ts';
import type { KeptEvents } from './domain/kept-event.ts';
import type { RecoveryStore } from './domain/recovery-store.ts';
import type { StoreMaintenance } from './domain/store-maintenance.ts';
import type { StoreVitals } from './domain/store-vitals.ts';
import type { StreamStore } from './domain/stream-store.ts';
import type { WebClient } from './domain/web-client.ts';
import type { WebhookHandler, WebhookServer } from './domain/webhook-server.ts';
import type { Routing } from './flows/deliver/routing.ts';
import type { DoctorPorts } from './flows/doctor/check.ts';
import type { ListenStore } from './flows/listen/listen.ts';
import type { OpenedStore } from './flows/sync/sync.ts';
import type { HttpClient } from './http/client.ts';
import type { Io } from './io.ts';
import { createReporter, type Reporter, type ReportingFlags } from './output/reporter.ts';
import type { ReceiverOptions } from './receiver/receiver.ts';
import type { Sandbox, SandboxOptions } from './sandbox/sandbox.ts';
import type { OpenOptions } from './store/open.ts';
import { version } from './version.ts';

/** What flags say about where events go. */
export interface RoutingWish {
  readonly deliver: readonly string[];
  readonly deliverTimeout: number;
  readonly passEnv?: readonly string[] | undefined;
  readonly insecureHttp?: boolean | undefined;
  readonly unsigned?: boolean | undefined;
}

/** What flags say about what `doctor` is to judge. */
export type DoctorAsk = Pick<DoctorSetup, 'endpoint' | 'patterns' | 'types'>;

export interface ContextFlags extends ConfigFlags, ReportingFlags {
  readonly maxRps?: number | undefined;
}

export class Context {
  readonly clock = systemClock;
  readonly config: Config;
  private readonly io: Io;
  private readonly flags: ContextFlags;
  private readonly reporter: Reporter;
  private http: Promise<HttpClient> | undefined;
  private readonly closing: (() => void | Promise<void>)[] = [];

  constructor(io: Io, flags: ContextFlags) {
    this.io = io;
    this.flags = flags;
    this.config = new Config(io.env, io.cwd, flags);
    this.reporter = createReporter(io, flags, () => this.clock.monotonicMs());
  }

  get report(): Report {
    return this.reporter.report;
  }

  /** Takes the progress line away, so that the answer can follow. */
  async finishReport(): Promise<void> {
    await this.reporter.finish();
  }

  /** `overlapMs`: how far out of order by `created_at` a page may be. */
  async source(overlapMs: number, report = this.report): Promise<EventSource> {
    const { apiKey, apiUrl } = this.config;
    const [http, { WorkosClient }, { createEventSource }] = await Promise.all([
      this.httpClient(),
      import('./workos/client.ts'),
      import('./workos/event-source.ts'),
    ]);
    const client = new WorkosClient({
      baseUrl: apiUrl.origin,
      apiKey: apiKey.value,
      version: version(),
      http,
      clock: this.clock,
      random: Math.random,
      maxRps: this.flags.maxRps ?? 50,
      report,
    });
    return createEventSource({
      client,
      clock: this.clock,
      report,
      knownTypes: CATALOGUE,
      overlapMs,
    });
  }

  /**
   * Reads the routes and opens where they lead, refusing what can be refused; closed with the context.
   * `exactTypes`: names that the stream asks for, which may be newer than the catalogue.
   */
  async routing(wish: RoutingWish, exactTypes: readonly string[]): Promise<Routing> {
    const [http, { parseRoutes }, { openSinks }] = await Promise.all([
      this.httpClient(),
      import('./domain/routes.ts'),
      import('./sinks/open-sinks.ts'),
    ]);
    const insecureHttp = wish.insecureHttp ?? false;
    const routes = parseRoutes(wish.deliver, { catalogue: CATALOGUE, exactTypes, insecureHttp });
    const { stdout, stderr, cwd, env, killGroup } = this.io;
    const sinks = await openSinks(routes, {
      stdout,
      stderr,
      http,
      clock: this.clock,
      version: version(),
      cwd,
      env,
      secrets: this.config.values(OWN_SECRETS),
      passEnv: wish.passEnv ?? [],
      unsigned: wish.unsigned ?? false,
      timeoutMs: wish.deliverTimeout,
      killGroup,
    });
    this.closing.push(() => sinks.close());
    return sinks;
  }

  get storeExists(): boolean {
    return existsSync(this.config.storePath);
  }

  /**
   * `durable`: where recording deliveries depends on it; `dry`: over the store if there is one, which is
   * only read.
   */
  async openStore(mode: 'write' | 'durable' | 'dry'): Promise<OpenedStore> {
    if (mode !== 'dry') {
      const store = await this.configuredStore(mode);
      return { store, queue: store };
    }
    const { DryStore } = await import('./flows/sync/dry-store.ts');
    const under = this.storeExists ? await this.configuredStore('read') : undefined;
    return { store: new DryStore(this.config.storePath, under), queue: undefined };
  }

  /** The store for those who look after it or its deliveries; `read` never creates it. The caller closes it. */
  async maintainStore(
    mode: 'read' | 'write' | 'durable',
    waiting: Pick<OpenOptions, 'busyTimeoutMs'> = {},
  ): Promise<
    StoreMaintenance &
      DeliveryMaintenance &
      StreamStore &
      DeliveryStore &
      RecoveryStore &
      KeptEvents &
      StoreVitals
  > {
    return await this.configuredStore(mode, waiting);
  }

  /**
   * The store for webhooks (I10): each commit is durable, a lock is waited for elsewhere, since that would hold
   * every answer back, and a full disk is outlasted.
   */
  async receivingStore(): Promise<ListenStore> {
    return await this.configuredStore('durable', { busyTimeoutOnceOpenMs: 50, outlastsFullDisk: true });
  }

  async webhookServer(options: ReceiverOptions, handler: WebhookHandler): Promise<WebhookServer> {
    const { WebhookReceiver } = await import('./receiver/receiver.ts');
    return new WebhookReceiver(options, handler);
  }

  /** Events by their ids, from the store, which is only read. The caller closes it. */
  async keptEvents(): Promise<KeptEvents> {
    return await this.maintainStore('read');
  }

  /** For webhooks to an application; closed with the context. */
  async webClient(): Promise<WebClient> {
    return await this.httpClient();
  }

  /** What `doctor` looks at; nothing of it writes. A key that is not well-formed is never sent. */
  async doctorPorts(wish: DoctorAsk): Promise<DoctorPorts> {
    const [http, { createApiProbe }, { createHostProbe }, { nativeFailure }, { storePlace }] =
      await Promise.all([
        this.httpClient(),
        import('./workos/api-probe.ts'),
        import('./http/host-probe.ts'),
        import('./store/native.ts'),
        import('./store/place.ts'),
      ]);
    const { config, clock } = this;
    const { nodeVersion, platform } = this.io;
    const setup = { ...config.doctorSetup, ...wish, nodeVersion, platform };
    const key = setup.apiKey;
    const sent = key && flawOfKey(key.value) === undefined ? key : undefined;
    const api = createApiProbe({
      baseUrl: () => config.apiUrlFor(sent?.from).origin,
      apiKey: sent?.value,
      version: version(),
      http,
      clock,
      maxRps: this.flags.maxRps ?? 50,
    });
    const store = {
      path: config.storePath,
      nativeFailure: async () => nativeFailure(),
      place: async () => storePlace(config.storePath),
      // Waiting for a lock stands in the way of all other checks.
      open: () => this.maintainStore('read', { busyTimeoutMs: 100 }),
    };
    const hosts = createHostProbe({ clock, proxy: config.proxy });
    return { setup, api, web: http, hosts, store, clock };
  }

  /** A webhook of this type that happens now; undefined for a type that nothing is known of. */
  async sampleEvent(type: string): Promise<string | undefined> {
    const { sampleEvent } = await import('./sandbox/sample-event.ts');
    return sampleEvent(type, Math.floor(Math.random() * 2 ** 31), this.clock.nowMs());
  }

  async close(): Promise<void> {
    // What was made last is closed first: a sink before the connections that it uses.
    for (const close of this.closing.reverse()) await close();
    await this.reporter.finish();
  }

  private async configuredStore(
    mode: 'read' | 'write' | 'durable',
    how: Omit<OpenOptions, 'mode' | 'synchronous' | 'holder' | 'nowMs'> = {},
  ) {
    const [{ openStore }, { thisHolder }] = await Promise.all([
      import('./store/open.ts'),
      import('./store/holder.ts'),
    ]);
    const { pid, runId, processExists } = this.io;
    return openStore(this.config.storePath, {
      mode: mode === 'read' ? 'read' : 'write',
      synchronous: mode === 'durable' ? 'full' : 'normal',
      holder: thisHolder({ pid, runId, exists: processExists }),
      nowMs: () => this.clock.nowMs(),
      ...how,
    });
  }

  private httpClient(): Promise<HttpClient> {
    this.http ??= import('./http/client.ts').then(({ createHttpClient }) => {
      const http = createHttpClient({ clock: this.clock, proxy: this.config.proxy });
      this.closing.push(() => http.close());
      return http;
    });
    return this.http;
  }
}

export interface SandboxWish
  extends Pick<SandboxOptions, 'port' | 'count' | 'days' | 'seed' | 'latencyMs' | 'liveRate' | 'webhook'> {
  /** As `--fail` takes it. */
  readonly fail?: string | undefined;
}

/** A local WorkOS API that can run for days; the caller closes it. */
export async function startSandbox({ fail, ...options }: SandboxWish): Promise<Sandbox> {
  const [{ createSandbox }, { parseFaultSpec }] = await Promise.all([
    import('./sandbox/sandbox.ts'),
    import('./sandbox/fault-spec.ts'),
  ]);
  const faults = fail === undefined ? [] : parseFaultSpec(fail);
  return await createSandbox({ ...options, faults, logsIds: false, logsRequests: false });
}
