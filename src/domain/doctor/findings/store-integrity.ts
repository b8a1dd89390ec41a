import { bytes, counted } from '../../figures.ts';
import { printable } from '../../printable.ts';
import type { StoreFinding } from '../../store-maintenance.ts';
import { type Bare, type Finding, type FindingOf, type Sentences, told } from '../finding.ts';

export interface IntegrityFacts {
  /** Undefined when it was not done in time. */
  readonly findings: readonly StoreFinding[] | undefined;
  readonly limitMs: number;
  readonly sizeBytes: number;
}

interface IntegrityCodes {
  readonly sound: Bare;
  readonly damaged: { readonly first: readonly string[]; readonly all: number };
  /** The file is whole, but its tables contradict each other. */
  readonly inconsistent: { readonly first: readonly string[]; readonly all: number };
  readonly unfinished: { readonly limitMs: number; readonly sizeBytes: number };
}

const MOST_SHOWN = 3;
const WHOLE_LIST = 'See all of it: workos-events store check --full';

export const SENTENCES = {
  sound: () => ({ status: 'pass', detail: "SQLite's quick check and the store's own find nothing wrong." }),
  damaged: ({ first, all }) => ({
    status: 'fail',
    detail: `The file is damaged: ${listed(first, all)}.`,
    fixes: [
      'Stop what uses it, and save what can still be read: workos-events store export > events.ndjson',
      'Then put back a copy (without its -wal and -shm files), or move the file away: the next sync reads what the API still lists, 90 days.',
      'Look for the cause: the disk (`dmesg`, SMART), a copy made while it was written, a network file system.',
      WHOLE_LIST,
    ],
  }),
  inconsistent: ({ first, all }) => ({
    status: 'fail',
    detail: `The tables of the store contradict each other: ${listed(first, all)}.`,
    fixes: [
      WHOLE_LIST,
      'Did another program write to it, or was it put back in part? Put back a whole copy; the next sync reads what came since.',
      'If neither, please report it with that list: it is a defect of workos-events.',
    ],
  }),
  unfinished: ({ limitMs, sizeBytes }) => ({
    status: 'skip',
    detail: `Not finished within ${limitMs / 1000} s, for the store has ${bytes(sizeBytes)}: run \`workos-events store check\`, which takes the time it needs.`,
  }),
} satisfies Sentences<IntegrityCodes>;

function listed(first: readonly string[], all: number): string {
  const rest = all - first.length;
  return `${first.join('; ')}${rest > 0 ? `; and ${counted(rest, 'more finding')}` : ''}`;
}

export function judgeIntegrity({
  findings,
  limitMs,
  sizeBytes,
}: IntegrityFacts): FindingOf<IntegrityCodes>[] {
  if (!findings) return [{ code: 'unfinished', limitMs, sizeBytes }];
  if (findings.length === 0) return [{ code: 'sound' }];
  const first = findings.slice(0, MOST_SHOWN).map(({ detail }) => printable(detail));
  const isDamaged = findings.some(({ code }) => code === 'damaged');
  return [{ code: isDamaged ? 'damaged' : 'inconsistent', first, all: findings.length }];
}

export function integrityFindings(facts: IntegrityFacts): readonly Finding[] {
  return told<IntegrityCodes>(SENTENCES, judgeIntegrity(facts));
}
