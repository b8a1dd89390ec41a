/** An event as the store keeps it. */
export interface KeptEvent {
  readonly id: string;
  readonly type: string;
  /** ms since the epoch, UTC. */
  readonly createdAtMs: number;
  /** As it came over the wire; null once its content was pruned. */
  readonly text: string | null;
}

/** Reading events by their ids. Implemented by `src/store/`. */
export interface KeptEvents {
  readonly path: string;
  event(id: string): KeptEvent | undefined;
  close(): void;
}
