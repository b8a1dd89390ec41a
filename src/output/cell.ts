import { printable } from './figures.ts';

/** Letters that take two columns of a terminal, and marks that take none. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uff01-\uff60]/u;
const NO_WIDTH = /\p{M}/u;

export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += widthOfCharacter(character);
  return width;
}

/** Printable, and exactly so wide: filled with spaces or shortened where `shorten` says. */
export function cell(text: string, width: number, shorten: Shorten | undefined): string {
  const shown = printable(text);
  const free = width - widthOf(shown);
  if (free >= 0) return shown + ' '.repeat(free);
  if (!shorten) return shown;
  const short = shorten(shown, width);
  return short + ' '.repeat(Math.max(0, width - widthOf(short)));
}

export type Shorten = (text: string, width: number) => string;

/** `lucia.obrien42@ac…` */
export const atEnd: Shorten = (text, width) => `${start(text, width - 1)}…`;

/** `authentication.…_succeeded`: where both ends tell something. */
export const inMiddle: Shorten = (text, width) => {
  const tail = end(text, Math.floor((width - 1) * 0.4));
  return `${start(text, width - 1 - widthOf(tail))}…${tail}`;
};

/** `org_…7K2QD`: ids of one kind differ at their ends. */
export const idsEnd: Shorten = (text, width) => {
  const kind = /^[a-z]+_/.exec(text)?.[0] ?? '';
  const prefix = kind.length + 5 <= width ? kind : '';
  return `${prefix}…${end(text, width - prefix.length - 1)}`;
};

function start(text: string, width: number): string {
  let taken = '';
  let left = width;
  for (const character of text) {
    left -= widthOfCharacter(character);
    if (left < 0) break;
    taken += character;
  }
  return taken;
}

function end(text: string, width: number): string {
  const characters = [...text];
  let left = width;
  let from = characters.length;
  while (from > 0) {
    left -= widthOfCharacter(characters[from - 1] ?? '');
    if (left < 0) break;
    from -= 1;
  }
  return characters.slice(from).join('');
}

function widthOfCharacter(character: string): number {
  if (NO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
