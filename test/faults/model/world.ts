import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf } from '../delivery-oracle.ts';
import { CANARY } from '../lab.ts';
import { MEMORY } from '../memory.ts';
import { WebhookLog } from '../webhook-log.ts';
import type { Handed } from '../witness.ts';
import { HttpWitness, SIGNING_SECRET } from '../witnesses/http.ts';
import { ModelApi } from './model-api.ts';
import { ALL_TYPES, isTaken, type ModelEvent, type NewEvent, type ReadSince } from './model-events.ts';
import type { ModelEnded, ModelHost, ModelRun, Serving } from './model-run.ts';
import { type Break, FILTERS, type SinkMood } from './steps.ts';

const HOUR_MS = 3_600_000;

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
  readonly folder = mkdtempSync(join(MEMORY, 'workos-events-model-'));
  readonly store = join(this.folder, 'events.db');
  readonly host: ModelHost;
  readonly routed: boolean;
  readonly api: ModelApi;
  /** The sender's own account: what came of each webhook. */
  readonly webhooks = new WebhookLog(SIGNING_SECRET);
  /** Ids that the stream was seen to have once it had read to its end. */
  read = new Set<string>();
  since = new Map<string, number>(ALL_TYPES.map((type) => [type, 0]));
  /** Events that somebody handled by name or found afterwards: their lane did not wait for them. */
  apart = new Set<string>();
  /** Came by webhook: before those that happened earlier, or after. */
  readonly byWebhook = new Set<string>();
  retried = new Map<string, number>();
  /** Ids, once for each time that the sink said so. */
  refusedForGood: string[] = [];
  /** Became visible late, but so that the next run that comes to its end reads them. */
  readonly inOverlap = new Set<string>();
  breaks = 0;
  isPruned = false;
  everSynced = false;
  patterns: readonly string[] = ['*'];
  /** How far the machine's clock is off. */
  clockOffMs = 0;
  private mood: SinkMood = 'up';
  private readonly beginsMs: number;
  private remembered: Memory | undefined;
  /** What was handed over before an older copy was put back, and is part of its memory. */
  private recalled: readonly Handed[] = [];
  private forgotten = 0;
  private readonly witness: HttpWitness;

  private constructor(host: ModelHost, routed: boolean, api: ModelApi, witness: HttpWitness) {
    this.host = host;
    this.routed = routed;
    this.api = api;
    this.witness = witness;
    this.beginsMs = host.nowMs() - 72 * HOUR_MS;
    witness.respond = (response, handed) => {
      const bad = api.events.find(({ id }) => id === handed.id)?.bad === true;
      const isTaken = this.mood === 'up' && !bad;
      witness.note(handed, isTaken ? 'taken' : 'refused');
      if (bad && this.mood === 'up') this.refusedForGood.push(handed.id);
      if (this.mood === 'down') response.socket?.destroy();
      else response.writeHead(isTaken ? 200 : this.mood === 'up' ? 422 : 500).end();
    };
  }

  static async open(host: ModelHost, routed: boolean): Promise<World> {
    const api = await ModelApi.open(host);
    const witness = await new HttpWitness().listen();
    witness.origins = new Set(['sync', 'reconcile', 'listen']);
    const world = new World(host, routed, api, witness);
    for (let n = 0; n < 20; n++) world.add({ atMs: host.nowMs() - (40 - n) * HOUR_MS });
    return world;
  }

  async close(): Promise<void> {
    this.webhooks.close();
    await this.api.close();
    await this.witness.close();
    rmSync(this.folder, { recursive: true });
  }

  get events(): readonly ModelEvent[] {
    return this.api.events;
  }

  add(event: NewEvent): ModelEvent {
    const added = this.api.add(event);
    if (added.late) this.apart.add(added.id);
    return added;
  }

  sinkIs(mood: SinkMood): void {
    this.mood = mood;
  }

  setClock(offMs: number): void {
    this.clockOffMs = offMs;
    this.host.setClock(offMs);
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
    const ended = await this.host.run(this.runOf(args, CANARY, broken));
    // Giving up on the API abandons what the sink has not answered in three seconds, which are over at once here.
    if (ended.broke || ended.code === 3) this.breaks += 1;
    return ended;
  }

  /** A `listen`, which needs no key, for as long as `work` takes; it is then told to end. */
  async serve(
    args: readonly string[],
    broken: Break | undefined,
    work: (serving: Serving) => Promise<void>,
  ): Promise<ModelEnded> {
    const ended = await this.host.serve(this.runOf(args, '', broken), work);
    if (ended.broke) this.breaks += 1;
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

  private runOf(args: readonly string[], key: string, broken: Break | undefined): ModelRun {
    const { store, folder: cwd, api } = this;
    const env = { WORKOS_API_URL: api.url, WORKOS_API_KEY: key, WORKOS_WEBHOOK_SECRET: SIGNING_SECRET };
    return { args: [...args, '--store', store], cwd, env, store, broken };
  }
}
