import { setTimeout as pause } from 'node:timers/promises';
import { entriesNow } from '../delivery-oracle.ts';
import {
  arrive,
  type DeliveryScenario,
  deliveryWorld,
  scenarioOf,
  type World,
} from '../delivery-scenarios.ts';
import { type DeliveryStage, withStage } from '../delivery-stage.ts';
import { ends, entriesLeft, settled, stateOf, triesOf, until } from '../delivery-watch.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import type { Running } from '../program.ts';

/** Long enough for a second deliverer to hand something over. */
const WATCHED_MS = 200;
const FOLLOW = ['--follow', '--interval', '300ms'];

/** Several runs at one stream, and people who look after its deliveries meanwhile. */
export const deliveryTogether: FaultGroup = {
  name: 'delivery: runs beside each other',
  open: async (lab) => [
    ...[1, 2, 3].map((round) => allAtOnce(lab, round)),
    readerBesideDeliverer(lab),
    delivererBesideReader(lab),
    retriedBeside(lab, []),
    retriedBeside(lab, ['--deliver']),
    otherRoutesBeside(lab),
    droppedBeside(lab),
    droppedWhileItWaits(lab),
    ...(['goes on', 'is killed'] as const).map((end) => waitsForAnother(lab, end)),
    waitsInVain(lab),
  ],
};

type Work = (stage: DeliveryStage, world: World) => Promise<readonly string[]>;

function caseOf(lab: Lab, name: string, change: Partial<DeliveryScenario>, work: Work): FaultCase {
  return {
    name,
    run: async () => {
      const world = await deliveryWorld(lab);
      const scenario = { ...scenarioOf(world, 'http'), ...change };
      return await withStage(lab, scenario, async (stage) => await work(stage, world));
    },
  };
}

function allAtOnce(lab: Lab, round: number): FaultCase {
  return caseOf(lab, `three begin at once, round ${round}`, {}, async (stage) => {
    const ends = await Promise.all([stage.start().ended, stage.start().ended, stage.start().ended]);
    // One that comes after another has ended finds nothing to do; dead ones make it end with 1.
    const wrong = ends.filter(({ code }) => code !== 1 && code !== 5);
    return [...wrong.map(({ code, stdout }) => `${code} ${stdout}`), ...(await stage.toRestForGood())];
  });
}

/** Only one run reads a stream: it is refused, or passes over its turn. */
function readerBesideDeliverer(lab: Lab): FaultCase {
  return caseOf(lab, 'sync --no-deliver beside sync --deliver --follow', {}, async (stage) => {
    const follower = stage.start({ args: FOLLOW });
    await settled(stage, follower);
    arrive(stage.scenario.sandbox, 6, (n) => `org_MORE${n % 2}`);
    const read = ['sync', '--no-deliver', '--json'];
    const refused = await stage.runCommand(read);
    const skipped = await stage.runCommand([...read, '--if-busy', 'skip']);
    await settled(stage, follower);
    return [
      ...(refused.code === 5 ? [] : [`refused with ${refused.code} ${refused.stdout}`]),
      ...(skipped.code === 0 ? [] : [`skipped with ${skipped.code} ${skipped.stdout}`]),
      ...(await ends(stage, follower)),
      ...(await stage.toRestForGood()),
    ];
  });
}

/** A run that only reads leaves what it adds to whoever delivers the stream. */
function delivererBesideReader(lab: Lab): FaultCase {
  return caseOf(
    lab,
    'deliveries retry --deliver beside sync --no-deliver --follow',
    {},
    async (stage, world) => {
      const before = await stage.run();
      const dead = [...stage.scenario.refused];
      const reader = stage.startCommand(['sync', '--no-deliver', '--json', ...FOLLOW]);
      const more = arrive(stage.scenario.sandbox, 6, (n) => `org_MORE${n % 2}`);
      await until(reader, () => stateOf(stage, more.at(-1)) === 'pending');
      const args = ['deliveries', 'retry', '--all', '--json', '--deliver', stage.witness.spec];
      const retried = await stage.runCommand(args);
      reader.signal('SIGTERM');
      const read = await reader.ended;
      return [
        ...before.flaws,
        ...retried.flaws,
        ...(retried.code === 1 ? [] : [`the retry ended with ${retried.code} ${retried.stdout}`]),
        ...(read.signal === 'SIGTERM' ? [] : [`the reader ended with ${read.code} ${read.stdout}`]),
        ...(dead.every((id) => triesOf(stage, id) === 2) ? [] : ['the dead ones were not tried once more']),
        ...(world.arriving.length > 0 && more.every((id) => stateOf(stage, id) === 'pending')
          ? []
          : ['the retry delivered what it was not asked for']),
      ];
    },
  );
}

/** A dead one made pending again is delivered by the run that delivers the stream, once. */
function retriedBeside(lab: Lab, flags: readonly string[]): FaultCase {
  const name = `deliveries retry ${flags[0] ?? ''} beside sync --deliver --follow`;
  return caseOf(lab, name.replace('  ', ' '), {}, async (stage) => {
    const [id = '', other = ''] = stage.scenario.refused;
    const follower = stage.start({ args: FOLLOW });
    await settled(stage, follower);
    const heal = stage.scenario.plan;
    stage.answers((event, nth) => (event === id ? 'take' : heal(event, nth)));
    const route = flags.length === 0 ? [] : ['--deliver', stage.witness.spec];
    const retried = await stage.runCommand(['deliveries', 'retry', id, '--json', ...route]);
    await until(follower, () => stateOf(stage, id) === 'delivered');
    const stopped = await ends(stage, follower);
    return [
      ...retried.flaws,
      ...(retried.code === 0 ? [] : [`the retry ended with ${retried.code} ${retried.stdout}`]),
      ...stopped,
      ...(triesOf(stage, id) === 2 ? [] : [`${id} was handed over ${triesOf(stage, id)} times`]),
      ...(triesOf(stage, other) === 1 ? [] : [`${other} was tried again unasked`]),
      ...(stateOf(stage, other) === 'dead' ? [] : [`${other} is ${stateOf(stage, other)}`]),
    ];
  });
}

function otherRoutesBeside(lab: Lab): FaultCase {
  return caseOf(lab, 'deliveries retry along other routes is refused', {}, async (stage) => {
    const [id = ''] = stage.scenario.refused;
    const follower = stage.start({ args: FOLLOW });
    await settled(stage, follower);
    const elsewhere = `file:${stage.folder}/elsewhere`;
    const retried = await stage.runCommand(['deliveries', 'retry', id, '--json', '--deliver', elsewhere]);
    return [
      ...(retried.code === 5 ? [] : [`the retry ended with ${retried.code} ${retried.stdout}`]),
      ...retried.flaws,
      ...(await ends(stage, follower)),
      ...(await stage.toRestForGood()),
    ];
  });
}

/** What a person drops is not delivered any more, and counts as done. */
function droppedBeside(lab: Lab): FaultCase {
  return caseOf(lab, 'deliveries drop of what is dead', {}, async (stage) => {
    const dead = [...stage.scenario.refused];
    const follower = stage.start({ args: FOLLOW });
    await settled(stage, follower);
    const dropped = await stage.runCommand(['deliveries', 'drop', ...dead, '--json']);
    const stopped = await ends(stage, follower);
    const last = await stage.run();
    return [
      ...dropped.flaws,
      ...(dropped.code === 0 ? [] : [`the drop ended with ${dropped.code} ${dropped.stdout}`]),
      ...stopped,
      ...last.flaws,
      ...(last.code === 0 ? [] : [`the last run ended with ${last.code} ${last.stdout}`]),
      ...dead.filter((id) => stateOf(stage, id) !== 'dropped' || triesOf(stage, id) !== 1),
    ];
  });
}

/** Also one that waits in the memory of the run that delivers: behind one that fails, in its lane. */
function droppedWhileItWaits(lab: Lab): FaultCase {
  const change = { refused: new Set<string>(), failures: new Map<string, number>() };
  return caseOf(lab, 'deliveries drop of what waits', change, async (stage, { arriving }) => {
    const [first = '', , , , , behind = ''] = arriving;
    let isSick = true;
    stage.answers((id) => (id === first && isSick ? 'fail' : 'take'));
    const follower = stage.start({ args: FOLLOW });
    await until(follower, () => triesOf(stage, first) > 0 && entriesLeft(stage) === 6);
    const dropped = await stage.runCommand(['deliveries', 'drop', behind, '--json']);
    isSick = false;
    await settled(stage, follower);
    return [
      ...dropped.flaws,
      ...(dropped.code === 0 ? [] : [`the drop ended with ${dropped.code} ${dropped.stdout}`]),
      ...(await ends(stage, follower)),
      ...(triesOf(stage, behind) === 0 ? [] : ['it was delivered although it was dropped']),
      ...(stateOf(stage, behind) === 'dropped' ? [] : [`it is ${stateOf(stage, behind)}`]),
    ];
  });
}

/** A retry delivers the stream; a `sync` along the same routes leaves it to it, then does the rest. */
function waitsForAnother(lab: Lab, end: 'goes on' | 'is killed'): FaultCase {
  return caseOf(lab, `sync beside a retry that ${end}`, {}, async (stage) => {
    const retry = await stoppedRetry(stage);
    const sync = stage.start();
    await until(sync, () => entriesNow(stage.store).length === stage.expectation().listed.length);
    const handed = stage.witness.handed().length;
    await pause(WATCHED_MS);
    const meanwhile = stage.witness.handed().length - handed;
    if (end === 'is killed') stage.breaks += 1;
    retry.signal(end === 'is killed' ? 'SIGKILL' : 'SIGCONT');
    await retry.ended;
    const { code, flaws, stdout } = stage.judge(await sync.ended);
    return [
      ...flaws,
      ...(meanwhile === 0 ? [] : ['two delivered at the same time']),
      ...(code === 1 ? [] : [`it ended with ${code}: ${stdout}`]),
      ...(await stage.toRestForGood()),
    ];
  });
}

/** Up to `--drain`, and then says what is pending. */
function waitsInVain(lab: Lab): FaultCase {
  return caseOf(lab, 'sync beside a retry that does not end', {}, async (stage) => {
    const retry = await stoppedRetry(stage);
    const { code, flaws } = await stage.run({ args: ['--drain', '1s'] });
    const left = entriesLeft(stage);
    retry.signal('SIGCONT');
    await retry.ended;
    return [
      ...flaws,
      ...(code === 1 && left > 0 ? [] : [`it ended with ${code}, ${left} pending`]),
      ...(await stage.toRestForGood()),
    ];
  });
}

/** Holds the stream as its deliverer, with one delivery under way. */
async function stoppedRetry(stage: DeliveryStage): Promise<Running> {
  const [id = ''] = entriesNow(stage.store).map((entry) => entry.id);
  const args = ['deliveries', 'retry', id, '--json', '--deliver', stage.witness.spec];
  stage.order = 'any';
  const retry = stage.startCommand(args, { env: { WORKOS_EVENTS_FAULT: 'sink.after@1:stop' } });
  if (!(await retry.stopped())) throw new Error('the retry was never stopped');
  return retry;
}
