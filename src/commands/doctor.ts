import { type Command, Option } from 'commander';
import { secretsIn, withoutKeys } from '../domain/api-key.ts';
import { CATALOGUE } from '../domain/catalogue.ts';
import { NEVER_SHOWN } from '../domain/child-environment.ts';
import { type Diagnosis, diagnosisOf, judged } from '../domain/doctor/check-result.ts';
import { INTEGRATIONS } from '../domain/doctor/checks.ts';
import { planChecks } from '../domain/doctor/plan.ts';
import { integrationsOf } from '../domain/doctor/setup.ts';
import { initialFilter, subscriptionOf } from '../domain/stream-filter.ts';
import type { Checks } from '../flows/doctor/check.ts';
import type { Io } from '../io.ts';
import { type AnswerForm, giveDiagnosis, giveList } from './doctor/answer.ts';
import { type DoctorFlags, FORMATS, integration, list, webUrl } from './doctor/options.ts';
import { refuseContradictions, wishFrom } from './doctor/wish.ts';
import { refuseEmptyPattern } from './event-patterns.ts';
import { addApiFlags, addOutputFlags, addStoreFlag, eventsOption } from './flags.ts';

export function registerDoctor(program: Command, io: Io, done: (status: number) => void): void {
  const command = program
    .command('doctor')
    .summary('whether your setup is sound, and what to do where it is not')
    .description(
      'Checks key, network, clock, sources of events, webhooks, store and Datadog, all at once, and says what to do about what is wrong. Changes nothing.',
    )
    .addOption(
      new Option('--for <integration>', 'what this needs has to be there; repeatable')
        .choices(INTEGRATIONS)
        .argParser(integration),
    )
    .addOption(
      new Option('--endpoint <url>', 'your webhook endpoint: test events are sent to it').argParser(webUrl),
    )
    .addOption(new Option('--only <checks>', "these alone, such as 'auth.*,time.clock'").argParser(list))
    .addOption(new Option('--skip <checks>', 'all but these').argParser(list))
    .addOption(eventsOption())
    .option('--strict', 'warnings fail')
    .option('--allow-transient', 'a failure that passes by itself (a 5xx, a time-out) is a warning')
    .option('--list-checks', 'list the checks, and run none');
  addStoreFlag(
    addApiFlags(
      addOutputFlags(command).addOption(
        new Option('--format <format>', 'how the answer is written; as a table unless said').choices(FORMATS),
      ),
    ),
  )
    .addHelpText(
      'after',
      `
Examples:
  $ workos-events doctor                                  what is set up here
  $ workos-events doctor --for webhooks                   webhooks have to work
  $ workos-events doctor --endpoint https://app.example/webhooks/workos
  $ workos-events doctor --only 'auth.*' --format github  a smoke check in CI
  $ workos-events doctor --json | jq '.checks[] | select(.status == "fail")'`,
    )
    .action(async (flags: DoctorFlags) => done(await runDoctor(flags, io)));
}

/** Exit status: 1 when a check fails. */
export async function runDoctor(flags: DoctorFlags, io: Io, known?: Checks): Promise<number> {
  refuseContradictions(flags);
  const { events: patterns = [], color, quiet, verbose } = flags;
  for (const pattern of patterns) refuseEmptyPattern(pattern);
  const form: AnswerForm = { format: flags.json ? 'json' : (flags.format ?? 'table'), color };
  if (flags.listChecks) return await giveList(form, io);
  const wish = wishFrom(flags);
  const { Context } = await import('../context.ts');
  const { LiveList } = await import('../output/doctor/live-list.ts');
  const { runChecks } = await import('../flows/doctor/run-checks.ts');
  const checks: Checks = known ?? (await import('../flows/doctor/registry.ts')).REGISTRY;
  const context = new Context(io, flags);
  const { config, clock } = context;
  // An address given on the command line is refused like any other flag.
  if (flags.apiUrl !== undefined) config.apiUrlFor(undefined);
  const beforeTable = form.format === 'table';
  const plainLines = verbose === true || !beforeTable;
  const live = new LiveList(io, { quiet, color, beforeTable, plainLines });
  const startedAtMs = clock.nowMs();
  const startedMs = clock.monotonicMs();
  try {
    const { types } = subscriptionOf({ ...initialFilter(patterns, CATALOGUE, 0), organizationId: null });
    const ports = await context.doctorPorts({ endpoint: flags.endpoint, patterns, types });
    const secrets = secretsIn({ ...io.env, ...config.values(NEVER_SHOWN) });
    const results = await runChecks({
      plan: planChecks(wish, integrationsOf(ports.setup)),
      checks,
      ports,
      signal: io.signal,
      clean: (text) => withoutKeys(text, secrets),
      onProgress: (progress) => live.show(progress),
    });
    await live.finish();
    const { strict = false, allowTransient = false } = flags;
    const told = results.map((result) => judged(result, { strict, allowTransient }));
    const diagnosis: Diagnosis = diagnosisOf(told, Math.round(clock.monotonicMs() - startedMs));
    await giveDiagnosis(diagnosis, startedAtMs, form, io);
    return diagnosis.ok ? 0 : 1;
  } finally {
    await live.finish();
    await context.close();
  }
}
