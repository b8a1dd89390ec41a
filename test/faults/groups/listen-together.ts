import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CATALOGUE } from '../../../src/domain/catalogue.ts';
import { parseDuration } from '../../../src/domain/duration.ts';
import { sameContent } from '../../../src/domain/same-content.ts';
import { webhookBody } from '../../../src/sandbox/event-text.ts';
import { seededRandom } from '../../../src/sandbox/random.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { entriesNow } from '../delivery-oracle.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import { CANARY, type Lab } from '../lab.ts';
import { type ListenStage, withListenStage } from '../listen-stage.ts';
import { type Listed, withCopy } from '../oracle.ts';
import type { Running } from '../program.ts';
import { WebhookLog } from '../webhook-log.ts';
import type { HttpWitness } from '../witnesses/http.ts';

/** `FAULTS_SOAK=10m` makes it as long as the project wants it before a release. */
const DURATION_MS = parseDuration(process.env.FAULTS_SOAK ?? '10s') ?? Number.NaN;
const SETTLES_WITHIN_MS = 90_000;
const TICK_MS = 100;
const LIST_EVERY_TICKS = 20;
const MINUTE_MS = 60_000;

/** `listen`, `sync --follow` and `reconcile` on one store: each event is one, and delivered once. */
export const listenTogether: FaultGroup = {
  name: 'listen: beside sync and reconcile',
  open: async (lab) => [soak(lab)],
};

function soak(lab: Lab): FaultCase {
  return {
    name: `for ${DURATION_MS / 1000} s, with duplicates, lost webhooks and late events`,
    run: async () =>
      await withListenStage(lab, { delivers: true }, async (stage) => {
        const { witness } = stage;
        if (!witness) throw new Error('the stage delivers');
        witness.origins = new Set(['listen', 'sync', 'reconcile']);
        return await together(lab, stage, witness);
      }),
  };
}

async function together(lab: Lab, stage: ListenStage, witness: HttpWitness): Promise<readonly string[]> {
  const timeoutMs = DURATION_MS + 2 * SETTLES_WITHIN_MS;
  const secret = 'whsec_sandbox_0123456789abcdef';
  const file = join(stage.folder, 'secret');
  writeFileSync(file, secret);
  // Without a key: which environment it is says the sync.
  const env = { WORKOS_API_KEY: '' };
  const listening = await stage.start({ args: ['--secret-file', file], env, timeoutMs });
  const { url } = listening;
  if (url === undefined) return [`it did not begin: ${(await listening.ended).stderr}`];
  const sandbox = await lab.sandbox({ count: 60, holdBackMs: 800, webhook: { url, retryScale: 1e-4 } });
  const start = (args: readonly string[]) =>
    lab.start([...args, '--json', '--store', stage.store, '--deliver', witness.spec], {
      cwd: stage.folder,
      apiUrl: sandbox.url,
      env: { ...witness.env() },
      timeoutMs,
    });
  const follows = ['--follow', '--interval', '300ms', '--overlap', '5s'];
  const following = start(['sync', '--from', '85d', ...follows]);
  // Until it has begun, the stream remembers nothing of the window, and reconcile would say so.
  await untilBegun(stage);
  const happenings = new Happenings(sandbox, url, secret);
  const reconciles = new Reconciles(() => start(['reconcile', '--from', '20m', '--yes', '--drain', '5s']));
  await throughout(DURATION_MS, reconciles, happenings);
  happenings.close();
  const settled = await untilSettled(stage, sandbox, reconciles);
  const [listened, followed] = [await endOf(stage, listening), await endOf(stage, following)];
  // Otherwise nothing was tried.
  const idle = [
    ...(listened.said.new > 0 && listened.said.duplicates > 0
      ? []
      : ['no webhook was new, or none came again']),
    ...(followed.said.new > 0 ? [] : ['sync has read nothing that no webhook had brought']),
    ...(reconciles.recovered > 0 ? [] : ['reconcile has found nothing']),
  ];
  return [
    ...idle,
    ...reconciles.wrong,
    ...settled,
    ...listened.wrong,
    ...followed.wrong,
    ...happenings.wrong,
    ...witness.flaws(),
    ...onceViolations(stage, witness, sandbox),
  ];
}

/** One after another. */
class Reconciles {
  recovered = 0;
  readonly wrong: string[] = [];
  private readonly start: () => Running;

  constructor(start: () => Running) {
    this.start = start;
  }

  async once(): Promise<void> {
    const { code, stdout, stderr } = await this.start().ended;
    // 1 says that something was missing when it began.
    if (code === 0 || code === 1) this.recovered += JSON.parse(stdout).recovered;
    else this.wrong.push(`reconcile ended with ${code}: ${stdout}${stderr.slice(-300)}`);
  }
}

async function throughout(ms: number, reconciles: Reconciles, happenings: Happenings): Promise<void> {
  const endsAtMs = performance.now() + ms;
  const reconciling = (async () => {
    while (performance.now() < endsAtMs) await reconciles.once();
  })();
  while (performance.now() < endsAtMs) {
    await happenings.tick();
    await pause(TICK_MS);
  }
  await reconciling;
}

/** Makes things happen: some at once, some in the past, some whose webhook is lost, some that come again. */
class Happenings {
  wrong: string[] = [];
  private readonly sandbox: Sandbox;
  private readonly url: string;
  private readonly log: WebhookLog;
  private readonly random = seededRandom(7);
  private known: Listed = [];
  private ticks = 0;

  constructor(sandbox: Sandbox, url: string, secret: string) {
    this.sandbox = sandbox;
    this.url = url;
    this.log = new WebhookLog(secret);
  }

  async tick(): Promise<void> {
    const { sandbox } = this;
    const random = () => this.random();
    sandbox.happen(1 + Math.floor(random() * 4));
    if (random() < 0.2) await this.put({ type: 'user.updated', webhook: false });
    if (random() < 0.2) {
      const at = new Date(Date.now() - (2 + random() * 7) * MINUTE_MS).toISOString();
      await this.put({ type: 'user.created', created_at: at, webhook: random() < 0.5 });
    }
    // Listing takes time that grows with what there is.
    if (this.ticks++ % LIST_EVERY_TICKS === 0) this.known = sandbox.listed(CATALOGUE);
    for (let again = 0; again < 3; again++) {
      const event = this.known[Math.floor(random() * this.known.length)];
      const status = event && (await this.log.post(this.url, webhookBody(event.text)));
      if (status !== 200) this.wrong.push(`a webhook that came again was answered ${status}`);
    }
  }

  close(): void {
    this.log.close();
  }

  private async put(event: object): Promise<void> {
    const headers = { authorization: `Bearer ${CANARY}` };
    const body = JSON.stringify(event);
    const answer = await fetch(`${this.sandbox.url}/_sandbox/events`, { method: 'POST', headers, body });
    if (answer.status !== 201)
      this.wrong.push(`the sandbox answered ${answer.status}: ${await answer.text()}`);
  }
}

async function untilBegun({ store }: ListenStage): Promise<void> {
  const endsAtMs = performance.now() + SETTLES_WITHIN_MS;
  const hasBegun = () =>
    withCopy(store, (db) => db.prepare('SELECT cursor_id FROM stream').pluck().get() !== null);
  while (!hasBegun() && performance.now() < endsAtMs) await pause(TICK_MS);
}

/**
 * Everything that happened is listed, none of it held back any more, and delivered; what webhooks had lost,
 * reconcile finds.
 */
async function untilSettled(stage: ListenStage, sandbox: Sandbox, reconciles: Reconciles): Promise<string[]> {
  const endsAtMs = performance.now() + SETTLES_WITHIN_MS;
  while (performance.now() < endsAtMs) {
    const states = new Map(entriesNow(stage.store).map(({ id, state }) => [id, state]));
    const listed = sandbox.listed(CATALOGUE);
    const isDelivered = listed.every(({ id }) => states.get(id) === 'delivered');
    if (isDelivered && listed.length === sandbox.size) return [];
    await reconciles.once();
    await pause(TICK_MS);
  }
  return ['it did not settle'];
}

async function endOf(stage: ListenStage, running: Running) {
  running.signal('SIGTERM');
  const { signal, flaws, code, stdout, stderr } = stage.judge(await running.ended);
  const ended =
    signal === 'SIGTERM' ? [] : [`it ended with ${code ?? signal}: ${stdout}${stderr.slice(-300)}`];
  const said: { new: number; duplicates: number } =
    stdout === '' ? { new: 0, duplicates: 0 } : JSON.parse(stdout);
  return { wrong: [...flaws, ...ended], said };
}

function onceViolations(stage: ListenStage, witness: HttpWitness, sandbox: Sandbox): string[] {
  const listed = new Map(sandbox.listed(CATALOGUE).map(({ id, text }) => [id, text]));
  const times = new Map<string, number>();
  for (const { id } of witness.handed()) times.set(id, (times.get(id) ?? 0) + 1);
  const changed = witness.handed().filter(({ id, text }) => !sameContent(listed.get(id) ?? '', text));
  const { conflicts, cursor, entries } = withCopy(stage.store, (db) => ({
    conflicts: Number(db.prepare('SELECT count(*) FROM conflict').pluck().get()),
    cursor: String(db.prepare('SELECT cursor_id FROM stream').pluck().get()),
    entries: Number(db.prepare('SELECT count(*) FROM entry').pluck().get()),
  }));
  return [
    ...[...listed.keys()]
      .filter((id) => times.get(id) !== 1)
      .map((id) => `${id} was delivered ${times.get(id) ?? 0} times`),
    ...changed.map(({ id }) => `changed, or never listed: ${id}`),
    ...(conflicts === 0 ? [] : [`${conflicts} conflicts`]),
    ...(listed.has(cursor) ? [] : [`the cursor is at ${cursor}`]),
    ...(entries === listed.size ? [] : [`${entries} entries of ${listed.size} events`]),
  ];
}
