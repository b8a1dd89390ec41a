/** The calls of our program in a line that a person types into a shell. */

/** `npx workos-events sync | head` is one call, with the arguments `['sync']`. */
export function callsIn(line: string): string[][] {
  const inner = [...line.matchAll(/\$\(([^)]*)\)/g)].flatMap(([, text = '']) => callsIn(text));
  const outer = segments(line.replace(/\$\([^)]*\)/g, 'x'));
  return [...inner, ...outer.flatMap(callsOf)];
}

function callsOf(words: readonly string[]): string[][] {
  const at = words.indexOf('workos-events');
  if (at < 0) return [];
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
