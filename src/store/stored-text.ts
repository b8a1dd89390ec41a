/**
 * SQLite keeps UTF-8, in which a lone surrogate has no form: two ids that differ only there would become
 * one. Such a text is kept as a backslash and its JSON form, which names lone surrogates by
 * escapes; all others are kept as they are.
 */
const ESCAPE = '\\';
const NEEDS_ESCAPE = /^\\|\p{Surrogate}/u;

export function toStored(text: string): string {
  return NEEDS_ESCAPE.test(text) ? ESCAPE + JSON.stringify(text) : text;
}

export function fromStored(stored: string): string {
  return stored.startsWith(ESCAPE) ? String(JSON.parse(stored.slice(1))) : stored;
}
