import type { Context } from '../../context.ts';
import { secretsIn } from '../../domain/api-key.ts';
import { NEVER_SHOWN } from '../../domain/child-environment.ts';
import type { EventSource } from '../../domain/event-source.ts';
import type { ReconcileResult } from '../../domain/reconcile-result.ts';
import { shownCommand, withoutSecrets } from '../../domain/shown-command.ts';
import type { Io } from '../../io.ts';
import type { ReportFacts } from '../../output/reconcile/report/facts.ts';
import { version } from '../../version.ts';
import type { ReconcileOptions } from './options.ts';
import type { ReportFile } from './report-file.ts';

export interface Reported {
  readonly options: ReconcileOptions;
  /** The words of the command line. */
  readonly typed: readonly string[];
  readonly context: Context;
  readonly source: Pick<EventSource, 'nowMs'>;
  readonly io: Io;
}

/** Writes the page of a run, and tells where it is. */
export async function writeReport(file: ReportFile, result: ReconcileResult, run: Reported): Promise<void> {
  const { reportPage } = await import('../../output/reconcile/report/page.ts');
  await file.write(reportPage(result, await factsOf(result, run)));
  run.context.report({ kind: 'report_written', path: file.path });
  await run.context.finishReport();
}

async function factsOf(result: ReconcileResult, run: Reported): Promise<ReportFacts> {
  const { options, typed, context, source, io } = run;
  const { again, nextSteps } = await import('../../output/reconcile/next-steps.ts');
  const { apiKey, apiUrl } = context.config;
  const secrets = secretsIn({ ...io.env, ...context.config.values(NEVER_SHOWN) });
  const shown = (text: string) => withoutSecrets(text, secrets);
  return {
    command: shownCommand(typed, secrets),
    listCommand: shown(`${again(result, options)} --list missing`),
    nextSteps: nextSteps(result, options).map(shown),
    dryRun: options.dryRun ?? false,
    replay: options.replay ?? false,
    processed: options.processed === '-' ? 'stdin' : options.processed && shown(options.processed),
    apiUrl: apiUrl.origin,
    keyMode: apiKey.mode,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    writtenAtMs: await source.nowMs(io.signal),
    version: version(),
    nodeVersion: io.nodeVersion,
  };
}
