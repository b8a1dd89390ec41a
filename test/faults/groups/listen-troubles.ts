import { execFileSync } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { seededRandom } from '../../../src/sandbox/random.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { type ListenStage, withListenStage } from '../listen-stage.ts';
import { mounted } from '../mounted.ts';
import { failingAt, needStrace, storePaths } from '../strace.ts';

const SENDERS = 16;
const LONGEST_PAUSE_MS = 150;
const SMALL_KIB = 512;

/** A disk that is locked, full or broken, signals with requests under way, senders that dawdle. */
export const listenTroubles: FaultGroup = {
  name: 'listen: troubles',
  open: async (lab) => [
    ...(['SIGTERM', 'SIGINT'] as const).flatMap((signal) =>
      [1, 2, 3].map((seed) => endedUnderLoad(lab, signal, seed)),
    ),
    endedWhileTheyWait(lab),
    endedTwice(lab),
    locked(lab),
    fullDisk(lab),
    ...(['EIO', 'ENOSPC'] as const).map((error) => failedSync(lab, error)),
    slowSenders(lab),
  ],
};

function endedUnderLoad(lab: Lab, name: 'SIGTERM' | 'SIGINT', seed: number): FaultCase {
  return {
    name: `${name} under load, seed ${seed}`,
    run: async () =>
      await withListenStage(lab, { delivers: true }, async (stage) => {
        const running = await stage.start();
        const url = running.url ?? '';
        const sending = stage.log.send(url, stage.log.make(400), SENDERS);
        await pause(seededRandom(seed)() * LONGEST_PAUSE_MS);
        running.signal(name);
        const { signal, flaws, stdout } = stage.judge(await running.ended);
        await sending;
        // What was taken and not recorded when it gave up waiting may come again.
        stage.breaks += 1;
        const said = stdout === '' ? {} : JSON.parse(stdout);
        return [
          ...flaws,
          ...(signal === name ? [] : [`it ended by ${signal}`]),
          ...(said.received >= stage.log.acknowledged.size ? [] : [`it said ${stdout}`]),
          ...stage.broken(),
          ...(await stage.toRest()),
        ];
      }),
  };
}

/** What has arrived is answered before it ends. */
function endedWhileTheyWait(lab: Lab): FaultCase {
  return {
    name: 'SIGTERM while webhooks wait for a lock',
    run: async () =>
      await withListenStage(lab, {}, async (stage) => {
        const running = await stage.start();
        const other = new Database(stage.store);
        other.exec('BEGIN IMMEDIATE');
        const sending = stage.log.send(running.url ?? '', stage.log.make(SENDERS), SENDERS);
        await pause(4 * LONGEST_PAUSE_MS);
        running.signal('SIGTERM');
        await pause(2 * LONGEST_PAUSE_MS);
        other.exec('ROLLBACK');
        other.close();
        await sending;
        const left = stage.log.unanswered().length;
        const { signal, flaws } = stage.judge(await running.ended);
        return [
          ...flaws,
          ...(left === 0 ? [] : [`${left} were not answered`]),
          ...(signal === 'SIGTERM' ? [] : [`it ended by ${signal}`]),
          ...stage.atRest(),
        ];
      }),
  };
}

/** A second signal ends it at once; what was answered is kept all the same. */
function endedTwice(lab: Lab): FaultCase {
  return {
    name: 'two signals',
    run: async () =>
      await withListenStage(lab, {}, async (stage) => {
        const running = await stage.start();
        const url = running.url ?? '';
        await stage.log.send(url, stage.log.make(20), SENDERS);
        // Somebody who sends half a webhook would hold it up.
        const { hostname, port } = new URL(url);
        const socket = connect(Number(port), hostname).on('error', () => {});
        socket.write('POST /webhooks/workos HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf');
        await pause(LONGEST_PAUSE_MS);
        running.signal('SIGTERM');
        await pause(LONGEST_PAUSE_MS);
        const begunMs = performance.now();
        running.signal('SIGTERM');
        const { code, hung } = await running.ended;
        socket.destroy();
        const tookMs = performance.now() - begunMs;
        return [
          ...(code === 143 && !hung && tookMs < 5_000 ? [] : [`it ended with ${code} after ${tookMs} ms`]),
          ...stage.broken(),
          ...(await stage.toRest()),
        ];
      }),
  };
}

function locked(lab: Lab): FaultCase {
  return {
    name: 'a store that is locked for five seconds under load',
    run: async () =>
      await withListenStage(lab, { delivers: true }, async (stage) => {
        const running = await stage.start();
        const url = running.url ?? '';
        await stage.log.send(url, stage.log.make(50), SENDERS);
        const before = stage.log.acknowledged.size;
        const other = new Database(stage.store);
        other.exec('BEGIN IMMEDIATE');
        const sending = stage.log.send(url, stage.log.make(50), SENDERS);
        await pause(5_000);
        const meanwhile = stage.log.acknowledged.size - before;
        other.exec('ROLLBACK');
        other.close();
        await sending;
        await stage.log.send(url, stage.log.unanswered(), SENDERS);
        running.signal('SIGTERM');
        const { signal, flaws, stdout } = stage.judge(await running.ended);
        return [
          ...flaws,
          ...(signal === 'SIGTERM' ? [] : [`it ended by ${signal}: ${stdout}`]),
          ...(meanwhile === 0 ? [] : [`${meanwhile} were acknowledged while the store was locked`]),
          ...(JSON.parse(stdout).put_off > 0 ? [] : ['nobody was told to come again']),
          ...(await stage.toRest()),
        ];
      }),
  };
}

/** Space is found again while it runs: it goes on. */
function fullDisk(lab: Lab): FaultCase {
  return {
    name: `a disk of ${SMALL_KIB} KiB`,
    run: async () =>
      await mounted(
        lab.newFolder(),
        `size=${SMALL_KIB}k`,
        async (folder) =>
          await withListenStage(lab, { folder }, async (stage) => await onFullDisk(stage, folder)),
      ),
  };
}

async function onFullDisk(stage: ListenStage, folder: string): Promise<readonly string[]> {
  const running = await stage.start();
  const url = running.url ?? '';
  await stage.log.send(url, stage.log.make(2_000), SENDERS);
  const kept = stage.log.acknowledged.size;
  const isFull = kept < 2_000;
  const broken = stage.broken();
  execFileSync('mount', ['-o', 'remount,size=65536k', folder]);
  // Health is found again by a probe of its own; a webhook need not wait for that.
  await stage.log.send(url, stage.log.unanswered(), SENDERS);
  const left = stage.log.unanswered().length;
  running.signal('SIGTERM');
  const { signal, flaws, stdout, stderr } = stage.judge(await running.ended);
  return [
    ...flaws,
    ...(isFull ? [] : ['the disk was never full']),
    ...broken,
    ...(left === 0 ? [] : [`${left} were not taken once there was space: ${stderr}`]),
    ...(signal === 'SIGTERM' ? [] : [`it ended by ${signal}: ${stdout}`]),
    ...(await stage.toRest()),
  ];
}

/** What a failed sync has written is not known: nobody is told that it is kept, and the process ends. */
function failedSync(lab: Lab, error: 'EIO' | 'ENOSPC'): FaultCase {
  return {
    name: `fsync fails with ${error}`,
    run: async () => {
      needStrace();
      return await withListenStage(lab, {}, async (stage) => {
        const log = join(stage.folder, 'failed');
        const under = failingAt('fsync', { error, when: '12' }, storePaths(stage.store), log);
        const running = await stage.start({ under });
        if (running.url === undefined) return [`it did not begin: ${(await running.ended).stdout}`];
        await stage.log.send(running.url, stage.log.make(60));
        const { code, flaws, stdout } = stage.judge(await running.ended);
        const isTold = stdout.includes('store_io');
        return [
          ...flaws,
          ...(code === 4 && isTold ? [] : [`it ended with ${code}: ${stdout}`]),
          ...stage.broken(),
          ...(await stage.toRest()),
        ];
      });
    },
  };
}

/** A hundred that send a byte now and then hold nobody up, and are sent away. */
function slowSenders(lab: Lab): FaultCase {
  return {
    name: 'a hundred slow senders beside the others',
    run: async () =>
      await withListenStage(lab, {}, async (stage) => {
        const running = await stage.start();
        const { hostname, port } = new URL(running.url ?? '');
        const answers: string[] = [];
        const slow = Array.from({ length: 100 }, (_, n) => {
          const socket = connect(Number(port), hostname)
            .setEncoding('latin1')
            .on('error', () => {});
          const head = 'POST /webhooks/workos HTTP/1.1\r\nHost: x\r\n';
          socket.write(n % 2 === 0 ? head : `${head}Content-Length: 1000\r\n\r\n`);
          const drip = setInterval(() => socket.write('x'), 300);
          socket.on('data', (text: string) => answers.push(text));
          return new Promise<void>((resolve) => {
            socket.on('close', () => {
              clearInterval(drip);
              resolve();
            });
          });
        });
        const begunMs = performance.now();
        await stage.log.send(running.url ?? '', stage.log.make(300), SENDERS);
        const tookMs = performance.now() - begunMs;
        await Promise.all(slow);
        const sentAway = answers.filter((text) => text.includes(' 408 ')).length;
        running.signal('SIGTERM');
        const { flaws } = stage.judge(await running.ended);
        return [
          ...flaws,
          ...(tookMs < 5_000 ? [] : [`the others took ${tookMs} ms`]),
          ...(sentAway === 100 ? [] : [`${sentAway} were sent away with 408`]),
          ...(await stage.toRest()),
        ];
      }),
  };
}
