/** What has to hold of a world: at any moment, and at rest. The oracles judge; nothing here asks the program. */

import { existsSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { type DeliveryExpectation, deliveryViolations, entriesOf } from '../delivery-oracle.ts';
import { CANARY } from '../lab.ts';
import { groupBy } from '../lanes.ts';
import { hasTable, violationsAfterBreak, withCopy } from '../oracle.ts';
import { SIGNING_SECRET } from '../witnesses/http.ts';
import { IN_FLIGHT } from './command-lines.ts';
import type { ModelEvent } from './model-events.ts';
import type { ModelEnded } from './model-run.ts';
import type { World } from './world.ts';

const STATES: ReadonlySet<string> = new Set(['stored', 'pending', 'delivered', 'dead', 'dropped']);
/** An event that is dead without having been refused failed so often at least. */
const FEWEST_FAILURES = 3;

/** Whatever happened a moment ago. */
export function violationsNow(world: World): string[] {
  const { store, events, read, sinkFlaws } = world;
  if (!existsSync(store)) return [];
  // What became visible late is only looked for by a run that comes to its end.
  const late = new Set(events.filter((event) => !mustHave(world, event)).map(({ id }) => id));
  const expected = { listed: events, late, states: STATES, order: 'any', secret: CANARY } as const;
  const entries = entriesOf(store);
  const here = new Set(entries.map(({ id }) => id));
  return [
    ...violationsAfterBreak(store, expected),
    ...[...read].filter((id) => !here.has(id)).map((id) => `it was there, and is gone: ${id}`),
    ...entries
      .filter(({ state, hasContent }) => !hasContent && (!world.isPruned || state === 'pending'))
      .map(({ id, state }) => `${state} without its content: ${id}`),
    ...(world.routed ? deliveryViolations(store, expectation(world)) : []),
    ...sinkFlaws,
  ];
}

/** Nothing runs, everything is up, and a run came to its end. */
export function violationsAtRest(world: World): string[] {
  const states = new Map(entriesOf(world.store).map(({ id, state }) => [id, state]));
  const settled = new Set(world.routed ? ['delivered', 'dead', 'dropped', 'stored'] : ['stored']);
  const lost = world.events.filter((event) => mustHave(world, event) && !states.has(event.id));
  const wrong = [...states].filter(([, state]) => !settled.has(state));
  return [
    ...lost.map(({ id }) => `lost: ${id}`),
    ...wrong.map(([id, state]) => `at rest ${id} is ${state}`),
    ...violationsNow(world),
  ];
}

/** In the stream's types since it happened, and never so late that a later read would miss it. */
export function mustHave({ since, apart, read }: World, { id, type, atMs }: ModelEvent): boolean {
  return read.has(id) || (!apart.has(id) && (since.get(type) ?? 0) <= atMs);
}

function expectation(world: World): DeliveryExpectation {
  const { store, events, handed, breaks, apart, byWebhook, retried, refusedForGood } = world;
  const refusals = new Map(
    [...groupBy(handed, ({ id }) => id)].map(([id, tries]) => [
      id,
      tries.filter(({ outcome }) => outcome === 'refused').length,
    ]),
  );
  const bad = events.filter((event) => event.bad).map(({ id }) => id);
  const dead = entriesOf(store).flatMap(({ id, state }) => (state === 'dead' ? [id] : []));
  const failed = dead.filter((id) => (refusals.get(id) ?? 0) >= FEWEST_FAILURES);
  const failures = new Map(
    [...refusals].map(([id, count]) => {
      const forGood = refusedForGood.filter((refused) => refused === id).length;
      return [id, count - Math.max(0, forGood - 1 - (retried.get(id) ?? 0))];
    }),
  );
  const everDead = new Set([...bad, ...failed]);
  return {
    listed: events,
    handed,
    inFlight: IN_FLIGHT,
    breaks,
    failures,
    refused: everDead,
    passedOver: new Set(),
    retried: new Set(retried.keys()),
    // What the filter left out, or no page had brought yet, was waited for by nobody.
    late: new Set([
      ...apart,
      ...byWebhook,
      ...events.filter((event) => !mustHave(world, event)).map(({ id }) => id),
    ]),
    mayOverlap: false,
  };
}

/** A run that ended by itself: its words are those of the store (I13), and no secret is in them. */
export function violationsOf(world: World, { code, stdout, stderr }: ModelEnded, command: string): string[] {
  const flaws: string[] = [];
  const text = stdout + stderr;
  if (text.includes(CANARY) || text.includes(SIGNING_SECRET)) flaws.push('it showed a secret');
  if (code === undefined) return flaws;
  const said = parsed(stdout);
  if (said === undefined)
    return [...flaws, `--json printed ${JSON.stringify(stdout.slice(0, 200))} (${code})`];
  if (code === 70) return [...flaws, `a defect: ${stdout.slice(0, 300)}`];
  if (command !== 'sync' || said.caught_up === undefined) return flaws;
  const states = entriesOf(world.store).map(({ state }) => state);
  const [pending = 0, dead = 0] = ['pending', 'dead'].map((one) => states.filter((is) => is === one).length);
  const isDone =
    dead === 0 && gapsIn(world.store) === 0 && (said.caught_up === true || said.stopped_at_max === true);
  const right = isDone && (pending === 0 || said.left_pending === true) ? 0 : 1;
  if (said.pending !== pending || said.dead !== dead)
    flaws.push(`it said ${said.pending} pending, ${said.dead} dead: it is ${pending}, ${dead}`);
  return code === right ? flaws : [...flaws, `it ended with ${code}, not ${right}: ${stdout.slice(0, 400)}`];
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

export function cursorIn(store: string): string | undefined {
  if (!existsSync(store)) return undefined;
  const cursor = withCopy(store, (db) =>
    hasTable(db, 'stream') ? one(db, "SELECT cursor_id FROM stream WHERE name = 'default'") : undefined,
  );
  return typeof cursor === 'string' ? cursor : undefined;
}

function gapsIn(store: string): number {
  return Number(withCopy(store, (db) => one(db, 'SELECT count(*) FROM gap WHERE acknowledged_at IS NULL')));
}

function one(db: Database.Database, sql: string): unknown {
  return db.prepare(sql).pluck().get();
}
