import type { Sink } from '../../domain/delivery.ts';
import type { WireEvent } from '../../domain/event.ts';

/** Where events go in this run. */
export interface Routing {
  readonly sinks: ReadonlyMap<string, Sink>;
  /** The sink that takes events of a type; undefined when no route does. */
  readonly sinkOf: (type: string) => string | undefined;
  /** Tells whether two runs have the same routes. */
  readonly key: string;
}

/** What a run does with events: keeps them, leaves them to whoever delivers the stream, or delivers them. */
export type Handing =
  | { readonly kind: 'kept' }
  | { readonly kind: 'left' }
  | { readonly kind: 'routed'; readonly routing: Routing };

export function stateOnArrival(handing: Handing): (event: WireEvent) => 'stored' | 'pending' {
  switch (handing.kind) {
    case 'kept':
      return () => 'stored';
    case 'left':
      return () => 'pending';
    case 'routed':
      return ({ type }) => (handing.routing.sinkOf(type) === undefined ? 'stored' : 'pending');
  }
}
