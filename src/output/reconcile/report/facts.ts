import type { KeyMode } from '../../../domain/stream-store.ts';

/** What a report tells of its run beside the result. All of it can be shown: secrets are taken out before. */
export interface ReportFacts {
  /** As typed, with the name of the program. */
  readonly command: string;
  /** Lists the missing events of the same window. */
  readonly listCommand: string;
  /** Sentences that end with a command. */
  readonly nextSteps: readonly string[];
  readonly dryRun: boolean;
  readonly replay: boolean;
  /** The file of ids that was compared with; undefined: the stream. */
  readonly processed: string | undefined;
  readonly apiUrl: string;
  readonly keyMode: KeyMode;
  /** Of whoever ran it, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** By the API's clock, ms. */
  readonly writtenAtMs: number;
  readonly version: string;
  readonly nodeVersion: string;
}
