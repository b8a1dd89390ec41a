import type { Clock } from '../../domain/clock.ts';
import type { ApiProbe } from '../../domain/doctor/api-probe.ts';
import type { CheckId } from '../../domain/doctor/checks.ts';
import type { Finding } from '../../domain/doctor/finding.ts';
import type { HostProbe } from '../../domain/doctor/host-probe.ts';
import type { DoctorSetup } from '../../domain/doctor/setup.ts';
import type { StoreProbe } from '../../domain/doctor/store-probe.ts';
import type { WebClient } from '../../domain/web-client.ts';

/** What checks gather their facts from. Nothing of it can write. */
export interface DoctorPorts {
  readonly setup: DoctorSetup;
  readonly api: ApiProbe;
  readonly web: WebClient;
  readonly hosts: HostProbe;
  readonly store: StoreProbe;
  readonly clock: Clock;
}

/** One run of `doctor`, the same value for all its checks. */
export interface DoctorRun extends DoctorPorts {
  /** Of the whole run: for look-ups that several checks share. */
  readonly signal: AbortSignal;
}

export interface OwnTerms {
  /** Aborts when the check's own time is up, or the run ends. */
  readonly signal: AbortSignal;
  /** What it judges was asked for by name or by `--for`: what is missing fails. */
  readonly required: boolean;
}

/** Gathers facts, and has them judged. What it throws is its own failure. */
export type Check = (run: DoctorRun, own: OwnTerms) => Promise<readonly Finding[]>;

/** Those that a plan can name. */
export type Checks = Readonly<Partial<Record<CheckId, Check>>>;
