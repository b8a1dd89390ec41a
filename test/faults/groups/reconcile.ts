import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { CATALOGUE } from '../../../src/domain/catalogue.ts';
import type { FaultPoint } from '../../../src/fault-points.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Judged, Lab } from '../lab.ts';
import { countsOf, someOf, traceIn } from '../stage.ts';

/** Only a reconcile comes by here. */
export const RECONCILE_POINTS: readonly FaultPoint[] = [
  'reconcile.difference',
  'recovery.before_commit',
  'recovery.done',
];
const IN_FLIGHT = 4;
const RECONCILE = ['reconcile', '--from', '85d', '--json', '--yes', '--parallel', '1'];
const ROUTE = ['--deliver', 'file:recovered.ndjson', '--concurrency', String(IN_FLIGHT)];

/** A stream that was delivered, and has lost some of its events without a trace. */
interface Outage {
  readonly sandbox: Sandbox;
  readonly template: string;
  /** Ids and texts, in the order of the API. */
  readonly lost: ReadonlyMap<string, string>;
}

/** `reconcile` that acts: killed, thrown at, and beside a run that delivers the stream. */
export const reconcile: FaultGroup = {
  name: 'reconcile',
  open: async (lab) => {
    const outage = await prepare(lab);
    const counts = await traced(lab, outage);
    const everyPoint: FaultCase = {
      name: 'every fault point of reconcile is reached',
      run: async () =>
        RECONCILE_POINTS.filter((point) => !counts.has(point)).map((point) => `never: ${point}`),
    };
    const kills = [...counts].flatMap(([point, count]) =>
      someOf(count).map((nth) => brokenAt(lab, outage, `${point}@${nth}`, 'kill')),
    );
    const twice = RECONCILE_POINTS.flatMap((first) =>
      RECONCILE_POINTS.concat('sink.after', 'record.done').map((second) =>
        killedTwice(lab, outage, first, second),
      ),
    );
    const interrupts = [...counts.keys()].map((point) => interruptedAt(lab, outage, point));
    const defects = RECONCILE_POINTS.map((point) => brokenAt(lab, outage, `${point}@1`, 'throw'));
    return [everyPoint, ...kills, ...twice, ...interrupts, ...defects, besideFollow(lab, outage)];
  },
};

function brokenAt(lab: Lab, outage: Outage, fault: string, action: 'kill' | 'throw'): FaultCase {
  return {
    name: `${fault}: ${action}`,
    run: async () => {
      const folder = begin(lab, outage);
      const before = cursorOf(folder);
      const env = { WORKOS_EVENTS_FAULT: `${fault}:${action}` };
      const { signal, code, flaws } = await run(lab, outage, folder, [...RECONCILE, ...ROUTE], env);
      const asPlanned = action === 'kill' ? signal === 'SIGKILL' : code === 70;
      const moved = cursorOf(folder) === before ? [] : ['it moved the cursor'];
      return [
        ...flaws,
        ...(asPlanned ? [] : [`never fired; it ended with ${code ?? signal}`]),
        ...moved,
        ...(await toRest(lab, outage, folder, IN_FLIGHT)),
      ];
    },
  };
}

/** The run that would finish it is killed too. */
function killedTwice(lab: Lab, outage: Outage, first: FaultPoint, second: FaultPoint): FaultCase {
  return {
    name: `${first}@1, then ${second}@1: killed`,
    run: async () => {
      const folder = begin(lab, outage);
      const before = cursorOf(folder);
      const flaws: string[] = [];
      for (const point of [first, second]) {
        const env = { WORKOS_EVENTS_FAULT: `${point}@1:kill` };
        flaws.push(...(await run(lab, outage, folder, [...RECONCILE, ...ROUTE], env)).flaws);
      }
      const moved = cursorOf(folder) === before ? [] : ['it moved the cursor'];
      return [...flaws, ...moved, ...(await toRest(lab, outage, folder, 2 * IN_FLIGHT))];
    },
  };
}

/** SIGTERM where it stands: it ends by that, and what is in flight is left to the next. */
function interruptedAt(lab: Lab, outage: Outage, point: FaultPoint): FaultCase {
  return {
    name: `SIGTERM at ${point}@1`,
    run: async () => {
      const folder = begin(lab, outage);
      const argv = [...RECONCILE, ...ROUTE, '--store', join(folder, 'events.db')];
      const env = { WORKOS_EVENTS_FAULT: `${point}@1:stop` };
      const running = lab.start(argv, { cwd: folder, apiUrl: outage.sandbox.url, env });
      if (!(await running.stopped())) return ['never fired'];
      running.signal('SIGTERM');
      running.signal('SIGCONT');
      const { signal, code, stdout } = await running.ended;
      const wrong = signal === 'SIGTERM' ? [] : [`it ended with ${signal ?? code}: ${stdout}`];
      return [...wrong, ...(await toRest(lab, outage, folder, IN_FLIGHT))];
    },
  };
}

/** The run that follows has the same routes: what is missing is left to it. */
function besideFollow(lab: Lab, outage: Outage): FaultCase {
  return {
    name: 'beside a sync that follows',
    run: async () => {
      const folder = begin(lab, outage);
      const store = ['--store', join(folder, 'events.db')];
      const follows = ['sync', '--follow', '--interval', '500ms', ...ROUTE, ...store];
      const following = lab.start(follows, { cwd: folder, apiUrl: outage.sandbox.url });
      await untilDelivering(folder);
      const { code, stdout, flaws } = await run(lab, outage, folder, [...RECONCILE, ...ROUTE]);
      following.signal('SIGTERM');
      await following.ended;
      const { recovered } = JSON.parse(stdout);
      return [
        ...flaws,
        ...(code === 0 && recovered === outage.lost.size ? [] : [`it ended with ${code}: ${stdout}`]),
        ...(await toRest(lab, outage, folder, 0)),
      ];
    },
  };
}

/** Runs to the end, and once more: each lost event was handed over, as it was sent, and nothing else. */
async function toRest(lab: Lab, outage: Outage, folder: string, repeats: number): Promise<string[]> {
  const args = [...RECONCILE, ...ROUTE];
  const first = await run(lab, outage, folder, args);
  const handed = handedOver(folder);
  const second = await run(lab, outage, folder, args);
  const check = await run(lab, outage, folder, ['store', 'check', '--json']);
  const taken = new Map(handed.map((text) => [idOf(text), text]));
  if (repeats > 0) lab.repeats.push({ seen: handed.length - taken.size, bound: repeats });
  const lost = [...outage.lost];
  return [
    ...[first, second, check].flatMap(({ code, flaws, stdout, stderr }) =>
      code === 0 ? flaws : [...flaws, `it ended with ${code}: ${stdout}${stderr.slice(-300)}`],
    ),
    ...lost.filter(([id, text]) => taken.get(id) !== text).map(([id]) => `not handed over as it was: ${id}`),
    ...[...taken.keys()].filter((id) => !outage.lost.has(id)).map((id) => `handed over unasked: ${id}`),
    ...(handed.length <= lost.length + repeats ? [] : [`${handed.length - lost.length} repeats`]),
    ...(handedOver(folder).length === handed.length ? [] : ['the second run delivered something again']),
  ];
}

async function prepare(lab: Lab): Promise<Outage> {
  const sandbox = await lab.sandbox({ count: 240 });
  const folder = lab.newFolder();
  const template = join(folder, 'events.db');
  const args = ['sync', '--from', '86d', '--json', '--deliver', 'file:first.ndjson', '--store', template];
  const { code, stdout } = await lab.run(args, { cwd: folder, apiUrl: sandbox.url });
  if (code !== 0) throw new Error(`The run that fills the store ended with ${code}: ${stdout}`);
  const texts = new Map(sandbox.listed(CATALOGUE).map(({ id, text }) => [id, text]));
  return { sandbox, template, lost: lose(template, texts) };
}

/** Takes every eighth event out of the store, as if it had never come. */
function lose(store: string, texts: ReadonlyMap<string, string>): Map<string, string> {
  const db = new Database(store);
  const ids = db.prepare<[], string>('SELECT event_id FROM entry ORDER BY order_at, seq').pluck().all();
  const lost = ids.filter((_, index) => index % 8 === 5);
  for (const id of lost) {
    db.prepare(
      'UPDATE tally SET entries = entries - 1 WHERE state = (SELECT state FROM entry WHERE event_id = ?)',
    ).run(id);
    db.prepare('DELETE FROM entry WHERE event_id = ?').run(id);
    db.prepare('DELETE FROM event WHERE id = ?').run(id);
  }
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  return new Map(lost.map((id) => [id, texts.get(id) ?? '']));
}

function begin(lab: Lab, { template }: Outage): string {
  const folder = lab.newFolder();
  copyFileSync(template, join(folder, 'events.db'));
  return folder;
}

async function traced(lab: Lab, outage: Outage): Promise<Map<FaultPoint, number>> {
  const folder = begin(lab, outage);
  const trace = join(folder, 'trace');
  const env = { WORKOS_EVENTS_FAULT_TRACE: trace };
  const { code, stdout } = await run(lab, outage, folder, [...RECONCILE, ...ROUTE], env);
  if (code !== 0) throw new Error(`The clean run ended with ${code}: ${stdout}`);
  return countsOf(traceIn(trace));
}

async function run(
  lab: Lab,
  { sandbox }: Outage,
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Judged> {
  const argv = [...args, '--store', join(folder, 'events.db')];
  return await lab.run(argv, { cwd: folder, apiUrl: sandbox.url, env });
}

function handedOver(folder: string): string[] {
  const file = join(folder, 'recovered.ndjson');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}

function idOf(text: string): string {
  return JSON.parse(text).id;
}

function cursorOf(folder: string): unknown {
  return look(folder, 'SELECT cursor_id FROM stream');
}

function look(folder: string, sql: string): unknown {
  const db = new Database(join(folder, 'events.db'));
  try {
    return db.prepare(sql).pluck().get();
  } finally {
    db.close();
  }
}

async function untilDelivering(folder: string): Promise<void> {
  const held = "SELECT 1 FROM lease WHERE role = 'deliver' AND run_id IS NOT NULL";
  while (look(folder, held) !== 1) await new Promise((resolve) => setTimeout(resolve, 20));
}
