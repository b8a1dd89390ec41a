import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { FaultCase } from './fault-case.ts';
import type { Judged, Lab } from './lab.ts';
import {
  ANSWERING,
  type Counts,
  countOf,
  DELIVERED,
  KEPT,
  KEPT_TOGETHER,
  type Load,
  middleOf,
  pathsOf,
  runThrough,
  type Send,
  sendSome,
  sendUntilGone,
} from './listen-load.ts';
import { type ListenStage, withListenStage } from './listen-stage.ts';
import { type Call, failingAt } from './strace.ts';

/** Longer than `listen` waits before it tries whether a store that failed can be written again. */
const PROBED_MS = 1_200;
/** Who connects while files are short is sent away, and so may be the first who come again. */
const TRIES = 5;
const AGAIN_MS = 20;
const AT_THE_START: readonly Call[] = ['openat', 'ftruncate', 'unlink'];
const AT_THE_END: readonly Call[] = ['pwrite64', 'fsync', 'ftruncate', 'unlink'];
const ERRORS = ['EIO', 'ENOSPC'] as const;

interface Failure {
  readonly call: Call;
  readonly error: string;
  readonly when: string;
}

/** Calls of `listen` that fail once or from then on. */
export function failedCalls(lab: Lab, counts: Counts): FaultCase[] {
  const onceAndOn = (call: Call) => [`${middleOf(counts, call)}`, `${middleOf(counts, call)}+`];
  return [
    ...AT_THE_START.flatMap((call) => [
      notBegun(lab, { call, error: 'EIO', when: '1' }),
      notBegun(lab, { call, error: 'ENOSPC', when: '1+' }),
    ]),
    ...[KEPT, DELIVERED].flatMap((load) =>
      onceAndOn('pwrite64').flatMap((when) => [
        ended(lab, load, { call: 'pwrite64', error: 'EIO', when }),
        outlasted(lab, load, { call: 'pwrite64', error: 'ENOSPC', when }),
      ]),
    ),
    ...[KEPT, DELIVERED].flatMap((load) =>
      onceAndOn('fsync').flatMap((when) =>
        ERRORS.map((error) => ended(lab, load, { call: 'fsync', error, when })),
      ),
    ),
    ...AT_THE_END.map((call) => answered(lab, { call, error: 'EIO', when: `${countOf(counts, call)}` })),
    ...onceAndOn(ANSWERING).flatMap((when) =>
      ERRORS.map((error) => outlasted(lab, KEPT, { call: ANSWERING, error, when })),
    ),
    ...['EMFILE', 'ECONNABORTED'].map((error) =>
      outlasted(lab, KEPT_TOGETHER, { call: 'accept4', error, when: '1' }),
    ),
  ];
}

function failing(
  lab: Lab,
  load: Load,
  failure: Failure,
  send: Send,
  judge: (ran: Judged, stage: ListenStage) => readonly string[],
): FaultCase {
  const { call, error, when } = failure;
  return {
    name: `${load.name}: ${error} of ${call} ${when}`,
    run: async () =>
      await withListenStage(lab, load, async (stage) => {
        const log = join(stage.folder, 'injected');
        const under = failingAt(call, failure, pathsOf(stage, call), log);
        const ran = await runThrough(stage, load, under, send);
        stage.breaks += 1;
        const fired = readFileSync(log, 'latin1').includes('(INJECTED)') ? [] : ['never fired'];
        const wrong = judge(ran, stage);
        return [...fired, ...ran.flaws, ...wrong, ...stage.broken(), ...(await stage.toRest())];
      }),
  };
}

function notBegun(lab: Lab, failure: Failure): FaultCase {
  return failing(lab, KEPT, failure, sendSome, ({ code, signal, stdout }, { log }) => [
    ...(code === 4 ? [] : [`it ended with ${code ?? signal}: ${stdout}`]),
    ...(log.sent.size === 0 ? [] : ['it took webhooks']),
  ]);
}

/** What the disk has kept is not known: nobody is told that it is kept, and the run ends. */
function ended(lab: Lab, load: Load, failure: Failure): FaultCase {
  return failing(lab, load, failure, sendUntilGone, ({ code, signal, stdout }, { log }) => [
    ...(code === 4 && stdout.includes('store_io') ? [] : [`it ended with ${code ?? signal}: ${stdout}`]),
    // A deliverer may meet it first, and no webhook.
    ...(load.delivers || log.putOff > 0 ? [] : ['nobody was told to come again']),
  ]);
}

/** All of them, though something fails when it ends: that is for the next run to tidy up. */
function answered(lab: Lab, failure: Failure): FaultCase {
  return failing(lab, KEPT, failure, sendSome, (ran, { log }) => [
    ...untilTold(ran),
    ...log.unanswered().map(({ id }) => `${id} was not answered`),
  ]);
}

/** It goes on, and takes webhooks once it can, but none before. */
function outlasted(lab: Lab, load: Load, failure: Failure): FaultCase {
  const lasts = failure.when.endsWith('+');
  let before = 0;
  const send: Send = async (stage, { atATime }, url) => {
    const { log } = stage;
    await sendSome(stage, load, url);
    before = log.acknowledged.size;
    for (let tries = lasts ? 1 : TRIES; tries > 0 && log.unanswered().length > 0; tries--) {
      await pause(lasts ? PROBED_MS : AGAIN_MS);
      await log.send(url, log.unanswered(), atATime);
    }
    return true;
  };
  return failing(lab, load, failure, send, (ran, { log }) => [
    ...untilTold(ran),
    ...(lasts && log.acknowledged.size > before ? ['webhooks were answered 2xx while it lasted'] : []),
    ...(lasts && ran.stderr.includes('the store takes webhooks again') ? ['it said that it had passed'] : []),
    ...(!lasts && log.unanswered().length > 0 ? ['some were not taken once it had passed'] : []),
  ]);
}

function untilTold({ signal, code, stdout }: Judged): string[] {
  return signal === 'SIGTERM' ? [] : [`it ended with ${code ?? signal}: ${stdout}`];
}
