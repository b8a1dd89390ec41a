/**
 * What became of each event that the API lists, and what acting would do with it. Pure: from the event, what
 * the stream remembers of it, and the rules of the run.
 */
import type { WireEvent } from './event.ts';
import type { KnownEntry } from './recovery-store.ts';

/** `forgotten`: from before the stream's horizon, and without an entry; nobody knows. */
export type Verdict = 'processed' | 'missing' | 'pending' | 'dead' | 'not_settled' | 'forgotten';

export interface JudgeRules {
  /** What is younger may be on its way. */
  readonly settledBeforeMs: number;
  readonly horizonMs: number;
  /** The ids that another system has processed, and when it said so. */
  readonly processed: { readonly ids: ReadonlySet<string>; readonly writtenAtMs: number } | undefined;
}

export type Judged = Pick<WireEvent, 'id' | 'createdAtMs'>;

export function judge(event: Judged, known: KnownEntry | undefined, rules: JudgeRules): Verdict {
  if (rules.processed?.ids.has(event.id)) return 'processed';
  if (known?.state === 'pending' || known?.state === 'dead') return known.state;
  if (known && (!rules.processed || recoveredAfter(known, rules.processed.writtenAtMs))) return 'processed';
  if (event.createdAtMs >= rules.settledBeforeMs) return 'not_settled';
  return !rules.processed && event.createdAtMs < rules.horizonMs ? 'forgotten' : 'missing';
}

/** The other system could not know of it yet when it wrote its ids. */
function recoveredAfter({ recoveredAtMs, settledAtMs }: KnownEntry, writtenAtMs: number): boolean {
  return recoveredAtMs !== null && settledAtMs !== null && settledAtMs > writtenAtMs;
}

export interface ActionWish {
  /** Every event of the window, whatever became of it. */
  readonly replay: boolean;
  /** Also those that were only stored. */
  readonly includeStored: boolean;
  /** Undefined: nothing is delivered. */
  readonly sinkOf: ((type: string) => string | undefined) | undefined;
}

export interface Action {
  /** The stream gets an entry for it, or the one it has becomes pending again. */
  readonly kind: 'add' | 'again' | 'deliver';
  /** It goes to a sink, now or by the run that delivers the stream. */
  readonly delivers: boolean;
}

/** What acting does with an event; undefined: it stays as it is. */
export function actionFor(
  { type }: Pick<WireEvent, 'type'>,
  verdict: Verdict,
  known: KnownEntry | undefined,
  { replay, includeStored, sinkOf }: ActionWish,
): Action | undefined {
  const isRouted = sinkOf !== undefined && sinkOf(type) !== undefined;
  if (verdict === 'not_settled') return undefined;
  if (!known) {
    const isWanted = verdict === 'missing' || replay;
    return isWanted ? { kind: 'add', delivers: isRouted } : undefined;
  }
  if (known.state === 'pending') return sinkOf && { kind: 'deliver', delivers: isRouted };
  const isWanted = verdict === 'missing' || replay || (includeStored && known.state === 'stored');
  return isWanted && isRouted ? { kind: 'again', delivers: true } : undefined;
}

/** Few of the file's ids that should be listed are: it tells of another environment. */
export interface IdsShare {
  /** Ids of the file whose own time lies in the window. */
  readonly inWindow: number;
  /** Of those, the ones that the API listed. */
  readonly listed: number;
  /** The run asks for some types or one organization only; the file may hold all. */
  readonly isNarrowed: boolean;
}

const FEWEST = 0.2;

export function isOtherEnvironment({ inWindow, listed, isNarrowed }: IdsShare): boolean {
  if (inWindow === 0) return false;
  return isNarrowed ? listed === 0 : listed / inWindow < FEWEST;
}
