import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { entriesOf } from '../delivery-oracle.ts';
import { type DeliveryScenario, deliveryWorld, scenarioOf, type World } from '../delivery-scenarios.ts';
import { type DeliveryStage, withStage } from '../delivery-stage.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { TAKE_ALL } from '../witness.ts';
import { HttpWitness, type Noted } from '../witnesses/http.ts';

/** Each of them fails an attempt; the next one passes. */
const FAILING = [
  400, 402, 406, 408, 409, 411, 412, 418, 421, 423, 424, 425, 426, 428, 429, 431, 451, 500, 501,
];
const FAILING_TOO = [502, 503, 504, 505, 507, 508, 511, 520, 522, 599];
const REFUSING_THE_EVENT = [413, 422];
const REFUSING_ALL = [401, 403, 404, 405, 410, 301, 302, 307, 308];
const TAKING = [200, 201, 202, 204, 299];

interface Broken {
  readonly name: string;
  readonly outcome: Noted['outcome'];
  readonly respond: (response: ServerResponse) => void;
}

/** Answers that are none, or not whole; what was taken all the same was taken. */
const BROKEN: readonly Broken[] = [
  { name: 'reset before the answer', outcome: 'refused', respond: ({ req }) => req.socket.resetAndDestroy() },
  {
    name: 'reset in the answer',
    outcome: 'refused',
    respond: (response) => {
      response.writeHead(200, { 'Content-Length': 100 }).write('half');
      setImmediate(() => response.req.socket.resetAndDestroy());
    },
  },
  {
    name: 'cut in a chunked answer',
    outcome: 'refused',
    respond: (response) => {
      response.writeHead(200).write('half');
      setImmediate(() => response.destroy());
    },
  },
  { name: 'never answered', outcome: 'refused', respond: () => {} },
  {
    name: 'an answer that never ends',
    outcome: 'refused',
    respond: (response) => response.writeHead(200).write('…'),
  },
  {
    name: 'reset after the whole answer',
    outcome: 'taken',
    respond: (response) => {
      response.writeHead(200, { 'Content-Length': 2 }).end('ok', () => response.req.socket.resetAndDestroy());
    },
  },
  {
    name: 'a large answer',
    outcome: 'taken',
    respond: (response) => response.writeHead(200).end(Buffer.alloc(1024 * 1024, 'x')),
  },
];

/** What a webhook handler may answer. */
export const deliveryAnswers: FaultGroup = {
  name: 'delivery: answers over HTTP',
  open: async (lab) => [
    everyStatus(lab),
    ...REFUSING_ALL.map((status) => sinkRefuses(lab, status)),
    ...BROKEN.map((broken) => brokenAnswer(lab, broken)),
  ],
};

const PLAIN = { plan: TAKE_ALL, failures: new Map<string, number>(), refused: new Set<string>() };

function caseOf(
  lab: Lab,
  name: string,
  size: Parameters<typeof deliveryWorld>[1],
  change: (world: World) => Partial<DeliveryScenario>,
  work: (stage: DeliveryStage, witness: HttpWitness) => Promise<readonly string[]>,
): FaultCase {
  return {
    name,
    run: async () => {
      const world = await deliveryWorld(lab, size);
      const scenario = { ...scenarioOf(world, 'http'), ...PLAIN, ...change(world) };
      return await withStage(lab, scenario, async (stage) => {
        if (!(stage.witness instanceof HttpWitness)) throw new Error('not a webhook handler');
        return await work(stage, stage.witness);
      });
    },
  };
}

/** One status for each event, at its first attempt. */
function everyStatus(lab: Lab): FaultCase {
  const statuses = [...FAILING, ...FAILING_TOO, ...REFUSING_THE_EVENT, ...TAKING];
  const size = { pending: 0, arriving: statuses.length, lanes: statuses.length };
  const change = ({ arriving }: World) => {
    const refused = arriving.filter((_, n) => REFUSING_THE_EVENT.includes(statuses[n] ?? 0));
    return { inFlight: 100, refused: new Set(refused), failures: new Map(refused.map((id) => [id, 1])) };
  };
  return caseOf(lab, 'every status that is about the attempt', size, change, async (stage, witness) => {
    const { listed } = stage.expectation();
    const statusOf = new Map(listed.map(({ id }, n) => [id, statuses[n] ?? 200]));
    witness.respond = (response, handed, nth) => {
      const status = nth === 1 ? (statusOf.get(handed.id) ?? 200) : 200;
      witness.note(handed, status < 300 ? 'taken' : 'refused');
      response.writeHead(status).end();
    };
    return await stage.toRestForGood();
  });
}

/** It is not set up: nothing is tried twice, nothing goes dead, and a redirect is not followed. */
function sinkRefuses(lab: Lab, status: number): FaultCase {
  return caseOf(
    lab,
    `${status}`,
    { pending: 2, arriving: 10, lanes: 5 },
    () => ({}),
    async (stage, witness) => {
      const elsewhere = await startElsewhere();
      witness.respond = (response, handed) => {
        witness.note(handed, 'refused');
        response.writeHead(status, status < 400 ? { Location: elsewhere.url } : {}).end();
      };
      const { code, flaws } = await stage.run();
      const tried = witness.handed().length;
      const lost = entriesOf(stage.store).filter(
        ({ state, attempts }) => state !== 'pending' || attempts > 0,
      );
      witness.respond = undefined;
      const rest = await stage.toRestForGood();
      const followed = elsewhere.requests();
      await elsewhere.close();
      return [
        ...flaws,
        ...(code === 1 ? [] : [`it ended with ${code}`]),
        ...(tried <= stage.scenario.inFlight ? [] : [`${tried} were tried`]),
        ...lost.map(({ id, state }) => `${id} is ${state}`),
        ...(followed === 0 ? [] : ['it followed the redirect']),
        ...rest,
      ];
    },
  );
}

async function startElsewhere() {
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/elsewhere`,
    requests: () => requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** At the first attempt of each event. */
function brokenAnswer(lab: Lab, { name, outcome, respond }: Broken): FaultCase {
  const size = { pending: 0, arriving: 8, lanes: 8 };
  const change = () => ({ inFlight: 10, args: ['--deliver-timeout', '1s'] });
  return caseOf(lab, name, size, change, async (stage, witness) => {
    witness.respond = (response, handed, nth) => {
      witness.note(handed, nth === 1 ? outcome : 'taken');
      if (nth === 1) respond(response);
      else response.end();
    };
    const rest = await stage.toRestForGood();
    const tries = outcome === 'taken' ? 8 : 16;
    const handed = witness.handed().length;
    return handed === tries ? rest : [...rest, `${handed} were handed over, not ${tries}`];
  });
}
