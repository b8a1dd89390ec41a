/** A command line as it can be shown to others: as it was typed, without the secrets in it. */
import { withoutKeys } from './api-key.ts';
import { shownRoute } from './routes.ts';
import { shellWord } from './shell-word.ts';

/** `typed`: the words after the name of the program. `secrets`: values that no output may hold. */
export function shownCommand(typed: readonly string[], secrets: readonly string[]): string {
  const words = typed.map((word, index) => {
    if (typed[index - 1] === '--deliver') return shownRoute(word);
    const { route } = /^--deliver=(?<route>.*)$/s.exec(word)?.groups ?? {};
    return route === undefined ? word : `--deliver=${shownRoute(route)}`;
  });
  return ['workos-events', ...words.map((word) => shellWord(withoutSecrets(word, secrets)))].join(' ');
}

/** Also what is no secret of ours but looks like one: what stands before the `@` of an address, and its query. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return withoutKeys(text, secrets)
    .replace(/\bwhsec_[\w-]{8,}/g, 'whsec_…')
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#]*@/gi, '$1…@')
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/[^\s?#]*)[?#]\S*/gi, '$1?…');
}
