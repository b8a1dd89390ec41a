import type { ReconcileResult } from '../../../domain/reconcile-result.ts';
import { html, type Markup } from './markup.ts';

/** For readers who do not know the program: what the page calls things. */
export function words({ notSettled, forgotten, late }: ReconcileResult): Markup {
  const told: readonly (readonly [word: string, means: string, isUsed: boolean])[] = [
    ['Missing', 'WorkOS lists it, and nothing shows that it was processed.', true],
    ['Processed', 'delivered, kept as asked, or given up by a person.', true],
    ['Pending', 'known, and waiting to be delivered.', true],
    ['Dead', 'its delivery was given up after failed attempts; it waits for a person.', true],
    ['Stray', 'the stream has it, and WorkOS does not list it.', true],
    ['Not settled', 'of the last minute: WorkOS may still be listing its neighbours.', notSettled > 0],
    ['Not remembered', 'from before what the stream remembers.', forgotten > 0],
    ['Late', 'delivered after a newer event of the same object.', late > 0],
  ];
  return html`<section aria-labelledby="words">
<h2 id="words">Words</h2>
<dl class="words">
${told
  .filter(([, , isUsed]) => isUsed)
  .map(
    ([word, means]) => html`<div><dt>${word}</dt><dd>${means}</dd></div>
`,
  )}</dl>
</section>`;
}
