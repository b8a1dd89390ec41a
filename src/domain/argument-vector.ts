/**
 * Splits a command line into words as a POSIX shell does, with spaces, single and double quotes and
 * backslash, and expands nothing: `$`, `*`, `|` and the like are characters of a word.
 */
export type ArgumentVector =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** A quote without its other one, or a backslash with nothing behind it. */
  | { readonly kind: 'unfinished'; readonly character: string };

/** A run of plain characters, a quoted part, an escaped character, or space. */
const PIECE = /[^ \t\r\n'"\\]+|'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|(?<space>[ \t\r\n]+)/y;

export function splitArguments(text: string): ArgumentVector {
  const words: string[] = [];
  let word: string | undefined;
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < text.length) {
    const at = PIECE.lastIndex;
    const piece = PIECE.exec(text);
    if (piece === null) return { kind: 'unfinished', character: text.charAt(at) };
    if (piece.groups?.space === undefined) word = (word ?? '') + contentOf(piece[0]);
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  return { kind: 'words', words };
}

function contentOf(piece: string): string {
  if (piece.startsWith("'")) return piece.slice(1, -1);
  // Inside double quotes a backslash before any other character is one itself.
  if (piece.startsWith('"')) return piece.slice(1, -1).replace(/\\(["\\$`])/g, '$1');
  return piece.startsWith('\\') ? piece.slice(1) : piece;
}
