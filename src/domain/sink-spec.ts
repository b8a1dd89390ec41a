/** Where events go, as values; `text` is what was typed. */
export type SinkSpec =
  | { readonly kind: 'stdout'; readonly text: string }
  | { readonly kind: 'file'; readonly text: string; readonly path: string }
  | { readonly kind: 'exec'; readonly text: string; readonly argv: readonly [string, ...string[]] }
  | { readonly kind: 'http'; readonly text: string; readonly url: URL };
