import type { Outcome } from './delivery.ts';

/** How a command that got an event came to its end. */
export type CommandEnding =
  | { readonly kind: 'exited'; readonly status: number }
  /** By somebody else than us. */
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'timed_out'; readonly afterMs: number }
  /** `code` is the system's. */
  | { readonly kind: 'not_started'; readonly code: string };

/** EX_DATAERR and EX_CONFIG of sysexits(3). */
const EVENT_AT_FAULT = 65;
const SINK_AT_FAULT = 78;
/** Too many processes, files or too little memory: these pass. */
const PASSING: ReadonlySet<string> = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM', 'ETXTBSY']);

export function outcomeOfEnding(ending: CommandEnding): Outcome {
  switch (ending.kind) {
    case 'exited':
      return outcomeOfStatus(ending.status);
    case 'killed':
      return { kind: 'failed', reason: `${ending.signal} ended it` };
    case 'timed_out':
      return { kind: 'failed', reason: `it took longer than ${ending.afterMs / 1000} s and was ended` };
    case 'not_started': {
      const { code } = ending;
      const reason =
        code === 'ENOENT'
          ? 'it, its interpreter or the folder it runs in does not exist (ENOENT)'
          : `it cannot be started (${code})`;
      return { kind: PASSING.has(code) ? 'sink_failed' : 'sink_refused', reason };
    }
  }
}

function outcomeOfStatus(status: number): Outcome {
  const reason = `it exited with status ${status}`;
  switch (status) {
    case 0:
      return { kind: 'acknowledged' };
    case EVENT_AT_FAULT:
      return { kind: 'event_refused', reason: `${reason}: the event cannot be used` };
    case SINK_AT_FAULT:
      return { kind: 'sink_refused', reason: `${reason}: it is not set up` };
    default:
      return { kind: 'failed', reason };
  }
}
