/** GitHub Actions: commands on stdout that become annotations, and Markdown for the summary of the job. */
import type { CheckResult, Diagnosis } from '../../domain/doctor/check-result.ts';
import { printable } from '../figures.ts';
import { saidOf } from './said.ts';
import { broken, sharing } from './shown-checks.ts';

/** What is well, or does not apply, needs no annotation: a step has room for ten of a kind. */
export function githubAnnotations({ checks, summary, ok }: Diagnosis): string {
  const commands = checks.flatMap((check) => {
    const level = check.status === 'fail' ? 'error' : check.status === 'warn' ? 'warning' : undefined;
    return level ? [command(level, check.id, saidOf(check))] : [];
  });
  const { pass, warn, fail, skip } = summary;
  const counts = `${fail} failed, ${warn} with a warning, ${pass} passed, ${skip} skipped`;
  return [...commands, command('notice', 'workos-events doctor', `${verdictOf(ok, warn)}: ${counts}`)].join(
    '',
  );
}

function command(level: 'error' | 'warning' | 'notice', title: string, text: string): string {
  return `::${level} title=${property(title)}::${message(text)}\n`;
}

/** A line that held another command would be carried out. */
function message(text: string): string {
  const lines = text.split('\n').map(printable).join('\n');
  return lines.replaceAll('%', '%25').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return message(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

const SIGNS: Readonly<Record<CheckResult['status'], string>> = {
  pass: '✅ pass',
  warn: '⚠️ warn',
  fail: '❌ fail',
  skip: '➖ skip',
};

/** Appended to the file that `GITHUB_STEP_SUMMARY` names. */
export function githubSummary({ checks, ok, summary }: Diagnosis): string {
  const shown = checks.filter(({ chosen }) => chosen);
  const rows = sharing(shown).map((row) => {
    const ids = row.map(({ id }) => `\`${id}\``).join(', ');
    const [{ status, detail } = { status: 'skip', detail: '' } as const] = row;
    return `| ${SIGNS[status]} | ${ids} | ${markdown(detail)} |\n`;
  });
  const fixes = broken(shown).map(({ id, fixes }) => `\n**\`${id}\`**\n\n${fixes.map(item).join('')}`);
  return [
    `## workos-events doctor: ${verdictOf(ok, summary.warn)}\n\n`,
    '| | Check | |\n|---|---|---|\n',
    ...rows,
    ...(fixes.length === 0 ? [] : ['\n### What to do\n', ...fixes]),
    '\n',
  ].join('');
}

/** A command or a report in lines of its own is a block of code, from which it can be copied. */
function item(fix: string): string {
  const [first = '', ...rest] = fix.split('\n');
  const block = rest.map((line) => `      ${printable(line)}\n`);
  return `- ${markdown(first)}\n${block.length === 0 ? '' : `\n${block.join('')}\n`}`;
}

function verdictOf(ok: boolean, warnings: number): string {
  if (!ok) return 'not good';
  return warnings > 0 ? 'good, with warnings' : 'all good';
}

/** As it stands: text from outside makes no table, link, image or HTML. */
function markdown(text: string): string {
  return text
    .split('\n')
    .map(printable)
    .join(' ')
    .replace(/[\\`*_{}[\]<>()#|~!&$@]/g, (character) => `&#${character.charCodeAt(0)};`);
}
