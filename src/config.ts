import { type ApiKey, apiKey } from './config/api-key.ts';
import { apiUrl } from './config/api-url.ts';
import { Settings } from './config/settings.ts';
import { storePath } from './config/store-path.ts';
import { type WebhookSecret, webhookSecrets } from './config/webhook-secrets.ts';
import type { ConfiguredValues } from './domain/doctor/setup.ts';
import type { Environment } from './domain/stream-store.ts';

/** What flags say about the configuration. */
export interface ConfigFlags {
  readonly apiUrl?: string | undefined;
  readonly store?: string | undefined;
  readonly dotenv?: string | undefined;
}

/** Flags > environment > `.env` files > defaults. Each value is resolved, and refused, when first asked for. */
export class Config {
  private readonly settings: Settings;
  private readonly flags: ConfigFlags;
  private readonly cwd: string;

  constructor(env: Readonly<Record<string, string | undefined>>, cwd: string, flags: ConfigFlags) {
    this.settings = new Settings(env, cwd, flags.dotenv);
    this.flags = flags;
    this.cwd = cwd;
  }

  get apiKey(): ApiKey {
    return apiKey(this.settings);
  }

  /** Undefined where no key is set, which not everything needs. */
  get knownEnvironment(): Environment | undefined {
    return this.settings.find('WORKOS_API_KEY') ? this.environment : undefined;
  }

  get environment(): Environment {
    const { apiKey: key, apiUrl: url } = this;
    return { baseUrl: url.origin, keyMode: key.mode, keyFingerprint: key.fingerprint };
  }

  get apiUrl(): URL {
    return this.apiUrlFor(this.apiKey.from);
  }

  /** For requests with a key from there, or with none. */
  apiUrlFor(keyFrom: string | undefined): URL {
    return apiUrl(this.settings, this.flags.apiUrl, keyFrom);
  }

  /** Values as they stand, none of them checked. */
  get doctorSetup(): ConfiguredValues {
    const { settings } = this;
    return {
      apiKey: settings.find('WORKOS_API_KEY'),
      webhookSecret: settings.find('WORKOS_WEBHOOK_SECRET'),
      datadogApiKey: settings.find('DD_API_KEY'),
      datadogAppKey: settings.find('DD_APP_KEY'),
      datadogSite: settings.find('DD_SITE'),
    };
  }

  /** `files`: of `--secret-file`, which stand before the setting. */
  webhookSecrets(files: readonly string[]): readonly [WebhookSecret, ...WebhookSecret[]] {
    return webhookSecrets(this.settings, files, this.cwd);
  }

  /** The values of these settings, by name, wherever they are from. */
  values(names: readonly string[]): Readonly<Record<string, string | undefined>> {
    return Object.fromEntries(names.map((name) => [name, this.settings.find(name)?.value]));
  }

  get storePath(): string {
    return storePath(this.settings, this.flags.store, this.cwd);
  }

  get proxy(): { httpsProxy: string; noProxy: string | undefined } | undefined {
    const proxy = this.settings.find('HTTPS_PROXY', 'https_proxy');
    if (!proxy) return undefined;
    const noProxy = this.settings.find('NO_PROXY', 'no_proxy');
    return { httpsProxy: proxy.value, noProxy: noProxy?.value };
  }
}
