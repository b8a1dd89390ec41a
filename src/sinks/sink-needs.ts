import type { Environment } from '../domain/child-environment.ts';
import type { Clock } from '../domain/clock.ts';
import type { HttpClient } from '../http/client.ts';

/** What the sinks are made of; each uses what it needs. */
export interface SinkNeeds {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly http: HttpClient;
  readonly clock: Clock;
  /** Of this program, for the user agent. */
  readonly version: string;
  /** What paths and commands are relative to. */
  readonly cwd: string;
  readonly env: Environment;
  /** Our secrets by name, as they are configured: in the environment or in a file. */
  readonly secrets: Environment;
  /** Names of variables that commands get although they are secrets of ours. */
  readonly passEnv: readonly string[];
  /** Sends events without a signature. */
  readonly unsigned: boolean;
  /** For one attempt, all in all. */
  readonly timeoutMs: number;
  /** Signals a process group; one that is gone is no error. */
  readonly killGroup: (leaderPid: number, signal: 'SIGTERM' | 'SIGKILL') => void;
}

export interface Output {
  /** Resolves once the text is handed to the system; rejects when nobody reads it. */
  write(text: string): Promise<void>;
}
