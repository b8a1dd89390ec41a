import { isReconciled, type ReconcileResult } from '../../domain/reconcile-result.ts';
import { shellWord } from '../../domain/shell-word.ts';

/** What was typed, as far as the next command has to repeat it. */
export interface TypedRun {
  readonly events?: readonly string[] | undefined;
  readonly org?: string | undefined;
  readonly processed?: string | undefined;
  readonly apiUrl?: string | undefined;
  readonly dotenv?: string | undefined;
  readonly store?: string | undefined;
  readonly deliver?: readonly string[] | false | undefined;
  readonly apply?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

/** What to run next, as sentences that end with a command. */
export function nextSteps(result: ReconcileResult, typed: TypedRun): readonly string[] {
  const { missing, pending, dead, acted, stream, strays } = result;
  const acts = typed.deliver !== undefined || typed.apply === true;
  const steps: string[] = [];
  if (acted === 'refused') {
    steps.push('Nothing was changed. To deliver them: the same command, and a yes.');
  } else if (acts && typed.dryRun && result.actions > 0) {
    steps.push('Nothing was changed. To do it: the same command without --dry-run.');
  } else if (missing.length > 0 && !acts) {
    steps.push(`Have them processed: ${again(result, typed)} --deliver SPEC`);
    steps.push('SPEC is where your events go: https://…, exec:CMD, file:PATH. --dry-run shows the plan.');
  } else if (pending.length > 0 && acts) {
    const why = `workos-events deliveries list --stream ${stream} --state pending`;
    steps.push(`What is pending goes out with the next run. Why it did not: ${why}`);
  } else if (pending.length > 0) {
    steps.push(
      `What is pending goes out with the next sync, or with: ${again(result, typed)} --deliver SPEC`,
    );
  }
  if (dead.length > 0) {
    steps.push(`Dead ones wait for you: workos-events deliveries list --stream ${stream} --state dead`);
  }
  if (strays.length > 0) {
    steps.push(
      `Strays are in the stream, and the API does not list them: ${again(result, typed)} --list strays`,
    );
  }
  if (isReconciled(result) && acted === 'yes') steps.push('All clear: a second run finds nothing to do.');
  return steps;
}

/** The same window, with its times as they were resolved. */
export function again({ window, stream }: ReconcileResult, typed: TypedRun): string {
  const words = ['workos-events', 'reconcile', '--from', new Date(window.fromMs).toISOString()];
  words.push('--to', new Date(window.toMs).toISOString());
  if (stream !== 'default') words.push('--stream', stream);
  if (typed.events) words.push('--events', typed.events.join(','));
  if (typed.org !== undefined) words.push('--org', typed.org);
  if (typed.processed !== undefined) words.push('--processed', typed.processed);
  if (typed.apiUrl !== undefined) words.push('--api-url', typed.apiUrl);
  if (typed.dotenv !== undefined) words.push('--dotenv', typed.dotenv);
  if (typed.store !== undefined) words.push('--store', typed.store);
  return words.map(shellWord).join(' ');
}
