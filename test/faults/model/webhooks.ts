/** `listen` in a schedule: what its sender sees, and what then has to hold. */
import { signatureHeader } from '../../../src/domain/webhook-signature.ts';
import { entriesNow } from '../delivery-oracle.ts';
import { SIGNING_SECRET } from '../witnesses/http.ts';
import { cursorIn, violationsOf } from './checks.ts';
import { listenLine } from './command-lines.ts';
import type { ModelEvent } from './model-events.ts';
import type { ModelEnded, Serving } from './model-run.ts';
import { sync } from './runs.ts';
import type { Step } from './steps.ts';
import type { World } from './world.ts';

type Listen = Omit<Extract<Step, { does: 'listen' }>, 'does'>;

const AT_A_TIME = 3;

/** What the sender was answered. */
interface Answers {
  taken: number;
  readonly wrong: string[];
}

export async function listen(world: World, step: Listen): Promise<string[]> {
  const { beside, leaves, broken } = step;
  const delivers = world.routed && !leaves;
  const before = cursorIn(world.store);
  const answers: Answers = { taken: 0, wrong: [] };
  let syncing: Promise<string[]> = Promise.resolve([]);
  const ended = await world.serve(listenLine(world, leaves === true), broken, async (serving) => {
    const { url } = serving;
    if (url === undefined) return;
    let isSyncing = beside === true;
    if (isSyncing) {
      syncing = sync(world, {}, false).finally(() => {
        isSyncing = false;
      });
    }
    await send(world, step, { ...serving, url }, answers);
    await serving.pass(() => !isSyncing && !(delivers && isPending(world)));
  });
  const moved = beside || cursorIn(world.store) === before ? [] : ['a webhook moved the cursor'];
  return [
    ...(await syncing),
    ...moved,
    ...answers.wrong,
    ...violationsOf(world, ended, 'listen'),
    ...(ended.broke ? [] : endViolations(world, step, ended, answers)),
  ];
}

async function send(
  world: World,
  { webhooks, backwards, twice, broken }: Listen,
  { url, isGone }: Serving & { readonly url: string },
  answers: Answers,
): Promise<void> {
  const { webhooks: log } = world;
  const newest = world.events.filter(({ id }) => !log.acknowledged.has(id)).slice(-webhooks);
  const once = backwards ? newest.toReversed() : newest;
  const left = twice ? once.flatMap((event) => [event, event]) : [...once];
  for (const { id } of once) world.byWebhook.add(id);
  const one = async () => {
    for (let next = left.shift(); next && !isGone(); next = left.shift()) {
      const signature = signatureHeader(SIGNING_SECRET, world.host.nowMs(), next.text);
      const status = await log.post(url, next.text, { 'WorkOS-Signature': signature });
      // What a killed one seems to answer, it may not have kept.
      if (!isGone()) take(world, next, status, answers, broken !== undefined);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, one));
}

function take(
  world: World,
  { id }: ModelEvent,
  status: number | undefined,
  answers: Answers,
  mayEnd: boolean,
): void {
  const isRefused = world.clockOffMs !== 0;
  if (status === 200 && !isRefused) {
    answers.taken += 1;
    world.webhooks.acknowledged.add(id);
    world.read.add(id);
  } else if (status !== (isRefused ? 401 : 503) && !(mayEnd && status === undefined)) {
    answers.wrong.push(`${id} was answered ${status ?? 'nothing'}`);
  }
}

/** It was told to end when all was over: it says what it has done. */
function endViolations(
  world: World,
  { beside }: Listen,
  { code, stdout, stderr }: ModelEnded,
  { taken }: Answers,
): string[] {
  if (code !== undefined && code !== 0) return [`it ended with ${code}: ${stdout}${stderr.slice(-300)}`];
  const said: { received: number; pending: number; dead: number } = JSON.parse(stdout);
  const wrong = said.received === taken ? [] : [`it says ${said.received} webhooks: it answered ${taken}`];
  if (beside) return wrong;
  const [pending, dead] = (['pending', 'dead'] as const).map((state) => world.idsThatAre(state).length);
  const isRight = said.pending === pending && said.dead === dead;
  return isRight ? wrong : [...wrong, `it says ${stdout.trim()}: it is ${pending}, ${dead}`];
}

function isPending({ store }: World): boolean {
  return entriesNow(store).some(({ state }) => state === 'pending');
}
