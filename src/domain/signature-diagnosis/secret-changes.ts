/** What happens to a secret between the dashboard and the program that verifies with it. */
export type SecretChangeId =
  | 'secret_space'
  | 'secret_quotes'
  | 'secret_assignment'
  | 'secret_newline_lost'
  | 'secret_prefix'
  | 'secret_base64'
  | 'signed_with_api_key';

export interface SecretChange {
  readonly id: SecretChangeId;
  /** The secrets that it may have been before. */
  readonly undo: (secret: string) => readonly (string | Uint8Array)[];
}

export const SECRET_CHANGES: readonly SecretChange[] = [
  { id: 'secret_space', undo: (secret) => [withoutSpace(secret), secret.replace(/\s+/g, '')] },
  { id: 'secret_quotes', undo: (secret) => [withoutQuotes(secret)] },
  { id: 'secret_assignment', undo: (secret) => [withoutQuotes(secret.replace(/^[^=]*=/, ''))] },
  { id: 'secret_newline_lost', undo: (secret) => [`${secret}\n`] },
  { id: 'secret_prefix', undo: (secret) => [secret.replace(/^whsec_/, '')] },
  { id: 'secret_base64', undo: decoded },
];

/** A literal `\n` comes from a file of settings or from JSON. */
const ENDS = /^[\s\u200b-\u200d\u2060]+|(?:[\s\u200b-\u200d\u2060]|\\[nr])+$/g;

function withoutSpace(secret: string): string {
  return secret.replace(ENDS, '');
}

function withoutQuotes(secret: string): string {
  return withoutSpace(withoutSpace(secret).replace(/^["'`“”‘’]+|["'`“”‘’]+$/g, ''));
}

/** The scheme of Svix: behind the prefix is the key, in base64. */
function decoded(secret: string): readonly Uint8Array[] {
  const text = secret.replace(/^whsec_/, '');
  return /^[\w+/-]{16,}={0,2}$/.test(text) ? [Buffer.from(text, 'base64')] : [];
}
