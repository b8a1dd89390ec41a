/** What a check found: a code with its arguments, and what people are told about it, kept apart. */
export type Status = 'pass' | 'warn' | 'fail' | 'skip';

export interface Told {
  readonly status: Status;
  /** The cause passes by itself, such as a 5xx or a time-out. */
  readonly transient?: boolean;
  /** What is so: a sentence, or two. */
  readonly detail: string;
  /** What to do about it, the likeliest first; each is enough to try by itself. */
  readonly fixes?: readonly string[];
}

/** What a finding without arguments has in their place. */
export type Bare = unknown;

/** `Codes` gives each code its arguments: `{ accepted: Bare; refused: { status: number } }`. */
export type FindingOf<Codes> = {
  [Code in keyof Codes]: { readonly code: Code } & Codes[Code];
}[keyof Codes];

/** The sentences of one check; a code without one does not compile. */
export type Sentences<Codes> = { readonly [Code in keyof Codes]: (finding: Codes[Code]) => Told };

/** A finding as it is shown. */
export interface Finding extends Required<Told> {
  readonly code: string;
}

export function told<Codes>(
  sentences: Sentences<Codes>,
  findings: readonly FindingOf<Codes>[],
): readonly Finding[] {
  return findings.map((finding) => tell<Codes, keyof Codes>(sentences, finding));
}

function tell<Codes, Code extends keyof Codes>(
  sentences: Sentences<Codes>,
  finding: { readonly code: Code } & Codes[Code],
): Finding {
  const { status, transient = false, detail, fixes = [] } = sentences[finding.code](finding);
  return { code: String(finding.code), status, transient, detail, fixes };
}

/** Without what must not be shown: a server may repeat in its words what we sent it. */
export function cleaned(findings: readonly Finding[], clean: (text: string) => string): readonly Finding[] {
  return findings.map((finding) => ({
    ...finding,
    detail: clean(finding.detail),
    fixes: finding.fixes.map(clean),
  }));
}
