/**
 * A place that events are delivered to and that writes down what it gets, on its own account: what the
 * program says about its deliveries is compared with this.
 */
export type SinkKind = 'http' | 'exec' | 'file' | 'stdout';
export const SINK_KINDS: readonly SinkKind[] = ['http', 'exec', 'file', 'stdout'];

/** One attempt as the sink saw it: the whole event, handed over. */
export interface Handed {
  readonly id: string;
  readonly text: string;
  /** Which run of the program handed it over, where the sink can tell. */
  readonly run: number;
  /** Places in the sink's own order of what happened; `ended` is absent while it is at work. */
  readonly begun: number;
  readonly ended: number | undefined;
  /** `open`: it gave no answer, or nobody was there to get one. */
  readonly outcome: 'taken' | 'refused' | 'open';
  /** A newer event of the same object was delivered before; absent where the sink is not told. */
  readonly late?: boolean;
}

/** How an event is answered, the `nth` time that it is handed over. */
export type Answer = 'take' | 'fail' | 'refuse';
export type Plan = (id: string, nth: number) => Answer;
export const TAKE_ALL: Plan = () => 'take';

export interface Witness {
  readonly kind: SinkKind;
  /** What `--deliver` is given. */
  readonly spec: string;
  /** What the program, and through it the sink, finds in its environment. */
  env(run: number): Readonly<Record<string, string>>;
  /** What a run of the program left on its stdout. */
  printed(stdout: string): void;
  /** In the order in which they began. */
  handed(): readonly Handed[];
  /** What it was given that no sink may be given. */
  flaws(): readonly string[];
  close(): Promise<void>;
}
