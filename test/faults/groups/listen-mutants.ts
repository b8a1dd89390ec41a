import type { FaultGroup } from '../fault-case.ts';
import { caught, type Mutant } from '../mutant.ts';
import { listenAnswers } from './listen-answers.ts';
import { listenKills } from './listen-kills.ts';
import { listenPowerLoss } from './listen-power-loss.ts';
import { listenSyscalls } from './listen-syscalls.ts';
import { listenTroubles } from './listen-troubles.ts';

const INTAKE = 'const result = this.#store.intake(';

export const LISTEN_MUTANTS: readonly Mutant[] = [
  {
    name: 'the receiver does not sync (NORMAL)',
    file: 'context.js',
    text: 'busyTimeoutOnceOpenMs: 50,',
    replacement: "busyTimeoutOnceOpenMs: 50, ...{ synchronous: 'normal' },",
    group: listenPowerLoss,
    cases: /^cut after \d+$/,
    opens: true,
    says: /acknowledged, and lost/,
  },
  {
    name: '200 before COMMIT',
    file: 'flows/listen/intake.js',
    text: INTAKE,
    replacement: `this.#answerTaken(group);\n${INTAKE}`,
    group: listenKills,
    cases: /^commit\.before_commit@1$/,
    says: /acknowledged, and lost|there are no tables/,
  },
  {
    name: 'an error of the store is swallowed',
    file: 'flows/listen/intake.js',
    text: 'this.#notKept(error);',
    replacement: 'this.#answerTaken(group); this.#waiting = [];',
    group: listenSyscalls,
    cases: /^kept: ENOSPC of pwrite64 \d+$/,
    says: /acknowledged, and lost/,
  },
  {
    name: 'what is known counts as synced',
    file: 'store/intake.js',
    text: 'if (added === 0)',
    replacement: 'if (false)',
    group: listenPowerLoss,
    cases: /^killed before it synced/,
    opens: true,
    says: /acknowledged, and lost/,
  },
  {
    name: 'the cursor from a webhook id',
    file: 'store/intake.js',
    text: 'late: false,',
    replacement: 'late: false, cursor: events.at(-1),',
    group: listenKills,
    cases: /^webhook\.committed@12$/,
    says: /moved the cursor/,
  },
  {
    name: 'a tolerance on one side',
    file: 'domain/verify-webhook.js',
    text: "return timestampMs > nowMs + toleranceMs ? 'timestamp_in_future' : 'ok';",
    replacement: "return 'ok';",
    group: listenAnswers,
    cases: /^too far ahead$/,
  },
  {
    name: 'only the first v1',
    file: 'domain/verify-webhook.js',
    text: 'signatures.some(',
    replacement: 'signatures.slice(0, 1).some(',
    group: listenAnswers,
    cases: /^the second v1/,
  },
  {
    name: 'an empty secret',
    file: 'config/webhook-secrets.js',
    text: "if (value.trim() !== '')",
    replacement: 'if (true)',
    group: listenAnswers,
    cases: /^a secret file/,
  },
  {
    name: 'the body is verified as it is written anew',
    file: 'domain/incoming-webhook.js',
    text: 'verifyWebhook({ body, ',
    replacement: 'verifyWebhook({ body: Buffer.from(JSON.stringify(JSON.parse(body.toString()))), ',
    group: listenAnswers,
    cases: /^as WorkOS signs$|written anew/,
  },
  {
    name: 'the end waits for nobody',
    file: 'flows/listen/listen.js',
    text: 'server.drain(DRAIN_MS)',
    replacement: 'server.drain(0)',
    group: listenTroubles,
    cases: /^SIGTERM while/,
    says: /were not answered/,
  },
];

/** The suite itself is at fault when it does not notice one of these. */
export const listenMutants: FaultGroup = {
  name: 'listen: mutants',
  open: async (lab) => LISTEN_MUTANTS.map((mutant) => caught(lab, mutant)),
};
