import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { CATALOGUE } from '../../src/domain/catalogue.ts';
import type { FaultPoint } from '../../src/fault-points.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { entriesOf } from './delivery-oracle.ts';
import { type Judged, judged, type Lab } from './lab.ts';
import { type Listed, violationsAfterBreak, violationsAtRest, withCopy } from './oracle.ts';
import type { Running } from './program.ts';
import { type StageRun, traceIn } from './stage.ts';
import { FileWitness } from './witnesses/lines.ts';

const IN_FLIGHT = 4;
const RECONCILE = ['reconcile', '--from', '85d', '--json', '--yes', '--parallel', '1'];
const STATES: ReadonlySet<string> = new Set(['pending', 'delivered']);

/** A stream that was delivered, and has lost some of its events without a trace. */
export interface Outage {
  readonly sandbox: Sandbox;
  readonly template: string;
  readonly listed: Listed;
  readonly lost: ReadonlySet<string>;
}

export async function outageIn(lab: Lab): Promise<Outage> {
  const sandbox = await lab.sandbox({ count: 240 });
  const folder = lab.newFolder();
  const template = join(folder, 'events.db');
  const args = ['sync', '--from', '86d', '--json', '--deliver', 'file:first.ndjson', '--store', template];
  const { code, stdout } = await lab.run(args, { cwd: folder, apiUrl: sandbox.url });
  if (code !== 0) throw new Error(`The run that fills the store ended with ${code}: ${stdout}`);
  return { sandbox, template, listed: sandbox.listed(CATALOGUE), lost: lose(template) };
}

/** Takes every eighth event out of the store, as if it had never come. */
function lose(store: string): Set<string> {
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
  return new Set(lost);
}

/** One case's own copy of what an outage left, and the file that `reconcile` delivers the lost events to. */
export class ReconcileStage {
  readonly lab: Lab;
  readonly outage: Outage;
  readonly folder: string;
  readonly store: string;
  readonly witness: FileWitness;
  readonly route: readonly string[];
  /** How often a run was broken. */
  breaks = 0;

  constructor(lab: Lab, outage: Outage) {
    this.lab = lab;
    this.outage = outage;
    this.folder = lab.newFolder();
    this.store = join(this.folder, 'events.db');
    this.witness = new FileWitness(this.folder);
    this.route = ['--deliver', this.witness.spec, '--concurrency', String(IN_FLIGHT)];
    copyFileSync(outage.template, this.store);
  }

  /** `reconcile` with the route of the stage. */
  start({ args = [], ...options }: StageRun = {}): Running {
    return this.startCommand([...RECONCILE, ...this.route, ...args], options);
  }

  /** Any command on this store. */
  startCommand(args: readonly string[], options: Omit<StageRun, 'args'> = {}): Running {
    const argv = [...args, '--store', this.store];
    return this.lab.start(argv, { cwd: this.folder, apiUrl: this.outage.sandbox.url, ...options });
  }

  async run(options: StageRun = {}): Promise<Judged> {
    const ended = judged(RECONCILE, await this.start(options).ended);
    const recorded = this.recorded();
    const left = [...this.outage.lost].filter((id) => ended.code === 0 && !recorded.has(id));
    return { ...ended, flaws: [...ended.flaws, ...left.map((id) => `it ended with 0 without ${id}`)] };
  }

  /** Breaks a run at a fault point: `recovery.done@1:kill`. */
  async runWith(fault: string): Promise<Judged> {
    return await this.run({ env: { WORKOS_EVENTS_FAULT: fault } });
  }

  /** Which points a clean run reaches, in order. */
  async trace(): Promise<FaultPoint[]> {
    const file = join(this.folder, 'trace');
    const { code, stdout, flaws } = await this.run({ env: { WORKOS_EVENTS_FAULT_TRACE: file } });
    if (code !== 0 || flaws.length > 0)
      throw new Error(`The clean run ended with ${code}: ${stdout} ${flaws}`);
    return traceIn(file);
  }

  afterBreak(): string[] {
    const { listed, lost } = this.outage;
    const expected = { listed, states: STATES, order: 'any', late: lost } as const;
    return [...violationsAfterBreak(this.store, expected), ...this.whatever()].map(
      (text) => `after the break: ${text}`,
    );
  }

  /** Runs to the end, undisturbed: each lost event was handed over, as it was sent, and nothing else. */
  async toRest(): Promise<string[]> {
    const { code, flaws, stdout, stderr } = await this.run();
    const handed = this.witness.handed();
    const repeats = handed.length - new Set(handed.map(({ id }) => id)).size;
    if (this.breaks > 0) this.lab.repeats.push({ seen: repeats, bound: this.bound });
    return [
      ...(code === 0 ? [] : [`the run to rest ended with ${code}: ${stdout}${stderr.slice(-300)}`]),
      ...flaws,
      ...violationsAtRest(this.store, { listed: this.outage.listed, states: STATES, order: 'any' }),
      ...this.whatever(),
      ...this.witness.flaws(),
      ...(repeats <= this.bound ? [] : [`${repeats} repeats after ${this.breaks} breaks`]),
    ];
  }

  /** As `toRest`; a second run then delivers nothing. */
  async toRestForGood(): Promise<string[]> {
    const violations = await this.toRest();
    const handed = this.witness.handed().length;
    const again = await this.run();
    const check = await this.startCommand(['store', 'check', '--json']).ended;
    return [
      ...violations,
      ...(this.witness.handed().length === handed ? [] : ['the second run delivered something again']),
      ...[again, judged(['--json'], check)].flatMap(({ code, flaws, stdout, stderr }) =>
        code === 0 ? flaws : [...flaws, `it ended with ${code}: ${stdout}${stderr.slice(-300)}`],
      ),
    ];
  }

  /** What holds at any moment. */
  private whatever(): string[] {
    const { listed, lost } = this.outage;
    const texts = new Map(listed.map(({ id, text }) => [id, text]));
    const handed = this.witness.handed();
    const taken = new Set(handed.map(({ id }) => id));
    const recorded = this.recorded();
    const unrecorded = [...taken].filter((id) => !recorded.has(id));
    return [
      ...(cursorOf(this.store) === listed.at(-1)?.id ? [] : ['it moved the cursor']),
      ...handed.filter(({ id, text }) => texts.get(id) !== text).map(({ id }) => `changed: ${id}`),
      ...[...taken].filter((id) => !lost.has(id)).map((id) => `handed over unasked: ${id}`),
      ...[...lost]
        .filter((id) => recorded.has(id) && !taken.has(id))
        .map((id) => `delivered, but the sink does not have it: ${id}`),
      ...(unrecorded.length <= this.bound ? [] : [`not on record: ${unrecorded.length} deliveries`]),
    ];
  }

  private recorded(): Set<string> {
    return new Set(entriesOf(this.store).flatMap(({ id, state }) => (state === 'delivered' ? [id] : [])));
  }

  private get bound(): number {
    return IN_FLIGHT * this.breaks;
  }
}

function cursorOf(store: string): unknown {
  return withCopy(store, (db) => db.prepare('SELECT cursor_id FROM stream').pluck().get());
}
