/** The calls of our program in what documents have a person, a CI server or cron type into a shell. */
import { parse } from 'yaml';
import type { CodeBlock } from './markdown.ts';

/** Lines of shell: of a script, behind a prompt, of a crontab, of the steps of a CI server. */
export function typedIn({ language, lines }: CodeBlock): string[] {
  if (language === 'sh') return [...lines];
  if (language === 'yaml') return stepsOf(parse(lines.join('\n')));
  return lines.flatMap((line) => {
    const [, typed] = /^\s*\$ (.*)$/.exec(line) ?? /^(?:[\d*/,-]+\s+){5}(.*)$/.exec(line) ?? [];
    return typed === undefined ? [] : [typed];
  });
}

/** `run` of GitHub Actions, `script` of GitLab, `command` of Kubernetes. */
function stepsOf(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(stepsOf);
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) => {
    if (name === 'run' && typeof value === 'string') return value.split('\n');
    if (name === 'script' && Array.isArray(value)) return value.map(String);
    if (name === 'command' && Array.isArray(value)) return [value.join(' ')];
    return stepsOf(value);
  });
}

/** `npx workos-events sync | head` is one call, with the arguments `['sync']`. */
export function callsIn(line: string): string[][] {
  const inner = [...line.matchAll(/\$\(([^)]*)\)/g)].flatMap(([, text = '']) => callsIn(text));
  const outer = segments(line.replace(/\$\([^)]*\)/g, 'x').replace(/\d?>&\d/g, ''));
  return [...inner, ...outer.flatMap(callsOf)];
}

function callsOf(words: readonly string[]): string[][] {
  const at = words.indexOf('workos-events');
  // As an argument of another program, such as the subject of a mail, it is a word like any other.
  if (at < 0 || words.slice(0, at).some((word) => /^(?:mail|echo|-s)$/.test(word))) return [];
  const argv = words.slice(at + 1);
  const dashes = argv.indexOf('--');
  // What stands behind -- is a command of its own; the program only gets it as it is.
  return dashes < 0 ? [argv] : [argv, ...callsOf(argv.slice(dashes + 1))];
}

/** Words between pipes and other signs of the shell, without quotes and comments. */
function segments(line: string): string[][] {
  const found: string[][] = [[]];
  for (const [token] of line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"|&;<>])+|[|&;<>]+/g)) {
    if (token.startsWith('#')) break;
    if (/^[|&;<>]/.test(token)) found.push([]);
    else found.at(-1)?.push(token.replace(/['"]/g, ''));
  }
  return found;
}
