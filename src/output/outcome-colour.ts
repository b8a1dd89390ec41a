import type { ChalkInstance } from 'chalk';
import { type Outcome, outcomeOf } from '../domain/event-outcome.ts';

const COLOURS: Readonly<Record<Outcome, (style: ChalkInstance) => ChalkInstance>> = {
  failed: (style) => style.red,
  attention: (style) => style.yellow,
  removed: (style) => style.magenta,
  added: (style) => style.green,
  other: (style) => style.cyan,
};

/** The colour in which a type is shown, wherever it is. */
export function colourOf(type: string, style: ChalkInstance): ChalkInstance {
  return COLOURS[outcomeOf(type)](style);
}
