import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Handed, type Plan, TAKE_ALL, type Witness } from '../witness.ts';

/** Each `printf` is one write to a file opened for appending: lines of many commands never mix. */
const HANDLER = `#!/bin/sh
IFS= read -r event || exit 3
printf 'begun %s %s %s %s %s\\n' "$$" "$WITNESS_RUN" "$WORKOS_EVENT_LATE" "$WORKOS_EVENT_ID" "$event" >> "$WITNESS_LOG"
[ -z "$WORKOS_API_KEY$WORKOS_WEBHOOK_SECRET" ] || printf 'leaked %s\\n' "$WORKOS_EVENT_ID" >> "$WITNESS_LOG"
does="$WITNESS_PLAN/$WORKOS_EVENT_ID.$WORKOS_EVENT_ATTEMPT"
[ ! -e "$does" ] || . "$does"
printf 'taken %s\\n' "$$" >> "$WITNESS_LOG"
`;
const REFUSALS = { fail: 1, refuse: 65 } as const;
/** Attempts of which the plan is asked beforehand. */
const ATTEMPTS = 5;
const BEGUN = /^begun (?<pid>\d+) (?<run>\d+) (?<late>\w+) (?<id>\S+) (?<text>.*)$/s;

/** A command that writes down what it gets before it exits with 0. */
export class ExecWitness implements Witness {
  readonly kind = 'exec';
  readonly spec: string;
  readonly log: string;
  private readonly planned: string;

  constructor(folder: string) {
    const handler = join(folder, 'handler.sh');
    writeFileSync(handler, HANDLER);
    chmodSync(handler, 0o755);
    this.spec = `exec:${handler}`;
    this.log = join(folder, 'handled');
    this.planned = join(folder, 'plan');
    mkdirSync(this.planned);
  }

  /** As the plan says for these events. */
  follow(plan: Plan, ids: readonly string[]): this {
    if (plan === TAKE_ALL) return this;
    for (const id of ids) {
      for (let nth = 1; nth <= ATTEMPTS; nth++) {
        const answer = plan(id, nth);
        if (answer !== 'take') this.does(id, nth, `ended ${REFUSALS[answer]}`);
      }
    }
    return this;
  }

  /** What the handler does at an attempt of an event: lines of shell. `ended N` writes that down and exits. */
  does(id: string, attempt: number, lines: string): void {
    const ended = `ended() { printf 'ended %s\\n' "$$" >> "$WITNESS_LOG"; exit "$1"; }`;
    writeFileSync(join(this.planned, `${id}.${attempt}`), `${ended}\n${lines}\n`);
  }

  env(run: number): Record<string, string> {
    return { WITNESS_LOG: this.log, WITNESS_PLAN: this.planned, WITNESS_RUN: String(run) };
  }

  printed(): void {}

  handed(): readonly Handed[] {
    const byPid = new Map<string, { -readonly [Key in keyof Handed]: Handed[Key] }>();
    for (const [moment, line] of this.lines().entries()) {
      const { pid, run, late, id = '', text = '' } = BEGUN.exec(line)?.groups ?? {};
      if (pid !== undefined) {
        const handed = { id, text, run: Number(run), late: late === 'true', begun: moment };
        byPid.set(pid, { ...handed, ended: undefined, outcome: 'open' });
        continue;
      }
      const [what, by = ''] = line.split(' ');
      const ends = what === 'taken' || what === 'ended' ? byPid.get(by) : undefined;
      if (!ends) continue;
      ends.ended = moment;
      ends.outcome = what === 'taken' ? 'taken' : 'refused';
    }
    return [...byPid.values()];
  }

  flaws(): readonly string[] {
    return this.lines().filter((line) => line.startsWith('leaked'));
  }

  async close(): Promise<void> {}

  private lines(): string[] {
    return existsSync(this.log) ? readFileSync(this.log, 'utf8').split('\n').slice(0, -1) : [];
  }
}
