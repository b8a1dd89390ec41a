/** A WorkOS event as it came over the wire, with the few values the tool itself reads from it. */
export interface WireEvent {
  /** Opaque; may be empty, long, or hold any character a JSON string can. */
  readonly id: string;
  /** The event's `event` field. */
  readonly type: string;
  /** ms since the epoch, UTC. */
  readonly createdAtMs: number;
  /** Where `createdAtMs` is from: the field, else the id's ULID, else the neighbour on the page. */
  readonly timeSource: 'created_at' | 'ulid' | 'neighbour';
  readonly organizationId: string | null;
  /** Events that must keep their order share a lane. */
  readonly lane: string;
  /** Its own source text, only whitespace outside strings removed. */
  readonly text: string;
}

/** One whole, well-formed response of `GET /events`. */
export interface Page {
  readonly events: readonly WireEvent[];
  /** `list_metadata.after`; null says that the list ends here. */
  readonly after: string | null;
}

/** Whether its time is the API's own: an estimate says nothing about where the server lists the event. */
export function hasOwnTime({ timeSource }: Pick<WireEvent, 'timeSource'>): boolean {
  return timeSource === 'created_at';
}
