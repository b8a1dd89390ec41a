/** What `store check`, `prune` and `ack-gap` answer; the documents are in docs/json.md. */
import type { ChalkInstance } from 'chalk';
import type { StoreFinding } from '../domain/store-maintenance.ts';
import type { Gap } from '../domain/stream-store.ts';
import { counted, printable } from './figures.ts';
import { gapText } from './store-status.ts';

export function checkText(findings: readonly StoreFinding[], style: ChalkInstance): string {
  if (findings.length === 0) return `${style.green('Sound')}: no findings.\n`;
  const lines = findings.map(({ code, detail }) => `  ${style.dim(code)}  ${printable(detail)}\n`);
  return (
    `${style.red('Damaged')}: ${counted(findings.length, 'finding')}.\n${lines.join('')}` +
    'Save what can be read with: workos-events store export. Then put back a copy, or move the file away and sync.\n'
  );
}

export interface PruneAnswer {
  readonly payloads: number;
  readonly ids: number;
  readonly dryRun: boolean;
}

export function pruneText({ payloads, ids, dryRun }: PruneAnswer): string {
  return `${dryRun ? 'Would prune' : 'Pruned'} ${counted(payloads, 'payload')} and ${counted(ids, 'id')}.\n`;
}

export function acknowledgedText(gaps: readonly Gap[], style: ChalkInstance): string {
  if (gaps.length === 0) return 'No open gaps.\n';
  return gaps.map((gap) => `Acknowledged ${gapText(gap, style)} of ${printable(gap.stream)}\n`).join('');
}
