/** One case of `signatures.json`; `README.md` beside it says what each field means. */
export interface SignatureVector {
  readonly name: string;
  readonly header: readonly string[];
  readonly body: string;
  readonly secrets: readonly string[];
  readonly at_ms: number;
  readonly tolerance_ms: number | null;
  readonly valid: boolean;
  readonly reason: string;
  readonly signature_valid: boolean;
  readonly causes: readonly string[];
  readonly sdk: { readonly raw: boolean; readonly parsed: boolean };
}

export interface SignatureVectors {
  readonly api_key: string;
  readonly vectors: readonly SignatureVector[];
}
