import { AppError } from './errors.ts';
import { FAULT_POINTS, type FaultPoint } from './fault-points.ts';

/** What the fault suite asks for: `name@nth:kill`, several separated by commas. */
export interface PlannedFault {
  readonly point: FaultPoint;
  /** The how-manieth time it is reached, from 1. */
  readonly nth: number;
  readonly action: 'kill' | 'stop' | 'throw' | 'delay';
  readonly delayMs: number;
}

export interface FaultActions {
  readonly kill: () => void;
  readonly stop: () => void;
  /** Blocks the process. */
  readonly delay: (ms: number) => void;
  /** Writes one line of the trace, at once. */
  readonly trace: (line: string) => void;
}

const FAULT = /^(?<point>[a-z_.]+)@(?<nth>[1-9]\d*):(?<action>kill|stop|throw|delay)(?::(?<ms>\d+))?$/;

export function parseFaults(text: string): PlannedFault[] {
  return text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const { point: name, nth, action, ms } = FAULT.exec(part)?.groups ?? {};
      const point = FAULT_POINTS.find((known) => known === name);
      if (!point || !isAction(action)) {
        throw new AppError('usage', `WORKOS_EVENTS_FAULT has no fault "${part}".`, {
          hint: `Write name@nth:kill|stop|throw|delay:ms, with a name of ${FAULT_POINTS.join(', ')}.`,
        });
      }
      return { point, nth: Number(nth), action, delayMs: Number(ms ?? 1000) };
    });
}

/** What to do whenever a point is reached. */
export function faultHandler(
  faults: readonly PlannedFault[],
  actions: FaultActions,
): (point: FaultPoint) => void {
  const reached = new Map<FaultPoint, number>();
  return (point) => {
    const nth = (reached.get(point) ?? 0) + 1;
    reached.set(point, nth);
    actions.trace(point);
    for (const fault of faults) {
      if (fault.point !== point || fault.nth !== nth) continue;
      if (fault.action === 'throw') throw new Error(`fault ${point}@${nth}`);
      if (fault.action === 'delay') actions.delay(fault.delayMs);
      else actions[fault.action]();
    }
  };
}

function isAction(text: string | undefined): text is PlannedFault['action'] {
  return text === 'kill' || text === 'stop' || text === 'throw' || text === 'delay';
}
