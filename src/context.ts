import { existsSync } from 'node:fs';
import { systemClock } from './clock.ts';
import { Config, type ConfigFlags } from './config.ts';
import type { Report } from './domain/activity.ts';
import { CATALOGUE } from './domain/catalogue.ts';
import type { EventSource } from './domain/event-source.ts';
import type { StoreMaintenance } from './domain/store-maintenance.ts';
import type { StreamStore } from './domain/stream-store.ts';
import type { Io } from './io.ts';
import { createReporter, type Reporter, type ReportingFlags } from './output/reporter.ts';
import type { Sandbox, SandboxOptions } from './sandbox/sandbox.ts';
import { version } from './version.ts';

export interface ContextFlags extends ConfigFlags, ReportingFlags {
  readonly maxRps?: number | undefined;
}

/** Puts the adapters together, each when it is first asked for. The only file that names them. */
export class Context {
  readonly clock = systemClock;
  readonly config: Config;
  private readonly io: Io;
  private readonly flags: ContextFlags;
  private readonly reporter: Reporter;
  private readonly closing: (() => void)[] = [];

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
  async source(overlapMs: number): Promise<EventSource> {
    const { apiKey, apiUrl, proxy } = this.config;
    const [{ createHttpClient }, { WorkosClient }, { createEventSource }] = await Promise.all([
      import('./http/client.ts'),
      import('./workos/client.ts'),
      import('./workos/event-source.ts'),
    ]);
    const http = createHttpClient({ clock: this.clock, proxy });
    this.closing.push(() => http.close());
    const client = new WorkosClient({
      baseUrl: apiUrl.origin,
      apiKey: apiKey.value,
      version: version(),
      http,
      clock: this.clock,
      random: Math.random,
      maxRps: this.flags.maxRps ?? 50,
      report: this.report,
    });
    return createEventSource({
      client,
      clock: this.clock,
      report: this.report,
      knownTypes: CATALOGUE,
      overlapMs,
    });
  }

  get storeExists(): boolean {
    return existsSync(this.config.storePath);
  }

  /** `dry`: over the store if there is one, which is only read. */
  async openStore(mode: 'write' | 'dry'): Promise<StreamStore> {
    const { openStore, thisHolder } = await loadStore();
    const { pid, runId, processExists } = this.io;
    const holder = thisHolder({ pid, runId, exists: processExists });
    const nowMs = () => this.clock.nowMs();
    const path = this.config.storePath;
    if (mode === 'write') return openStore(path, { mode: 'write', holder, nowMs });
    const { DryStore } = await import('./flows/sync/dry-store.ts');
    return new DryStore(
      path,
      this.storeExists ? openStore(path, { mode: 'read', holder, nowMs }) : undefined,
    );
  }

  /** The store for those who look after it; `read` never creates it. The caller closes it. */
  async maintainStore(mode: 'read' | 'write'): Promise<StoreMaintenance> {
    const { openStore, thisHolder } = await loadStore();
    const { pid, runId, processExists } = this.io;
    const holder = thisHolder({ pid, runId, exists: processExists });
    return openStore(this.config.storePath, { mode, holder, nowMs: () => this.clock.nowMs() });
  }

  async close(): Promise<void> {
    for (const close of this.closing) close();
    await this.reporter.finish();
  }
}

export interface SandboxWish
  extends Pick<SandboxOptions, 'port' | 'count' | 'days' | 'seed' | 'latencyMs' | 'liveRate'> {
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

async function loadStore() {
  const [{ openStore }, { thisHolder }] = await Promise.all([
    import('./store/open.ts'),
    import('./store/holder.ts'),
  ]);
  return { openStore, thisHolder };
}
