import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { deliveryViolations, deliveryViolationsAtRest, entriesNow, repeatsOf } from './delivery-oracle.ts';
import { type Judged, judged, type Lab } from './lab.ts';
import { hasTable, withCopy } from './oracle.ts';
import type { Ended, Running } from './program.ts';
import { urlOf } from './serving-url.ts';
import { WebhookLog } from './webhook-log.ts';
import { HttpWitness, SIGNING_SECRET } from './witnesses/http.ts';

/** Nobody is asked there: a receiver needs no API. */
const NO_API = 'http://127.0.0.1:9';
const LOOK_EVERY_MS = 5;

export interface ListenRun {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly under?: readonly string[];
  readonly timeoutMs?: number;
}

export interface UnderWay extends Running {
  readonly isOver: () => boolean;
  /** Undefined when it ended before it took webhooks. */
  readonly url: string | undefined;
}

/** One case's own store, into which `listen` takes what a sender of its own sends. */
export class ListenStage {
  readonly lab: Lab;
  readonly folder: string;
  readonly store: string;
  readonly log = new WebhookLog(SIGNING_SECRET);
  readonly inFlight = 4;
  /** How often a run was broken. */
  breaks = 0;
  readonly witness: HttpWitness | undefined;

  private constructor(lab: Lab, folder: string, witness: HttpWitness | undefined) {
    this.lab = lab;
    this.folder = folder;
    this.store = join(folder, 'events.db');
    this.witness = witness;
  }

  /** `delivers`: to a handler that writes down what it gets. */
  static async open(lab: Lab, { delivers = false, folder = lab.newFolder() } = {}): Promise<ListenStage> {
    const witness = delivers ? await new HttpWitness().listen() : undefined;
    if (witness) witness.origins = new Set(['listen']);
    return new ListenStage(lab, folder, witness);
  }

  async close(): Promise<void> {
    if (this.witness && this.breaks > 0) {
      const seen = repeatsOf(this.expectation());
      this.lab.repeats.push({ seen, bound: this.inFlight * this.breaks });
    }
    this.log.close();
    await this.witness?.close();
  }

  /** Resolves once it takes webhooks, or has ended. */
  async start({ args = [], env, ...options }: ListenRun = {}): Promise<UnderWay> {
    const route = this.witness
      ? ['--deliver', this.witness.spec, '--concurrency', String(this.inFlight)]
      : [];
    const argv = ['listen', '--json', '--port', '0', '--store', this.store, ...route, ...args];
    const running = this.lab.start(argv, {
      cwd: this.folder,
      apiUrl: NO_API,
      env: { WORKOS_WEBHOOK_SECRET: SIGNING_SECRET, ...env },
      ...options,
    });
    let isOver = false;
    void running.ended.finally(() => {
      isOver = true;
    });
    const url = await urlOf(
      () => running.printed(),
      () => isOver,
    );
    return { ...running, url, isOver: () => isOver };
  }

  judge(ended: Ended): Judged {
    const given = judged(['--json'], ended);
    const showed = `${ended.stdout}${ended.stderr}`.includes(SIGNING_SECRET);
    return { ...given, flaws: [...given.flaws, ...(showed ? ['it showed the signing secret'] : [])] };
  }

  /** What does not hold after a break, or at any other moment. */
  broken(): string[] {
    return [
      ...keptViolations(this.store, this.log),
      ...(this.witness ? deliveryViolations(this.store, this.expectation()) : []),
    ].map((text) => `after the break: ${text}`);
  }

  /** Sends all of it again, as WorkOS does with what was not answered, and what was; then ends it in order. */
  async toRest(): Promise<string[]> {
    const running = await this.start();
    if (running.url === undefined) return [`it did not begin: ${(await running.ended).stdout}`];
    const isUp = await this.log.send(running.url, this.log.all(), 8);
    while (this.witness && !running.isOver() && this.left() > 0) await pause(LOOK_EVERY_MS);
    running.signal('SIGTERM');
    const { signal, flaws, stdout } = this.judge(await running.ended);
    return [
      ...flaws,
      ...(isUp ? [] : ['it went away']),
      ...(signal === 'SIGTERM' ? [] : [`it ended by ${signal}: ${stdout}`]),
      ...this.atRest(),
    ];
  }

  /** Everything was answered: all of it is there, once. */
  atRest(): string[] {
    const unanswered = this.log.unanswered().map(({ id }) => `never answered: ${id}`);
    return [
      ...unanswered,
      ...this.log.wrong,
      ...keptViolations(this.store, this.log),
      ...(this.witness
        ? [...deliveryViolationsAtRest(this.store, this.expectation()), ...this.witness.flaws()]
        : []),
    ];
  }

  private left(): number {
    return entriesNow(this.store).filter(({ state }) => state === 'pending').length;
  }

  private expectation() {
    const nothing = {
      failures: new Map<string, number>(),
      refused: new Set<string>(),
      late: new Set<string>(),
    };
    return {
      ...nothing,
      listed: this.log.all().map(({ id, body }) => ({ id, text: body })),
      handed: this.witness?.handed() ?? [],
      inFlight: this.inFlight,
      breaks: this.breaks,
      passedOver: new Set<string>(),
      mayOverlap: false,
    };
  }
}

/** What was answered 2xx is there as it was sent; nothing else is; and no cursor has moved. */
function keptViolations(store: string, { sent, acknowledged }: WebhookLog): string[] {
  if (!existsSync(store)) {
    return acknowledged.size === 0 ? [] : ['webhooks were acknowledged, and there is no store'];
  }
  return withCopy(store, (db) => {
    if (!hasTable(db, 'entry')) {
      return acknowledged.size === 0 ? [] : ['webhooks were acknowledged, and there are no tables'];
    }
    const entries = db
      .prepare<[], { id: string; payload: string; origin: string }>(
        'SELECT event_id AS id, payload, origin FROM entry JOIN event ON event.id = entry.event_id',
      )
      .all();
    const kept = new Map(entries.map(({ id, payload }) => [id, payload]));
    const cursors = db.prepare('SELECT cursor_id FROM stream WHERE cursor_id IS NOT NULL').pluck().all();
    const tally = db
      .prepare<[], { state: string }>(
        `SELECT tally.state FROM tally WHERE entries <>
          (SELECT count(*) FROM entry WHERE entry.stream = tally.stream AND entry.state = tally.state)`,
      )
      .all();
    const integrity = String(db.pragma('integrity_check', { simple: true }));
    return [
      ...[...acknowledged].filter((id) => !kept.has(id)).map((id) => `acknowledged, and lost: ${id}`),
      ...entries.filter(({ id }) => !sent.has(id)).map(({ id }) => `never sent: ${id}`),
      ...entries
        .filter(({ id, payload }) => sent.has(id) && sent.get(id) !== payload)
        .map(({ id }) => `changed: ${id}`),
      ...cursors.map((id) => `a webhook has moved the cursor to ${id}`),
      ...tally.map(({ state }) => `the tally of ${state} is wrong`),
      ...(integrity === 'ok' ? [] : [`integrity: ${integrity}`]),
    ];
  });
}

/** Opens a stage for one case, and closes it whatever happens. */
export async function withListenStage(
  lab: Lab,
  options: { readonly delivers?: boolean; readonly folder?: string },
  work: (stage: ListenStage) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const stage = await ListenStage.open(lab, options);
  try {
    return await work(stage);
  } finally {
    await stage.close();
  }
}
