import {
  arrive,
  type DeliveryScenario,
  deliveryWorld,
  listedIn,
  scenarioOf,
  type World,
} from '../delivery-scenarios.ts';
import { type DeliveryStage, withStage } from '../delivery-stage.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { edited, repeatingTheLast } from '../paging-scripts.ts';
import { SINK_KINDS, TAKE_ALL } from '../witness.ts';
import type { Script } from './api.ts';

const PLAIN = { plan: TAKE_ALL, failures: new Map<string, number>(), refused: new Set<string>() };

/** Nothing is broken: each event once, whatever the API repeats, and only what a route takes. */
export const deliveryClean: FaultGroup = {
  name: 'delivery: without faults',
  open: async (lab) => {
    const world = await deliveryWorld(lab);
    return [
      ...SINK_KINDS.map((kind) => caseOf(lab, `${kind}: each once`, scenarioOf(world, kind))),
      caseOf(lab, 'only some types', { ...scenarioOf(world, 'http'), pattern: 'dsync.*' }),
      caseOf(lab, 'from nothing', { ...scenarioOf(world, 'http'), template: undefined }),
      repeated(
        lab,
        'an id twice in a page',
        edited(({ data, ...page }) => ({ ...page, data: data.flatMap((one) => [one, one]) })),
      ),
      repeated(lab, 'an id across pages', repeatingTheLast()),
      visibleLate(lab),
    ];
  },
};

function caseOf(lab: Lab, name: string, scenario: DeliveryScenario): FaultCase {
  const run = async (stage: DeliveryStage) => await stage.toRestForGood();
  return { name, run: async () => await withStage(lab, scenario, run) };
}

function inWorld(
  lab: Lab,
  name: string,
  size: Parameters<typeof deliveryWorld>[1],
  work: (stage: DeliveryStage, world: World) => Promise<readonly string[]>,
): FaultCase {
  return {
    name,
    run: async () => {
      const world = await deliveryWorld(lab, size);
      const scenario = { ...scenarioOf(world, 'http'), ...PLAIN };
      return await withStage(lab, scenario, async (stage) => await work(stage, world));
    },
  };
}

/** More than a page, by an API that lists some events again. */
function repeated(lab: Lab, name: string, script: Script): FaultCase {
  return inWorld(lab, name, { pending: 20, arriving: 0 }, async (stage, { sandbox }) => {
    sandbox.happen(150);
    sandbox.script = (request) => script(request, sandbox);
    const first = await stage.toRest();
    sandbox.script = undefined;
    const listed = listedIn(stage.scenario).length;
    const handed = stage.witness.handed().length;
    return [
      ...first,
      ...(handed === listed ? [] : [`${handed} were handed over, not ${listed}`]),
      ...(await stage.toRestForGood()),
    ];
  });
}

/** After newer events of the same objects were delivered. */
function visibleLate(lab: Lab): FaultCase {
  return inWorld(lab, 'events that can only be seen late', {}, async (stage, { sandbox }) => {
    const first = await stage.toRest();
    const minutesAgoMs = Date.now() - 4 * 60_000;
    const organizationOf = (n: number) => (n < 4 ? 'org_LANE1' : 'org_OTHER');
    for (const id of arrive(sandbox, 8, organizationOf, minutesAgoMs)) stage.late.add(id);
    const rest = await stage.toRestForGood();
    const marked = stage.witness.handed().filter(({ late }) => late).length;
    return [...first, ...rest, ...(marked === 4 ? [] : [`${marked} were marked late, not 4`])];
  });
}
