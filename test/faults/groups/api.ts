import type { LoggedRequest } from '../../../src/sandbox/request-log.ts';
import type { Sandbox, SandboxOptions } from '../../../src/sandbox/sandbox.ts';
import type { ScriptedAnswer } from '../../../src/sandbox/scripted-answer.ts';
import type { FaultCase } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import type { Expectation } from '../oracle.ts';
import { type Scenario, Stage } from '../stage.ts';

export type Script = (request: LoggedRequest, sandbox: Sandbox) => ScriptedAnswer | undefined;

/** One way in which the API misbehaves during a `sync`, and how the run has to end. */
export interface ApiFault {
  readonly name: string;
  /** Absent where `options` are the fault. */
  readonly script?: Script;
  /** The exit statuses that are right. */
  readonly exit: readonly number[];
  /** How many requests it takes at most: what cannot pass is not asked for again. */
  readonly requests?: number;
  readonly options?: SandboxOptions;
  readonly args?: readonly string[];
  readonly order?: Expectation['order'];
  readonly types?: readonly string[];
  /** Events happen while it is read: what ends well need not have the last of them. */
  readonly grows?: true;
}

/** An answer to the request of this ordinal only (0 is the first contact, 3 is in mid-walk). */
export const at =
  (ordinal: number, answer: ScriptedAnswer): Script =>
  (request) =>
    request.ordinal === ordinal ? answer : undefined;

export const from =
  (ordinal: number, answer: ScriptedAnswer): Script =>
  (request) =>
    request.ordinal >= ordinal ? answer : undefined;

export const always = (answer: ScriptedAnswer): Script => from(0, answer);

/**
 * Runs against the misbehaving API, then once more against a good one: nothing may be lost by either, and
 * what ends well has everything.
 */
export function apiCase(lab: Lab, fault: ApiFault): FaultCase {
  return {
    name: fault.name,
    run: async () => {
      const sandbox = await lab.sandbox(fault.options);
      const scenario: Scenario = {
        name: fault.name,
        sandbox,
        args: ['--parallel', '2', ...(fault.args ?? [])],
        expected: { order: fault.order ?? 'listed' },
        ...(fault.types ? { types: fault.types } : {}),
      };
      const stage = new Stage(lab, scenario);
      let fired = fault.script === undefined;
      sandbox.script = (request) => {
        const answer = fault.script?.(request, sandbox);
        fired ||= answer !== undefined;
        return answer;
      };
      const { code, flaws, stdout, stderr } = await stage.run();
      sandbox.script = undefined;
      const asked = sandbox.log.requests.length;
      return [
        ...(fault.exit.some((status) => status === code)
          ? []
          : [`it ended with ${code}: ${stdout}${stderr.slice(-300)}`]),
        ...(fired ? [] : ['never fired']),
        ...(asked <= (fault.requests ?? asked) ? [] : [`it asked ${asked} times`]),
        ...flaws,
        ...(code === 0 && !fault.grows ? stage.atRest() : stage.afterBreak()),
        ...(await stage.toRest()),
      ];
    },
  };
}
