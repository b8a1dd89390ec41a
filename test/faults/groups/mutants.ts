import type { FaultGroup } from '../fault-case.ts';
import { caught, type Mutant } from '../mutant.ts';
import { apiAnswers } from './api-answers.ts';
import { clock } from './clock.ts';
import { commandLine } from './command-line.ts';
import { content } from './content.ts';
import { follow } from './follow.ts';
import { killPoints } from './kill-points.ts';
import { network } from './network.ts';
import { paging } from './paging.ts';
import { payloads } from './payloads.ts';
import { powerLoss } from './power-loss.ts';
import { signals } from './signals.ts';
import { storeFiles } from './store-files.ts';
import { syscalls } from './syscalls.ts';
import { takeover } from './takeover.ts';
import { throwPoints } from './throw-points.ts';
import { together } from './together.ts';
import { transport } from './transport.ts';

const COMMIT = 'this.#fenced(batch.lease, () => this.#entries.commit(batch.lease.stream, batch))';
const COMMITS_APART = `(this.#fenced(batch.lease, () => this.#entries.commit(batch.lease.stream, { ...batch, events: [] })),
  this.#fenced(batch.lease, () => this.#entries.commit(batch.lease.stream, { ...batch, cursor: undefined })))`;
const ENDS = 'this.done = page.after === null ? !goesOn : isPast;';
const SEND = "const outcome = await http.request({ method: 'GET', ...built, limits, signal });";
const SEND_ON = `let outcome = await http.request({ method: 'GET', ...built, limits, signal });
  while (outcome.headers.location) {
    const url = outcome.headers.location;
    outcome = await http.request({ method: 'GET', ...built, url, limits, signal });
  }`;

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'the cursor before the events',
    file: 'store/sqlite-store.js',
    text: COMMIT,
    replacement: COMMITS_APART,
    group: killPoints,
    cases: /^first sync: commit\.(?:first_insert|before_cursor)@[1-5]$/,
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
    name: 'events are told apart by their time',
    file: 'flows/sync/read-to-head.js',
    text: 'const events = listed.filter((event) => takesEvent(stream, event));',
    replacement: 'const events = listed.filter((event) => event.createdAtMs > cursor.createdAtMs);',
    group: killPoints,
    cases: /^later sync: page\.parsed@1$/,
  },
  {
    name: 'a defect ends well',
    file: 'program.js',
    text: 'defect: 70,',
    replacement: 'defect: 0,',
    group: throwPoints,
    cases: /^page\.parsed@1$/,
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
    name: 'a signal is not heard',
    file: 'main.js',
    text: 'stopping.abort(new Interrupted(by));',
    replacement: '',
    group: follow,
    cases: /lease\.renewed: stop/,
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
    name: 'a stream that is held is taken',
    file: 'store/leases.js',
    text: '#isFree(held) {',
    replacement: '#isFree(held) {\nreturn true;',
    group: together,
    cases: /^the second is refused$/,
  },
  {
    name: 'a transaction that does not take the lock when it begins',
    file: 'store/connection.js',
    text: "'BEGIN IMMEDIATE'",
    replacement: "'BEGIN DEFERRED'",
    group: takeover,
    cases: /^lease\.judged/,
  },
  {
    name: 'what was settled is told from the local clock',
    file: 'flows/sync/sync.js',
    text: 'await pruneStore(run.store, clock, request.retention, nowMs, signal);',
    replacement: 'await pruneStore(run.store, clock, request.retention, clock.nowMs(), signal);',
    group: clock,
    cases: /^first sync, the clock a year ahead$/,
  },
  {
    name: 'a full disk is not known as one',
    file: 'store/failures.js',
    text: "if (code === 'SQLITE_FULL')",
    replacement: 'if (false)',
    group: syscalls,
    cases: /^ENOSPC of pwrite64 1\+$/,
  },
  {
    name: 'nothing is synced',
    file: 'store/connection.js',
    text: "const level = this.pragmaNumber('synchronous');",
    replacement: "this.#db.pragma('synchronous = OFF'); return;",
    group: powerLoss,
    cases: /^later sync/,
    opens: true,
  },
  {
    name: 'a refused key is tried again',
    file: 'workos/fault.js',
    text: 'if (status === 401) {',
    replacement:
      "if (status === 401) {\nreturn { code: 'unauthorized', message: '401', hint: '', retry: 'patiently', status };",
    group: apiAnswers,
    cases: /^401$/,
  },
  {
    name: 'gzip that was cut off is taken',
    file: 'http/content-coding.js',
    text: 'gunzipSync(body, options)',
    replacement: 'gunzipSync(body, { ...options, finishFlush: 2 })',
    group: transport,
    cases: /^gzip cut/,
  },
  {
    name: 'any certificate will do',
    file: 'http/client.js',
    text: 'timeout: this.#limits.connectMs, lookup',
    replacement: 'rejectUnauthorized: false, timeout: this.#limits.connectMs, lookup',
    group: network,
    cases: /^TLS: (?:expired|otherHost|selfSigned)$/,
  },
  {
    name: 'redirects are followed',
    file: 'workos/client.js',
    text: SEND,
    replacement: SEND_ON,
    group: content,
    cases: /^30[27] to another host$/,
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
    name: 'an empty page ends the list',
    file: 'domain/window.js',
    text: ENDS,
    replacement: `${ENDS}\nif (page.events.length === 0) this.done = true;`,
    group: paging,
    cases: /new after/,
  },
  {
    name: 'a full page that says it is the last is believed',
    file: 'domain/window.js',
    text: ENDS,
    replacement: 'this.done = page.after === null || isPast;',
    group: paging,
    cases: /^a full page that says/,
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
    name: 'only the last cursor is compared',
    file: 'domain/window.js',
    text: 'if (this.seen.has(after)) {',
    replacement: 'if (this.after === after) {',
    group: paging,
    cases: /^two pages in turn$/,
  },
  {
    name: 'events are serialised again',
    file: 'domain/event-page.js',
    text: 'events.push(wireEvent(element, text, time));',
    replacement: 'events.push(wireEvent(element, JSON.stringify(element), time));',
    group: payloads,
    cases: /UTC/,
  },
  {
    name: 'a time without a zone is read as local',
    file: 'domain/instant.js',
    text: 'const offset = offsetMs(sign, zoneHour, zoneMinute);',
    replacement:
      'const offset = /[Zz+]|-\\d\\d:/.test(text.slice(11)) ? offsetMs(sign, zoneHour, zoneMinute) : date.getTimezoneOffset() * -60_000;',
    group: payloads,
    cases: /St_Johns/,
  },
  {
    name: 'the database of another program is opened',
    file: 'store/file-header.js',
    text: 'if (header.readUInt32BE(APPLICATION_ID_AT) !== APPLICATION_ID) {',
    replacement: 'if (false) {',
    group: storeFiles,
    cases: /^a database of another program/,
  },
  {
    name: 'the key in an error',
    file: 'failure.js',
    text: 'const failure = withoutSecrets(error, io.env);',
    replacement: 'const failure = new AppError(error.code, error.message + io.env.WORKOS_API_KEY);',
    group: commandLine,
    cases: /plain: a defect/,
  },
];

/** The suite itself is at fault when it does not notice one of these. */
export const mutants: FaultGroup = {
  name: 'mutants',
  open: async (lab) => MUTANTS.map((mutant) => caught(lab, mutant)),
};
