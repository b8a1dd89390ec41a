import { entriesOf } from '../delivery-oracle.ts';
import { type DeliveryScenario, deliveryWorld, scenarioOf, type World } from '../delivery-scenarios.ts';
import { type DeliveryStage, withStage } from '../delivery-stage.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { TAKE_ALL } from '../witness.ts';
import { HttpWitness, isSigned } from '../witnesses/http.ts';

/** Few attempts, so that a sink that fails is found down soon. */
const PATIENCE = ['--max-attempts', '2'];
const ROUNDS = 3;

/** Sinks that are down, badly set up, or sick of one event: nothing goes dead that should not. */
export const deliveryOutages: FaultGroup = {
  name: 'delivery: outages',
  open: async (lab) => {
    const world = await deliveryWorld(lab);
    return [
      wrongSecret(lab, world, 401),
      wrongSecret(lab, world, 400),
      wrongPath(lab, world),
      portClosed(lab, world),
      comesBackInTheSameRun(lab, world),
      poison(lab, world),
      oneOrganization(lab),
    ];
  },
};

function caseOf(
  lab: Lab,
  world: World,
  name: string,
  change: Partial<DeliveryScenario>,
  work: (stage: DeliveryStage, witness: HttpWitness) => Promise<readonly string[]>,
): FaultCase {
  const plain = { plan: TAKE_ALL, failures: new Map<string, number>(), refused: new Set<string>() };
  const scenario = { ...scenarioOf(world, 'http'), ...plain, args: PATIENCE, ...change };
  return {
    name,
    run: async () =>
      await withStage(lab, scenario, async (stage) => {
        if (!(stage.witness instanceof HttpWitness)) throw new Error('not a webhook handler');
        return await work(stage, stage.witness);
      }),
  };
}

/** Runs while it is down: all stays pending, and none is flooded with events. */
async function downFor(stage: DeliveryStage, rounds: number, mostTried: number): Promise<string[]> {
  const violations: string[] = [];
  for (let round = 1; round <= rounds; round++) {
    const before = stage.witness.handed().length;
    const { code, flaws, stderr } = await stage.run();
    const tried = stage.witness.handed().length - before;
    const entries = entriesOf(stage.store);
    const left = entries.filter(({ state }) => state !== 'pending');
    const charged = entries.filter(({ attempts }) => attempts > 0);
    violations.push(
      ...flaws,
      ...(code === 1 ? [] : [`round ${round} ended with ${code}: ${stderr.slice(-300)}`]),
      ...left.map(({ id, state }) => `round ${round}: ${id} is ${state}`),
      ...charged.map(({ id, attempts }) => `round ${round}: ${id} keeps ${attempts} attempts`),
      ...(tried <= mostTried ? [] : [`round ${round}: ${tried} were tried`]),
    );
  }
  return violations;
}

function wrongSecret(lab: Lab, world: World, status: number): FaultCase {
  return caseOf(lab, world, `a wrong secret, answered ${status}`, {}, async (stage, witness) => {
    witness.respond = (response, handed) => {
      const right = isSigned(
        String(response.req.headers['workos-signature']),
        handed.text,
        'whsec_another_one',
      );
      witness.note(handed, right ? 'taken' : 'refused');
      response.writeHead(right ? 200 : status).end('{"error":"invalid signature"}');
    };
    const { inFlight } = stage.scenario;
    const down = await downFor(stage, ROUNDS, status === 401 ? inFlight : 3 * inFlight);
    witness.respond = undefined;
    return [...down, ...(await stage.toRestForGood())];
  });
}

function wrongPath(lab: Lab, world: World): FaultCase {
  return caseOf(lab, world, 'a wrong path, answered 404', {}, async (stage, witness) => {
    const right = witness.spec;
    witness.spec = right.replace('/webhooks/workos', '/webhook');
    witness.respond = (response, handed) => {
      const isThere = response.req.url === '/webhooks/workos';
      witness.note(handed, isThere ? 'taken' : 'refused');
      response.writeHead(isThere ? 200 : 404).end();
    };
    const down = await downFor(stage, ROUNDS, stage.scenario.inFlight);
    witness.spec = right;
    return [...down, ...(await stage.toRestForGood())];
  });
}

function portClosed(lab: Lab, world: World): FaultCase {
  return caseOf(lab, world, 'nobody listens, then somebody does', {}, async (stage, witness) => {
    const port = Number(new URL(witness.spec).port);
    await witness.close();
    const down = await downFor(stage, ROUNDS, 0);
    await witness.listen(port);
    return [...down, ...(await stage.toRestForGood())];
  });
}

function comesBackInTheSameRun(lab: Lab, world: World): FaultCase {
  const change = { args: ['--max-attempts', '5'] };
  return caseOf(lab, world, 'a sink that comes back while the run waits', change, async (stage, witness) => {
    const failing = 2 * stage.scenario.inFlight;
    witness.respond = (response, handed) => {
      const isUp = witness.handed().length > failing;
      witness.note(handed, isUp ? 'taken' : 'refused');
      response.writeHead(isUp ? 200 : 503).end();
    };
    return await stage.toRestForGood();
  });
}

/** One event that the handler cannot bear, among healthy ones; some wait behind it in its lane. */
function poison(lab: Lab, world: World): FaultCase {
  const [, sick = ''] = world.arriving;
  const change: Partial<DeliveryScenario> = {
    args: ['--max-attempts', '3'],
    plan: (id) => (id === sick ? 'fail' : 'take'),
    failures: new Map([[sick, 3]]),
    refused: new Set([sick]),
  };
  return caseOf(lab, world, 'a poisonous event among healthy ones', change, async (stage) => {
    const dead = await stage.toRestForGood();
    stage.answers(TAKE_ALL);
    const args = ['deliveries', 'retry', '--all', '--json', '--deliver', stage.witness.spec];
    const { code, stdout } = await stage.runCommand(args);
    const last = await stage.run();
    return [
      ...dead,
      ...(code === 0 ? [] : [`the retry ended with ${code}: ${stdout}`]),
      ...(last.code === 0 ? [] : [`the last run ended with ${last.code}: ${last.stdout}`]),
    ];
  });
}

/** Nobody else shows that the sink is up: the event is not given up for its sake. */
function oneOrganization(lab: Lab): FaultCase {
  return {
    name: 'one organization only',
    run: async () => {
      const world = await deliveryWorld(lab, { pending: 0, arriving: 8, lanes: 1 });
      const [first] = world.arriving;
      const plan = { plan: (id: string) => (id === first ? 'fail' : 'take') } as const;
      const only = caseOf(lab, world, 'one organization only', plan, async (stage) => {
        const down = await downFor(stage, ROUNDS, 2);
        stage.answers(TAKE_ALL);
        return [...down, ...(await stage.toRestForGood())];
      });
      return await only.run();
    },
  };
}
