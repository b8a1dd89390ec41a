/** What is configured, as `doctor` judges it: values with where they are from, none of them refused yet. */
import type { EventTypes } from '../event-source.ts';
import type { Integration } from './checks.ts';

export interface SetValue {
  readonly value: string;
  /** `environment`, or the path of a file. */
  readonly from: string;
}

/** What flags, environment and files set. */
export interface ConfiguredValues {
  readonly apiKey: SetValue | undefined;
  readonly webhookSecret: SetValue | undefined;
  readonly datadogApiKey: SetValue | undefined;
  readonly datadogAppKey: SetValue | undefined;
  readonly datadogSite: SetValue | undefined;
}

export interface DoctorSetup extends ConfiguredValues {
  readonly nodeVersion: string;
  readonly platform: string;
  /** `--endpoint`. */
  readonly endpoint: URL | undefined;
  /** `--events`, as typed; none means every type. */
  readonly patterns: readonly string[];
  /** What these patterns stand for. */
  readonly types: EventTypes;
}

/** The ways of getting events that there is a key or a secret of. */
export function integrationsOf(setup: ConfiguredValues): ReadonlySet<Integration> {
  const { apiKey, webhookSecret, datadogApiKey, datadogAppKey } = setup;
  return new Set<Integration>([
    ...(apiKey ? (['events-api'] as const) : []),
    ...(webhookSecret ? (['webhooks'] as const) : []),
    ...(datadogApiKey || datadogAppKey ? (['datadog'] as const) : []),
  ]);
}

/** What no output may hold. */
export function secretsOf(setup: ConfiguredValues): readonly string[] {
  const { apiKey, webhookSecret, datadogApiKey, datadogAppKey } = setup;
  return [apiKey, webhookSecret, datadogApiKey, datadogAppKey].flatMap((set) => (set ? [set.value] : []));
}

/** `the environment`, `.env.local`. */
export function placeOf({ from }: SetValue): string {
  return from === 'environment' ? 'the environment' : from;
}
