import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type FaultCase, type FaultGroup, Skipped } from './faults/fault-case.ts';
import { told } from './faults/groups/schedules.ts';
import { Lab } from './faults/lab.ts';
import { playGroups } from './faults/play-groups.ts';

/** How the fault suite plays groups: with cases that break nothing, and no program. */
const CHOICE = { only: '', seed: 1, atATime: 3, mostOf: () => undefined };

async function play(groups: readonly FaultGroup[], choice: Partial<typeof CHOICE> = {}) {
  const lab = new Lab('/nowhere');
  try {
    return await playGroups(lab, groups, { ...CHOICE, ...choice }, () => {});
  } finally {
    await lab.close();
  }
}

function groupOf(name: string, cases: readonly FaultCase[], more: Partial<FaultGroup> = {}): FaultGroup {
  return { name, open: async () => cases, ...more };
}

const holds = (name: string): FaultCase => ({ name, run: async () => [] });

/** Cases that take a moment, and what is under way meanwhile. */
function slowCases(group: string, count: number, { under, seen }: Watched): FaultCase[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `${index}`,
    run: async () => {
      under.add(`${group} ${index}`);
      seen.push([...under]);
      await pause(2);
      under.delete(`${group} ${index}`);
      return [];
    },
  }));
}

interface Watched {
  readonly under: Set<string>;
  readonly seen: string[][];
}

it('what a case finds, throws or cannot do is in the results, wherever it stands', async () => {
  const bad: readonly FaultCase[] = [
    { name: 'finds', run: async () => ['lost: one'] },
    { name: 'throws', run: () => Promise.reject(new Error('no such table')) },
    { name: 'cannot', run: () => Promise.reject(new Skipped('no strace')) },
  ];
  const many = Array.from({ length: 20 }, (_, index) => holds(`${index}`));
  const [one, other] = await play([groupOf('one', [...bad, ...many]), groupOf('other', [...many, ...bad])]);
  for (const { outcomes } of [one, other].flatMap((result) => result ?? [])) {
    expect(outcomes).toHaveLength(23);
    const of = (name: string) => outcomes.find((outcome) => outcome.name === name);
    expect(of('finds')?.violations).toEqual(['lost: one']);
    expect(of('throws')?.violations.join()).toContain('the case itself failed: Error: no such table');
    expect(of('cannot')).toMatchObject({ violations: [], skipped: 'no strace' });
    expect(outcomes.filter(({ violations }) => violations.length > 0)).toHaveLength(2);
  }
});

it('a group that cannot be opened, or has no case, is a failure, and the next ones are played', async () => {
  const failing: FaultGroup = { name: 'failing', open: () => Promise.reject(new Error('no build')) };
  const results = await play([failing, groupOf('empty', []), groupOf('sound', [holds('a case')])]);
  const violations = results.map(({ outcomes }) => outcomes.flatMap((outcome) => outcome.violations).join());
  expect(violations[0]).toContain('no build');
  expect(violations.slice(1)).toEqual(['there is no such case', '']);
});

it('so many cases at a time, across groups; those of the next begin before the last of one has ended', async () => {
  const watched: Watched = { under: new Set(), seen: [] };
  await play(['one', 'two'].map((name) => groupOf(name, slowCases(name, 20, watched))));
  expect(Math.max(...watched.seen.map((names) => names.length))).toBe(3);
  const groupsSeen = watched.seen.map((names) => new Set(names.map((name) => name.split(' ')[0])).size);
  expect(groupsSeen).toContain(2);
});

it('a group that waits takes no turn of the others', async () => {
  const watched: Watched = { under: new Set(), seen: [] };
  const waiting = groupOf('waiting', slowCases('waiting', 20, watched), { ownTurns: 2 });
  await play([waiting, groupOf('working', slowCases('working', 20, watched))]);
  expect(Math.max(...watched.seen.map((names) => names.length))).toBe(5);
});

it.each([
  { only: 'kill', cases: ['kill at points a', 'kill at points b'] },
  { only: 'kill at points b', cases: ['kill at points b'] },
  { only: 'disk', cases: ['disk a'] },
])('--only "$only"', async ({ only, cases }) => {
  const groups = [groupOf('kill at points', [holds('a'), holds('b')]), groupOf('disk', [holds('a')])];
  const results = await play(groups, { only });
  const names = results.flatMap(({ outcomes }) => outcomes.map(({ group, name }) => `${group} ${name}`));
  expect(names).toEqual(cases);
});

it('each group has a folder of its own, which goes with it', async () => {
  const labs: Lab[] = [];
  const open = async (lab: Lab) => {
    labs.push(lab);
    return [{ name: 'is there', run: async () => (existsSync(lab.folder) ? [] : ['it has no folder']) }];
  };
  const results = await play(['one', 'two'].map((name) => ({ name, open })));
  expect(results.flatMap(({ outcomes }) => outcomes.flatMap(({ violations }) => violations))).toEqual([]);
  expect(new Set(labs.map(({ folder }) => folder)).size).toBe(2);
  expect(labs.filter(({ folder }) => existsSync(folder))).toEqual([]);
});

it('violations are told also where there is no shorter schedule', () => {
  expect(told({ schedules: 3, violations: ['lost: one'] })).toEqual(['lost: one']);
});
