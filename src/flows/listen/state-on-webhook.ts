import type { WireEvent } from '../../domain/event.ts';
import type { IntakeStream } from '../../domain/intake-store.ts';
import { takesEvent } from '../../domain/stream-filter.ts';
import type { Handing } from '../deliver/routing.ts';

/**
 * Where an event that came by webhook goes. One outside the stream's filter is only kept; a run without
 * routes leaves events to others once a run has delivered the stream, also when that began after this one.
 */
export function stateOnWebhook(
  handing: Handing,
): (event: WireEvent, stream: IntakeStream) => 'stored' | 'pending' {
  return (event, stream) => {
    if (!takesEvent(stream, event)) return 'stored';
    if (stream.organizationId !== null && stream.organizationId !== event.organizationId) return 'stored';
    switch (handing.kind) {
      case 'kept':
        return stream.hasRoutes ? 'pending' : 'stored';
      case 'left':
        return 'pending';
      case 'routed':
        return handing.routing.sinkOf(event.type) === undefined ? 'stored' : 'pending';
    }
  };
}
