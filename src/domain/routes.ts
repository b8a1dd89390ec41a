import type { SinkSpec } from './sink-spec.ts';

/** A pattern of types and where they go; without a pattern, all that no route before it takes. */
export interface Route {
  /** As typed, `*` when none was. */
  readonly pattern: string;
  readonly spec: SinkSpec;
}
