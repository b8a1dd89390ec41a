import type { FaultCase, FaultGroup } from '../fault-case.ts';
import { Lab } from '../lab.ts';
import { runCases } from '../run-cases.ts';
import { commandLine } from './command-line.ts';
import { content } from './content.ts';
import { killPoints } from './kill-points.ts';
import { paging } from './paging.ts';
import { payloads } from './payloads.ts';
import { signals } from './signals.ts';
import { takeover } from './takeover.ts';

/** A small defect put into the built program, and the cases of which one at least must notice it. */
interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly replacement: string;
  readonly group: FaultGroup;
  readonly cases: RegExp;
}

const COMMIT = 'this.#fenced(batch.lease, () => this.#entries.commit(batch))';
const COMMITS_APART = `(this.#fenced(batch.lease, () => this.#entries.commit({ ...batch, events: [] })),
  this.#fenced(batch.lease, () => this.#entries.commit({ ...batch, cursor: undefined })))`;

const MUTANTS: readonly Mutant[] = [
  {
    name: 'the cursor before the events',
    file: 'store/sqlite-store.js',
    text: COMMIT,
    replacement: COMMITS_APART,
    group: killPoints,
    cases: /^first sync: commit\.(?:first_insert|before_cursor)@[1-5]$/,
  },
  {
    name: 'no fence',
    file: 'store/leases.js',
    text: 'assertHeld(lease) {',
    replacement: 'assertHeld(lease) {\nreturn;',
    group: takeover,
    cases: /^(?:page\.parsed|commit\.done)@[12]$/,
  },
  {
    name: 'what became visible late is not read',
    file: 'flows/sync/sync.js',
    text: 'const overlapDue = ',
    replacement: 'const overlapDue = false && ',
    group: killPoints,
    cases: /^later sync: page\.parsed@1$/,
  },
  {
    name: 'an empty page ends the list',
    file: 'domain/window.js',
    text: 'const isEnd = page.after === null',
    replacement: 'const isEnd = page.events.length === 0 || page.after === null',
    group: paging,
    cases: /new after/,
  },
  {
    name: 'a page that repeats is followed',
    file: 'domain/window.js',
    text: 'if (this.seen.has(after)) {',
    replacement: 'if (false) {',
    group: paging,
    cases: /same after/,
  },
  {
    name: 'a page without list_metadata ends the list',
    file: 'domain/event-page.js',
    text: 'const { data, list_metadata: metadata } = list;',
    replacement: 'const { data, list_metadata: metadata } = { list_metadata: { after: null }, ...list };',
    group: content,
    cases: /^no list_metadata/,
  },
  {
    name: 'events are serialised again',
    file: 'domain/event-page.js',
    text: "readEvent(element, texts[index] ?? '')",
    replacement: 'readEvent(element, JSON.stringify(element))',
    group: payloads,
    cases: /UTC/,
  },
  {
    name: 'an interrupt ends with a status',
    file: 'main.js',
    text: 'process.kill(process.pid, reason.by);',
    replacement: 'process.exitCode = 130;',
    group: signals,
    cases: /page\.parsed/,
  },
  {
    name: 'the key in an error',
    file: 'program.js',
    text: 'const failure = withoutSecrets(toAppError(error, io), secrets);',
    replacement: "const failure = new AppError('defect', toAppError(error, io).message + secrets);",
    group: commandLine,
    cases: /plain: a defect/,
  },
];

/** The suite itself is at fault when it does not notice one of these. */
export const mutants: FaultGroup = {
  name: 'mutants',
  open: async () => MUTANTS.map(caught),
};

function caught({ name, file, text, replacement, group, cases }: Mutant): FaultCase {
  return {
    name,
    run: async () => {
      const lab = new Lab();
      try {
        const chosen = (await group.open(lab)).filter((one) => cases.test(one.name));
        lab.patch(file, text, replacement);
        const outcomes = await runCases(group.name, chosen, 1);
        const noticed = outcomes.some(({ violations }) => violations.length > 0);
        return noticed ? [] : [`none of ${outcomes.length} cases of "${group.name}" noticed it`];
      } finally {
        await lab.close();
      }
    },
  };
}
