import type { ChalkInstance } from 'chalk';
import type { ListenResult } from '../domain/listen-result.ts';
import type { Io } from '../io.ts';
import { count, counted, printable, span } from './figures.ts';
import { rows } from './rows.ts';
import { styleFor } from './style.ts';

export interface ListenFlags {
  readonly json?: boolean | undefined;
  readonly color?: boolean | undefined;
  /** Stdout is where the events go. */
  readonly onStderr?: boolean | undefined;
}

/** What a receiver did, once it has ended; on stdout. */
export class ListenAnswer {
  private readonly io: Io;
  private readonly flags: ListenFlags;

  constructor(io: Io, flags: ListenFlags) {
    this.io = io;
    this.flags = flags;
  }

  async give(result: ListenResult): Promise<void> {
    const output = this.flags.onStderr ? this.io.stderr : this.io.stdout;
    const style = styleFor({ isTTY: output.isTTY, env: this.io.env, flag: this.flags.color });
    await output.write(
      this.flags.json ? `${JSON.stringify(listenJson(result))}\n` : listenText(result, style),
    );
  }
}

/** The document of `listen --json`; documented in docs/json.md. */
function listenJson(result: ListenResult): Record<string, unknown> {
  return {
    stream: result.stream,
    store: result.store,
    url: result.url,
    received: result.received,
    new: result.added,
    duplicates: result.duplicates,
    malformed: result.malformed,
    conflicts: result.conflicts,
    stored: result.stored,
    unrouted: result.unrouted,
    put_off: result.putOff,
    refused: result.refused,
    delivered: result.delivered,
    dead: result.dead,
    pending: result.pending,
    duration_ms: result.durationMs,
  };
}

function listenText(result: ListenResult, style: ChalkInstance): string {
  const { added, received, durationMs, pending, dead, conflicts, malformed, putOff } = result;
  const headline = `${style.green('Ended')}: ${counted(added, 'new event')} of ${counted(received, 'webhook')} in ${span(durationMs)}`;
  const shown = (value: number, colour: (text: string) => string) =>
    value > 0 ? colour(count(value)) : undefined;
  return `${headline}\n${rows(style, [
    ['stream', printable(result.stream)],
    ['webhooks', webhooksLine(result)],
    ['refused', refusedLine(result)],
    [
      'put off',
      putOff > 0 ? style.yellow(`${count(putOff)} answered 503: WorkOS sends them again`) : undefined,
    ],
    ['delivered', deliveredLine(result)],
    ['pending', shown(pending, style.yellow)],
    ['dead', shown(dead, style.red)],
    ['malformed', shown(malformed, style.red)],
    ['conflicts', shown(conflicts, style.yellow)],
  ])}${nextSteps(result)}`;
}

function webhooksLine({ received, added, duplicates }: ListenResult): string {
  const known = duplicates > 0 ? ` · ${count(duplicates)} known before` : '';
  return `${count(received)} received · ${count(added)} new${known}`;
}

const REFUSED: Readonly<Record<keyof ListenResult['refused'], string>> = {
  signature: 'by their signature',
  address: 'by their address',
  too_large: 'too large',
  timed_out: 'too slow',
  malformed_request: 'no HTTP',
};

function refusedLine({ refused }: ListenResult): string | undefined {
  const parts = Object.entries(REFUSED).flatMap(([why, text]) => {
    const times = Object.entries(refused).find(([name]) => name === why)?.[1] ?? 0;
    return times > 0 ? [`${count(times)} ${text}`] : [];
  });
  return parts.length > 0 ? parts.join(' · ') : undefined;
}

/** Absent where nothing is delivered. */
function deliveredLine({
  delivered,
  unrouted,
  stored,
  added,
  leftPending,
}: ListenResult): string | undefined {
  if (leftPending || (delivered === 0 && stored === added)) return undefined;
  return `${count(delivered)}${unrouted > 0 ? ` · ${count(unrouted)} kept, no route takes them` : ''}`;
}

function nextSteps({ stream, dead, pending, leftPending }: ListenResult): string {
  const steps = [
    ...(pending > 0 && !leftPending
      ? [
          `What is pending goes out with the next run that delivers: workos-events deliveries list --stream ${stream}`,
        ]
      : []),
    ...(dead > 0
      ? [
          `Dead ones stay until you retry or drop them: workos-events deliveries list --state dead --stream ${stream}`,
        ]
      : []),
  ];
  return steps.map((step) => `\n${step}\n`).join('');
}
