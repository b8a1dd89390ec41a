import * as fc from 'fast-check';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { scenarioOf } from '../delivery-scenarios.ts';
import { withStage } from '../delivery-stage.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import type { SinkKind } from '../witness.ts';

const SEEDS = 4;
const EVENTS = 150;
/** Over these, since they say what they got byte for byte. */
const KINDS: readonly SinkKind[] = ['http', 'file', 'stdout', 'exec'];

/** JSON as a server may write it: numbers and escapes that a parser would not give back, keys that repeat. */
const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String),
  fc.constantFrom('-0', '1.0', '1E400', '0.10e-7', '1e+2'),
);
const escaped = fc.constantFrom(
  '\\u0000',
  '\\ud800',
  '\\/',
  '\\u001b[31m',
  '\\ud83d\\ude00',
  '\\u2028',
  '\\b',
);
const text = fc
  .array(
    fc.oneof(
      escaped,
      fc.string({ unit: 'grapheme' }).map((raw) => JSON.stringify(raw).slice(1, -1)),
    ),
    {
      maxLength: 4,
    },
  )
  .map((parts) => `"${parts.join('')}"`);
const key = fc.oneof(
  text,
  fc.constantFrom('"id"', '"organization_id"', '"__proto__"', '"constructor"', '"user"', '"event"'),
);
const { value } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom('null', 'true', 'false'),
    number,
    text,
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
  object: fc
    .array(fc.tuple(key, tie('value')), { maxLength: 5 })
    .map((fields) => `{${fields.map(([name, held]) => `${name}:${held}`).join(',')}}`),
}));
const time = fc.constantFrom<(at: string) => string>(
  (at) => JSON.stringify(at),
  (at) => JSON.stringify(at.replace('T', ' ').slice(0, -1)),
  (at) => JSON.stringify(at.replace('Z', '000Z')),
  (at) => JSON.stringify(at.replace('Z', '+00:00')),
);
const payload = fc.record({ data: value, time, extra: value, before: fc.boolean() });

/** Events that a generator makes: each reaches every kind of sink as the API sent it. */
export const generatedPayloads: FaultGroup = {
  name: 'generated payloads',
  open: async (lab) =>
    KINDS.flatMap((kind) => Array.from({ length: SEEDS }, (_, index) => delivered(lab, kind, index + 1))),
};

function delivered(lab: Lab, kind: SinkKind, seed: number): FaultCase {
  return {
    name: `${kind}, seed ${seed}: ${EVENTS} events`,
    run: async () => {
      const sandbox = await lab.sandbox({ count: 0, days: 1 });
      addGenerated(sandbox, seed);
      const world = { sandbox, template: '', arriving: [] };
      const scenario = {
        ...scenarioOf(world, kind),
        template: undefined,
        refused: new Set<string>(),
        failures: new Map(),
      };
      return await withStage(lab, { ...scenario, plan: () => 'take' }, async (stage) => {
        const broken = await stage.runWith('commit.before_commit@1:kill');
        return [...broken.flaws, ...(await stage.toRestForGood())];
      });
    },
  };
}

function addGenerated(sandbox: Sandbox, seed: number): void {
  const fromMs = Date.now() - 3_600_000;
  for (const [n, { data, time: written, extra, before }] of fc
    .sample(payload, { seed, numRuns: EVENTS })
    .entries()) {
    const [id, atMs] = [`event_G${n}`, fromMs + n * 10];
    const createdAt = written(new Date(atMs).toISOString());
    const [first, last] = before ? [`"extra":${extra},`, ''] : ['', `,"extra":${extra}`];
    const event = `{${first}"object":"event","id":"${id}","event":"user.updated","data":${data},"created_at":${createdAt}${last}}`;
    sandbox.add({ id, type: 'user.updated', atMs, text: event });
  }
}
