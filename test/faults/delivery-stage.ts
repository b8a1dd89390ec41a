import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultPoint } from '../../src/fault-points.ts';
import {
  type DeliveryExpectation,
  deliveryViolations,
  deliveryViolationsAtRest,
  entriesOf,
  hasStream,
  repeatsOf,
} from './delivery-oracle.ts';
import { type DeliveryScenario, listedIn } from './delivery-scenarios.ts';
import { type Judged, judged, type Lab } from './lab.ts';
import { type Listed, violationsAfterBreak, violationsAtRest } from './oracle.ts';
import type { Ended, Running } from './program.ts';
import { type StageRun, traceIn } from './stage.ts';
import type { Plan, Witness } from './witness.ts';
import { HttpWitness, SIGNING_SECRET } from './witnesses/http.ts';
import { openWitness } from './witnesses/open-witness.ts';

type CommandRun = Omit<StageRun, 'args' | 'env'> & {
  readonly env?: Readonly<Record<string, string>> | undefined;
};

const STATES: ReadonlySet<string> = new Set(['stored', 'pending', 'delivered', 'dead', 'dropped']);

/** One case's own store, delivered to a sink of its own that writes down what it gets. */
export class DeliveryStage {
  readonly lab: Lab;
  readonly scenario: DeliveryScenario;
  readonly folder: string;
  readonly store: string;
  readonly witness: Witness;
  /** How often a run was broken. */
  breaks = 0;
  mayOverlap = false;
  /** `any`: somebody has made events pending again, which then count as arrived last. */
  order: 'listed' | 'any' = 'listed';
  /** Events that could only be seen after newer ones. */
  readonly late = new Set<string>();
  /** Given up, and tried again by a person. */
  readonly retried = new Set<string>();
  private runs = 0;

  private constructor(lab: Lab, scenario: DeliveryScenario, folder: string, witness: Witness) {
    this.lab = lab;
    this.scenario = scenario;
    this.folder = folder;
    this.store = join(folder, 'events.db');
    this.witness = witness;
    if (scenario.template !== undefined) copyFileSync(scenario.template, this.store);
  }

  static async open(lab: Lab, scenario: DeliveryScenario, given?: Witness): Promise<DeliveryStage> {
    const folder = lab.newFolder();
    const ids = [...scenario.failures.keys()];
    const witness = given ?? (await openWitness(scenario.kind, folder, scenario.plan, ids));
    return new DeliveryStage(lab, scenario, folder, witness);
  }

  async close(): Promise<void> {
    if (this.breaks > 0) {
      const seen = repeatsOf(this.expectation());
      this.lab.repeats.push({ seen, bound: this.scenario.inFlight * this.breaks });
    }
    await this.witness.close();
  }

  /** How a webhook handler answers from now on. */
  answers(plan: Plan): void {
    if (!(this.witness instanceof HttpWitness)) throw new Error('only a webhook handler can change its mind');
    this.witness.plan = plan;
  }

  /** `sync` with the route of the stage. */
  start({ args = [], env, ...options }: StageRun = {}): Running {
    const { spec } = this.witness;
    const { inFlight, args: own, kind, template, pattern } = this.scenario;
    const answer = kind === 'stdout' ? [] : ['--json'];
    const route = ['--deliver', pattern === undefined ? spec : `${pattern}=${spec}`];
    const pace = ['--concurrency', String(inFlight)];
    const begins = template === undefined && !hasStream(this.store) ? ['--from', '85d'] : [];
    const argv = ['sync', ...answer, '--parallel', '1', ...route, ...pace, ...begins, ...own, ...args];
    return this.startCommand(argv, { ...options, env });
  }

  /** Any command on this store. */
  startCommand(args: readonly string[], { env, ...options }: CommandRun = {}): Running {
    this.runs += 1;
    return this.lab.start([...args, '--store', this.store], {
      cwd: this.folder,
      apiUrl: this.scenario.sandbox.url,
      env: { ...this.witness.env(this.runs), ...env },
      ...options,
    });
  }

  async run(options: StageRun = {}): Promise<Judged> {
    return this.judge(await this.start(options).ended);
  }

  async runCommand(args: readonly string[], options: CommandRun = {}): Promise<Judged> {
    const ended = await this.startCommand(args, options).ended;
    return judged(args, ended);
  }

  /** Breaks a run at fault points: `sink.after@2:kill`. */
  async runWith(fault: string, options: StageRun = {}): Promise<Judged> {
    return await this.run({ ...options, env: { ...options.env, WORKOS_EVENTS_FAULT: fault } });
  }

  judge(ended: Ended): Judged {
    this.witness.printed(ended.stdout);
    const given = judged(this.scenario.kind === 'stdout' ? [] : ['--json'], ended);
    const showed = `${ended.stdout}${ended.stderr}`.includes(SIGNING_SECRET);
    const flaws = [...given.flaws, ...(showed ? ['it showed the signing secret'] : [])];
    return { ...given, flaws: [...flaws, ...this.saidViolations(ended)] };
  }

  afterBreak(): string[] {
    const { listed } = this.expectation();
    return [
      ...violationsAfterBreak(this.store, { listed, states: STATES, order: this.order }),
      ...deliveryViolations(this.store, this.expectation()),
    ].map((text) => `after the break: ${text}`);
  }

  /** What does not hold of a store and a sink at rest. */
  atRest(): string[] {
    const { listed } = this.expectation();
    return [
      ...violationsAtRest(this.store, { listed, states: STATES, order: this.order }),
      ...deliveryViolationsAtRest(this.store, this.expectation()),
      ...this.witness.flaws(),
    ];
  }

  /** Delivers what is left, undisturbed. */
  async toRest(options: StageRun = {}): Promise<string[]> {
    const { code, flaws, stderr, stdout } = await this.run(options);
    const right = this.scenario.refused.size > 0 ? 1 : 0;
    const failed =
      code === right ? [] : [`the run to rest ended with ${code}: ${stdout}${stderr.slice(-300)}`];
    return [...flaws, ...failed, ...this.atRest()];
  }

  /** As `toRest`; a second run then delivers nothing, and what is dead is listed. */
  async toRestForGood(options: StageRun = {}): Promise<string[]> {
    const violations = await this.toRest(options);
    const handed = this.witness.handed().length;
    const again = await this.toRest(options);
    const repeated = this.witness.handed().length - handed;
    return [
      ...violations,
      ...again.map((text) => `the second run: ${text}`),
      ...(repeated === 0 ? [] : [`the second run delivered ${repeated} again`]),
      ...(await this.listViolations()),
    ];
  }

  async trace(): Promise<FaultPoint[]> {
    const file = join(this.folder, 'trace');
    const { code, flaws, stdout, stderr } = await this.run({ env: { WORKOS_EVENTS_FAULT_TRACE: file } });
    const violations = [...flaws, ...this.atRest()];
    if (code === null || code > 1 || violations.length > 0) {
      throw new Error(`The clean run ended with ${code}: ${stdout} ${stderr} ${violations.join('\n')}`);
    }
    return traceIn(file);
  }

  expectation(): DeliveryExpectation {
    const { inFlight, failures, refused } = this.scenario;
    const listed = listedIn(this.scenario);
    return {
      listed,
      handed: this.witness.handed(),
      inFlight,
      breaks: this.breaks,
      failures,
      refused,
      passedOver: this.passedOver(listed),
      late: this.late,
      retried: this.retried,
      mayOverlap: this.mayOverlap,
    };
  }

  /** What no route takes. */
  private passedOver(listed: Listed): Set<string> {
    const { pattern } = this.scenario;
    if (pattern === undefined) return new Set();
    const domain = pattern.replace('*', '');
    const others = listed.filter(({ text }) => !text.includes(`"event":"${domain}`));
    return new Set(others.map(({ id }) => id));
  }

  /** What a run that ended by itself says is what is in the store. */
  private saidViolations({ code, stdout }: Ended): string[] {
    if (code !== 0 && code !== 1) return [];
    const states = entriesOf(this.store).map(({ state }) => state);
    const [pending, dead] = ['pending', 'dead'].map((state) => states.filter((one) => one === state).length);
    const isDone = pending === 0 && dead === 0;
    const wrong = isDone === (code === 0) ? [] : [`it ended with ${code}; ${pending} pending, ${dead} dead`];
    if (this.scenario.kind === 'stdout') return wrong;
    const said = JSON.parse(stdout);
    return said.pending === pending && said.dead === dead
      ? wrong
      : [...wrong, `it said ${said.pending} pending, ${said.dead} dead: it is ${pending}, ${dead}`];
  }

  /** `deliveries list` names what is dead, and nothing else. */
  private async listViolations(): Promise<string[]> {
    const { refused } = this.scenario;
    if (refused.size === 0) return [];
    const { code, stdout, flaws } = await this.runCommand(['deliveries', 'list', '--json']);
    const { deliveries }: { deliveries: { id: string; state: string }[] } = JSON.parse(stdout);
    const listed = deliveries.map(({ id, state }) => `${state} ${id}`).sort();
    const expected = [...refused].map((id) => `dead ${id}`).sort();
    const same = JSON.stringify(listed) === JSON.stringify(expected);
    return [...flaws, ...(code === 0 && same ? [] : [`deliveries list (${code}): ${listed}`])];
  }
}

/** Opens a stage for one case, and closes it whatever happens. */
export async function withStage(
  lab: Lab,
  scenario: DeliveryScenario,
  work: (stage: DeliveryStage) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const stage = await DeliveryStage.open(lab, scenario);
  try {
    return await work(stage);
  } finally {
    await stage.close();
  }
}
