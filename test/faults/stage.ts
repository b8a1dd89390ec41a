import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE } from '../../src/domain/catalogue.ts';
import type { FaultPoint } from '../../src/fault-points.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { CANARY, type Judged, judged, type Lab } from './lab.ts';
import { type Expectation, violationsAfterBreak, violationsAtRest } from './oracle.ts';
import type { ProgramOptions, Running } from './program.ts';

/** A state of the world in which `sync` is run, and broken. */
export interface Scenario {
  readonly name: string;
  readonly sandbox: Sandbox;
  readonly args: readonly string[];
  /** The store that a case starts from; absent: none yet. */
  readonly template?: string;
  readonly expected?: Omit<Expectation, 'listed'>;
  /** What can be listed; the whole catalogue unless given. */
  readonly types?: readonly string[];
}

export type StageRun = Partial<Omit<ProgramOptions, 'cwd'>> & {
  readonly args?: readonly string[];
  /** Another address than the sandbox's own. */
  readonly apiUrl?: string;
};

/** One case's own store, in a scenario. */
export class Stage {
  readonly folder: string;
  readonly store: string;
  readonly scenario: Scenario;
  readonly lab: Lab;
  private readonly given: readonly string[];

  constructor(lab: Lab, scenario: Scenario, folder = lab.newFolder()) {
    this.lab = lab;
    this.scenario = scenario;
    this.folder = folder;
    this.store = join(this.folder, 'events.db');
    this.given = ['sync', '--json', '--store', this.store];
    if (scenario.template !== undefined) copyFileSync(scenario.template, this.store);
  }

  start({ args = [], ...options }: StageRun = {}): Running {
    const run = { cwd: this.folder, apiUrl: this.scenario.sandbox.url, ...options };
    return this.lab.start(this.argv(args), run);
  }

  async run(options: StageRun = {}): Promise<Judged> {
    return this.judge(await this.start(options).ended);
  }

  judge(ended: Awaited<Running['ended']>): Judged {
    return judged(this.given, ended);
  }

  hasStore(): boolean {
    return existsSync(this.store);
  }

  /** Breaks a run at a fault point: `page.parsed@2:kill`. */
  async runWith(fault: string, options: StageRun = {}): Promise<Judged> {
    return await this.run({ ...options, env: { ...options.env, WORKOS_EVENTS_FAULT: fault } });
  }

  afterBreak(): string[] {
    return violationsAfterBreak(this.store, this.expectation()).map((text) => `after the break: ${text}`);
  }

  /** The last run was complete: compares with the API's own list. */
  atRest(): string[] {
    return violationsAtRest(this.store, this.expectation());
  }

  /** Runs to the end, undisturbed, and compares. */
  async toRest(args: readonly string[] = []): Promise<string[]> {
    const { code, flaws, stdout, stderr } = await this.run({ args });
    const failed = code === 0 ? [] : [`the run to rest ended with ${code}: ${stdout}${stderr.slice(-300)}`];
    return [...flaws, ...failed, ...this.atRest()];
  }

  /** Which points a clean run reaches, in order. */
  async trace(): Promise<FaultPoint[]> {
    const file = join(this.folder, 'trace');
    const { code, flaws, stdout } = await this.run({ env: { WORKOS_EVENTS_FAULT_TRACE: file } });
    if (code !== 0 || flaws.length > 0)
      throw new Error(`The clean run ended with ${code}: ${stdout} ${flaws}`);
    return traceIn(file);
  }

  private expectation(): Expectation {
    const { sandbox, expected, types = CATALOGUE } = this.scenario;
    return { ...expected, secret: CANARY, listed: sandbox.listed(types) };
  }

  private argv(more: readonly string[]): string[] {
    return [...this.given, ...this.scenario.args, ...more];
  }
}

export function traceIn(file: string): FaultPoint[] {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const isPoint = (line: string): line is FaultPoint => line !== '';
  return text.split('\n').filter(isPoint);
}

export function countsOf<T>(items: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

/** The first, middle and last of so many. */
export function someOf(count: number): number[] {
  return [...new Set([1, Math.ceil(count / 2), count])].filter((nth) => nth >= 1);
}

/** So many of them at even distances; a long run makes a few more or less each time, so not the very last. */
export function spread(count: number, places: number): number[] {
  const most = Math.min(places, count);
  return Array.from({ length: most }, (_, index) => 1 + Math.floor((index * count) / most));
}
