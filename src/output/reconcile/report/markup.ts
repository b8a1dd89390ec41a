/**
 * HTML that escapes by itself: a template's own text is markup, whatever is put into it is text. A value is
 * made visible first (control characters, marks that turn the direction of writing, halves of characters)
 * and loses what looks like an API key. Values stand between tags or in quoted attributes, nowhere else.
 */
import { withoutKeys } from '../../../domain/api-key.ts';
import { count, printable } from '../../figures.ts';

/** Markup that stands in a page as it is. For constants, and for what `html` made. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Nothing for undefined; a list is its parts, one behind the other. */
export type Value = Markup | string | number | undefined | readonly Value[];

export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(parts.map((part, index) => part + textOf(values[index])).join(''));
}

function textOf(value: Value): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? escaped(value) : value.map(textOf).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return printable(withoutKeys(text)).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

const LONGEST = 160;

/** A name or id of the sender's, which may be of any length. */
export function code(text: string): Markup {
  return html`<code>${shortened(text)}</code>`;
}

/** Of a type of events: a line may break behind its dots and underscores. */
export function typeName(type: string): Markup {
  const parts = shortened(type).split(/(?<=[._])/);
  return html`<code>${parts.map((part, index) => [index === 0 ? undefined : BREAK, part])}</code>`;
}

const BREAK = new Markup('<wbr>');

function shortened(text: string): string {
  if (text === '') return '""';
  return text.length > LONGEST ? `${text.slice(0, 100)}…${text.slice(-40)}` : text;
}

/** A command to copy; its lines break between words. */
export function typed(command: string): Markup {
  const words = command.split(' ').map((word, index) => [index === 0 ? '' : ' ', html`<span>${word}</span>`]);
  return html`<code class="typed">${words}</code>`;
}

/** `2026-11-24 08:55:10`, where the page says that times are UTC. */
export function moment(ms: number): Markup {
  const iso = new Date(ms).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')}</time>`;
}

/** A cell with a number, which tells its column where the heads of columns have no room. */
export function figure(column: string, value: number): Markup {
  return html`<td data-label="${column}"${value === 0 ? html` class="none"` : undefined}>${count(value)}</td>`;
}
