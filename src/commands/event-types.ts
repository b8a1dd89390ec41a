import type { Command } from 'commander';
import { CATALOGUE } from '../domain/catalogue.ts';
import { eventDomains } from '../domain/event-domains.ts';
import { nearestPattern } from '../domain/nearest-pattern.ts';
import { isGlob, matchesPattern } from '../domain/patterns.ts';
import { AppError } from '../errors.ts';
import type { Io } from '../io.ts';
import { addColorFlag } from './flags.ts';

export interface TypesOptions {
  readonly json?: boolean;
  readonly color?: boolean;
}

export function registerTypes(program: Command, io: Io, done: (status: number) => void): void {
  const command = program
    .command('types')
    .summary('list the types of events')
    .description(
      'Lists the types of events that WorkOS sends, by what they are about. All of them, or those of the patterns.',
    )
    .argument('[patterns...]', "such as 'dsync.*' or '*.deleted'")
    .optionsGroup('Output:')
    .option('--json', 'print one JSON document on stdout');
  addColorFlag(command)
    .addHelpText(
      'after',
      `
Examples:
  $ workos-events types                                 all of them
  $ workos-events types 'dsync.*' '*_failed'            those that a pattern takes
  $ workos-events types 'user.*' --json | jq -r '.domains[].types[]'`,
    )
    .action(async (patterns: string[], options: TypesOptions) => done(await runTypes(patterns, options, io)));
}

export async function runTypes(patterns: readonly string[], options: TypesOptions, io: Io): Promise<number> {
  for (const pattern of patterns) refuseUnknown(pattern);
  const domains = eventDomains(CATALOGUE, patterns);
  const { typesJson, typesText } = await import('../output/types-answer.ts');
  const { styleFor } = await import('../output/style.ts');
  const style = styleFor({ isTTY: io.stdout.isTTY, env: io.env, flag: options.color });
  await io.stdout.write(options.json ? `${JSON.stringify(typesJson(domains))}\n` : typesText(domains, style));
  return 0;
}

function refuseUnknown(pattern: string): void {
  if (CATALOGUE.some((type) => matchesPattern(pattern, type))) return;
  const nearest = nearestPattern(pattern, CATALOGUE);
  const hint = `${nearest === undefined ? '' : `Did you mean '${nearest}'? `}workos-events types lists them all.`;
  throw isGlob(pattern)
    ? new AppError('invalid_pattern', `The pattern ${pattern} matches no event type.`, { hint })
    : new AppError('unknown_event_type', `There is no event type ${pattern} in the catalogue.`, { hint });
}
