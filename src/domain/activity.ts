import type { GapReason } from './stream-store.ts';

/** Whatever a run reports while it works. Renderers switch over `kind` exhaustively. */
export type Activity =
  | { kind: 'store_opened'; path: string }
  | { kind: 'reading'; fromMs: number; toMs: number; because: 'start' | 'resumed' | 'polling' }
  | { kind: 'committed'; fetched: number; added: number; late: number; positionMs: number; share: number }
  | { kind: 'retrying'; reason: string; attempt: number; delayMs: number; requestId?: string | undefined }
  | { kind: 'recovered'; afterMs: number }
  | { kind: 'type_refused'; name: string; nearest?: string | undefined }
  | { kind: 'types_widened'; names: readonly string[]; command: string }
  | { kind: 'cursor_lost'; cursorId: string; fromMs: number }
  | { kind: 'ranges_ignored' }
  | { kind: 'start_clamped'; askedMs: number; fromMs: number }
  | { kind: 'gap'; fromMs: number; toMs: number; reason: GapReason }
  | { kind: 'conflict'; eventId: string }
  /** The key or address changed; an event that the stream knows showed that it is the same environment. */
  | { kind: 'environment_proven'; change: 'key' | 'address'; eventId: string }
  /** `count` just now, `total` in this run. */
  | { kind: 'delivered'; count: number; total: number }
  | { kind: 'delivery_failed'; eventId: string; attempt: number; delayMs: number; reason: string }
  | { kind: 'dead'; eventId: string; type: string; reason: string }
  /** `probeEveryMs` absent: it is not tried again in this run. */
  | { kind: 'sink_down'; sink: string; reason: string; probeEveryMs?: number | undefined }
  | { kind: 'sink_back'; sink: string }
  /** Another run delivers the stream; what this one adds is left to it. */
  | { kind: 'delivered_elsewhere' }
  | { kind: 'caught_up'; added: number; atMs: number }
  | { kind: 'waiting'; untilMs: number };

export type Report = (activity: Activity) => void;
