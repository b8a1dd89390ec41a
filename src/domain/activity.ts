import type { Refusal } from './incoming-webhook.ts';
import type { GapReason } from './stream-store.ts';
import type { SecretFlaw } from './webhook-secret-flaw.ts';
import type { TurnedAway } from './webhook-server.ts';
import type { WorthKnowing } from './worth-knowing.ts';

/** What a run does with events: keeps them, leaves them to whoever delivers the stream, or delivers them. */
export type Handed = 'kept' | 'left' | 'routed';

/** Whatever a run reports while it works. Renderers switch over `kind` exhaustively. */
export type Activity =
  | { kind: 'store_opened'; path: string }
  | { kind: 'reading'; fromMs: number; toMs: number; because: 'start' | 'resumed' | 'polling' }
  | { kind: 'committed'; fetched: number; added: number; late: number; positionMs: number; share: number }
  | { kind: 'retrying'; reason: string; attempt: number; delayMs: number; requestId?: string | undefined }
  | { kind: 'recovered'; afterMs: number }
  /** Failures in a row that last, and their end, for those who are not told of each. */
  | { kind: 'away'; reason: string }
  | { kind: 'back'; afterMs: number }
  | { kind: 'type_refused'; name: string; nearest?: string | undefined }
  | { kind: 'types_widened'; names: readonly string[]; command: string }
  | { kind: 'cursor_lost'; cursorId: string; fromMs: number }
  | { kind: 'ranges_ignored' }
  | { kind: 'start_clamped'; askedMs: number; fromMs: number }
  | { kind: 'gap'; fromMs: number; toMs: number; reason: GapReason }
  | { kind: 'reconciling'; fromMs: number; toMs: number }
  /** A part of the window that cannot be judged. */
  | { kind: 'left_out'; fromMs: number; toMs: number; reason: GapReason }
  /** Events of the window, and what the stream knows of them. */
  | { kind: 'compared'; count: number; positionMs: number; share: number }
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
  | { kind: 'report_written'; path: string }
  | { kind: 'caught_up'; added: number; atMs: number }
  | { kind: 'waiting'; untilMs: number }
  /** `secrets`: where they are from. `sinks`: where events go, if anywhere. */
  | {
      kind: 'listening';
      url: string;
      stream: string;
      secrets: readonly string[];
      handing: Handed;
      sinks: readonly string[];
    }
  /** Looks as if no webhook could be signed with it. */
  | { kind: 'secret_flawed'; from: string; flaw: SecretFlaw }
  /** Durable, in all. */
  | { kind: 'webhooks_kept'; received: number; added: number }
  /** `count`: since this was told last. `ageMs`: by its own account; negative when it is to come. */
  | {
      kind: 'webhooks_refused';
      reason: Refusal | TurnedAway;
      count: number;
      sender: string | undefined;
      ageMs: number | undefined;
    }
  /** A signed body that is no event. */
  | { kind: 'malformed'; eventId: string }
  | { kind: 'store_failing'; reason: string }
  | { kind: 'store_back'; afterMs: number }
  | { kind: 'draining' }
  | { kind: 'tailing'; fromMs: number; follows: boolean }
  /** WorkOS holds the newest seconds back from its list. */
  | { kind: 'held_back' }
  | { kind: 'marks_late' }
  | { kind: 'worth_knowing'; type: string; what: WorthKnowing };

export type Report = (activity: Activity) => void;
