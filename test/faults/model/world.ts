import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { entriesOf } from '../delivery-oracle.ts';
import { CANARY } from '../lab.ts';
import type { Handed } from '../witness.ts';
import { HttpWitness, SIGNING_SECRET } from '../witnesses/http.ts';
import {
  ALL_TYPES,
  isTaken,
  type ModelEvent,
  modelEvent,
  type NewEvent,
  type ReadSince,
} from './model-events.ts';
import type { ModelEnded, ModelHost } from './model-run.ts';
import { type Break, FILTERS, type SinkMood } from './steps.ts';

/** In memory where there is such a place: what is synced is not waited for. */
const PLACE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const HOUR_MS = 3_600_000;
const HOLD_BACK_MS = 3_000;

/** What a store remembers, and with it goes when an older copy is put back. */
interface Memory {
  readonly handed: readonly Handed[];
  readonly since: ReadSince;
  readonly read: ReadonlySet<string>;
  readonly apart: ReadonlySet<string>;
  readonly retried: ReadonlyMap<string, number>;
  readonly refusedForGood: readonly string[];
  readonly breaks: number;
  readonly isPruned: boolean;
}

/** The API, a webhook handler, a store and what has happened to them: all that a schedule acts upon. */
export class World {
  readonly folder = mkdtempSync(join(PLACE, 'workos-events-model-'));
  readonly store = join(this.folder, 'events.db');
  readonly host: ModelHost;
  readonly routed: boolean;
  /** As the API lists them. */
  readonly events: ModelEvent[] = [];
  /** Ids that the stream was seen to have once it had read to its end. */
  read = new Set<string>();
  since = new Map<string, number>(ALL_TYPES.map((type) => [type, 0]));
  /** Events that somebody handled by name or found afterwards: their lane did not wait for them. */
  apart = new Set<string>();
  retried = new Map<string, number>();
  /** Ids, once for each time that the sink said so. */
  refusedForGood: string[] = [];
  /** Became visible late, but so that the next run that comes to its end reads them. */
  readonly inOverlap = new Set<string>();
  breaks = 0;
  isPruned = false;
  everSynced = false;
  patterns: readonly string[] = ['*'];
  failsLeft = 0;
  private repeats = false;
  private mood: SinkMood = 'up';
  private made = 0;
  private readonly beginsMs: number;
  private remembered: Memory | undefined;
  /** What was handed over before an older copy was put back, and is part of its memory. */
  private recalled: readonly Handed[] = [];
  private forgotten = 0;
  private readonly sandbox: Sandbox;
  private readonly witness: HttpWitness;

  private constructor(host: ModelHost, routed: boolean, sandbox: Sandbox, witness: HttpWitness) {
    this.host = host;
    this.routed = routed;
    this.sandbox = sandbox;
    this.witness = witness;
    this.beginsMs = host.nowMs() - 72 * HOUR_MS;
    witness.respond = (response, handed) => {
      const bad = this.events.find(({ id }) => id === handed.id)?.bad === true;
      const isTaken = this.mood === 'up' && !bad;
      witness.note(handed, isTaken ? 'taken' : 'refused');
      if (bad && this.mood === 'up') this.refusedForGood.push(handed.id);
      if (this.mood === 'down') response.socket?.destroy();
      else response.writeHead(isTaken ? 200 : this.mood === 'up' ? 422 : 500).end();
    };
    sandbox.script = () => {
      if (this.failsLeft > 0) {
        this.failsLeft -= 1;
        return { status: 500, body: 'no' };
      }
      return this.repeats ? { edit: repeatFirst } : undefined;
    };
  }

  static async open(host: ModelHost, routed: boolean): Promise<World> {
    const options = { count: 0, days: 1, holdBackMs: HOLD_BACK_MS, maxPerMinute: 0, apiKeys: [CANARY] };
    const sandbox = await createSandbox({ ...options, nowMs: () => host.nowMs() });
    const witness = await new HttpWitness().listen();
    witness.origins = new Set(['sync', 'reconcile']);
    const world = new World(host, routed, sandbox, witness);
    for (let n = 0; n < 20; n++) world.add({ atMs: host.nowMs() - (40 - n) * HOUR_MS });
    return world;
  }

  async close(): Promise<void> {
    await this.sandbox.close();
    await this.witness.close();
    rmSync(this.folder, { recursive: true });
  }

  /** Where the API lists it: behind those of its time. */
  add(event: NewEvent): ModelEvent {
    const added = modelEvent(this.made++, event);
    const at = this.events.findIndex(({ atMs }) => atMs > added.atMs);
    this.events.splice(at < 0 ? this.events.length : at, 0, added);
    this.sandbox.add(added);
    if (added.late) this.apart.add(added.id);
    return added;
  }

  sinkIs(mood: SinkMood): void {
    this.mood = mood;
  }

  repeatsEvents(on: boolean): void {
    this.repeats = on;
  }

  expire(id: string): void {
    this.sandbox.expire(id);
  }

  /** What the sink was handed since the store remembers. */
  get handed(): readonly Handed[] {
    return [...this.recalled, ...this.witness.handed().slice(this.forgotten)];
  }

  get sinkFlaws(): readonly string[] {
    // It does not know that time is virtual.
    return this.witness.flaws().filter((flaw) => !flaw.includes('signature is wrong'));
  }

  /** Runs a command on the store, and counts a break. */
  async run(args: readonly string[], broken?: Break): Promise<ModelEnded> {
    const ended = await this.host.run({
      args: [...args, '--store', this.store],
      cwd: this.folder,
      env: {
        WORKOS_API_URL: this.sandbox.url,
        WORKOS_API_KEY: CANARY,
        WORKOS_WEBHOOK_SECRET: SIGNING_SECRET,
      },
      store: this.store,
      broken,
    });
    // Giving up on the API abandons what the sink has not answered in three seconds, which are over at once here.
    if (ended.broke || ended.code === 3) this.breaks += 1;
    return ended;
  }

  /** Where the stream starts, as a time ago: that is measured by the API's clock. */
  get begins(): string {
    return `${Math.round((this.host.nowMs() - this.beginsMs) / 60_000)}m`;
  }

  get route(): string[] {
    return ['--deliver', this.witness.spec];
  }

  /** A `sync` was begun that may have taken types out of the stream, and one was run that put others in. */
  filterAsked(isOver: boolean): void {
    for (const type of ALL_TYPES) {
      if (!isTaken(this.patterns, type)) this.since.set(type, Number.POSITIVE_INFINITY);
      else if (isOver && this.since.get(type) === Number.POSITIVE_INFINITY)
        this.since.set(type, this.host.nowMs());
    }
  }

  /** A run read to its end: what is there now stays there. */
  hasRead(): void {
    const here = new Set(this.idsThatAre('stored', 'pending', 'delivered', 'dead', 'dropped'));
    for (const { id, type, atMs } of this.events) {
      if (!here.has(id) || this.read.has(id)) continue;
      this.read.add(id);
      // It came although nobody could rely on it: from the stretch that is read again.
      if ((this.since.get(type) ?? 0) > atMs) this.apart.add(id);
    }
  }

  /** Somebody handles these by name. */
  handledByName(ids: readonly string[]): void {
    for (const id of ids) {
      this.apart.add(id);
      this.retried.set(id, (this.retried.get(id) ?? 0) + 1);
    }
  }

  chooseFilter(index: number): void {
    if (this.everSynced) this.patterns = FILTERS[index] ?? ['*'];
  }

  copy(): void {
    if (!existsSync(this.store)) return;
    for (const suffix of ['', '-wal']) {
      rmSync(`${this.store}${suffix}.copy`, { force: true });
      if (existsSync(this.store + suffix)) copyFileSync(this.store + suffix, `${this.store}${suffix}.copy`);
    }
    const { handed, breaks, isPruned } = this;
    this.remembered = {
      handed,
      breaks,
      isPruned,
      since: new Map(this.since),
      read: new Set(this.read),
      apart: new Set(this.apart),
      retried: new Map(this.retried),
      refusedForGood: [...this.refusedForGood],
    };
  }

  /** The sink's log goes back with the store: what came since is as if it had not. */
  putBack(): void {
    const remembered = this.remembered;
    if (!remembered) return;
    for (const suffix of ['', '-wal', '-shm']) {
      rmSync(this.store + suffix, { force: true });
      const copy = `${this.store}${suffix}.copy`;
      if (existsSync(copy)) copyFileSync(copy, this.store + suffix);
    }
    this.recalled = remembered.handed;
    this.forgotten = this.witness.handed().length;
    this.since = new Map(remembered.since);
    this.read = new Set(remembered.read);
    const late = this.events.filter((event) => event.late).map(({ id }) => id);
    this.apart = new Set([...remembered.apart, ...late]);
    this.retried = new Map(remembered.retried);
    this.refusedForGood = [...remembered.refusedForGood];
    this.breaks = remembered.breaks;
    this.isPruned = remembered.isPruned;
  }

  idsThatAre(...states: readonly string[]): string[] {
    return entriesOf(this.store).flatMap(({ id, state }) => (states.includes(state) ? [id] : []));
  }
}

function repeatFirst(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || !('data' in document)) return document;
  const { data } = document;
  return Array.isArray(data) && data.length > 1 ? { ...document, data: [data[0], ...data] } : document;
}
