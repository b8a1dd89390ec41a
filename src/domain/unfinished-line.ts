/** What a file ends with behind its last line break, and what a writer of events is to do about it. */
export type LastLine =
  /** The file ends with a line break, or is empty. */
  | { readonly kind: 'ended' }
  /** What a crash left of a line of ours: the file is cut to `keptBytes` of this piece. */
  | { readonly kind: 'torn'; readonly keptBytes: number }
  /** A whole event, or nothing of ours: it stays, and gets its line break. */
  | { readonly kind: 'unended' };

/** After a power cut the file system may show blocks that were never written. */
const NEVER_WRITTEN = 0;

/** `piece`: all bytes behind the last line break. */
export function judgeLastLine(piece: Buffer): LastLine {
  if (piece.length === 0) return { kind: 'ended' };
  let end = piece.length;
  while (end > 0 && piece[end - 1] === NEVER_WRITTEN) end -= 1;
  if (end === 0) return { kind: 'torn', keptBytes: 0 };
  const line = piece.toString('utf8', 0, end);
  // Events are objects, and their text has no space outside strings.
  if (!line.startsWith('{"') && line !== '{') return { kind: 'unended' };
  if (!isJson(line)) return { kind: 'torn', keptBytes: 0 };
  return end === piece.length ? { kind: 'unended' } : { kind: 'torn', keptBytes: end };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
