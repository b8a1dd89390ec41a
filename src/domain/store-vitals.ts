/** An event that waits to be delivered. */
export interface WaitingEvent {
  readonly id: string;
  readonly type: string;
  /** When the stream took it, or took it up again; the API's clock, ms since the epoch. */
  readonly sinceMs: number;
  /** Where it was last tried; null before. */
  readonly sink: string | null;
  readonly lastError: string | null;
}

/** What tells whether a stream lives. Implemented by `src/store/`, beside `StoreMaintenance`. */
export interface StoreVitals {
  /** When reading brought its latest events, oldest first, each time once; the API's clock. */
  readTimes(stream: string): readonly number[];
  /** The pending one that came first; not one that a person has made pending again. */
  longestWaiting(stream: string): WaitingEvent | undefined;
}
