import type { ReceivedBody } from './received-body.ts';

export type BodyChangeId =
  | 'newline_added'
  | 'newline_removed'
  | 'crlf_added'
  | 'crlf_removed'
  | 'space_added'
  | 'bom_added'
  | 'bom_removed'
  | 'latin1_decoded'
  | 'latin1_encoded'
  | 'utf16_encoded'
  | 'base64_encoded'
  | 'compressed'
  | 'url_encoded'
  | 'form_parsed'
  | 'json_in_json'
  | 'enveloped'
  | 'json_spaced'
  | 'json_compacted'
  | 'unicode_escaped'
  | 'unicode_unescaped'
  | 'slashes_escaped'
  | 'slashes_unescaped'
  | 'json_reserialized'
  | 'keys_reordered'
  | 'object_added'
  | 'signed_as_string';

/** What may have been signed: bodies that differ in their ends only share the work of the rest. */
export interface SignedBody {
  readonly parts: readonly Uint8Array[];
  readonly ends: readonly string[];
}

/** Something that happens to a body between who signs it and who verifies it. */
export interface BodyChange {
  readonly id: BodyChangeId;
  /** The bodies that it may have been before; none when this cannot have happened to it. */
  readonly undo: (body: ReceivedBody) => Iterable<SignedBody | Uint8Array | string>;
}
