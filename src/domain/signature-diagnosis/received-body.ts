import { jsonValue } from '../json-value.ts';
import { compact, spaced } from './json-layout.ts';
import { jsonTokens } from './json-tokens.ts';

/** Beyond this the JSON is not taken apart: WorkOS sends none as large, and it would take long. */
const MOST_JSON_BYTES = 8 * 1024 * 1024;

/** JSON in the forms that several changes start from. */
export interface ReceivedJson {
  readonly value: unknown;
  readonly text: string;
  readonly tokens: readonly string[];
  readonly compact: string;
  readonly spaced: string;
}

/** A body as it came, and what can be read in it, each made once and when first asked for. */
export class ReceivedBody {
  readonly bytes: Uint8Array;
  #text: { readonly read: string | undefined } | undefined;
  #json: { readonly read: ReceivedJson | undefined } | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get isTooLarge(): boolean {
    return this.bytes.length > MOST_JSON_BYTES;
  }

  /** Undefined when it is no UTF-8. */
  get text(): string | undefined {
    this.#text ??= { read: strictUtf8(this.bytes) };
    return this.#text.read;
  }

  /** White space and a byte-order mark around it aside; undefined when it is none. */
  get json(): ReceivedJson | undefined {
    this.#json ??= { read: this.isTooLarge || this.text === undefined ? undefined : readJson(this.text) };
    return this.#json.read;
  }
}

function strictUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function readJson(text: string): ReceivedJson | undefined {
  const json = text.trim();
  const value = jsonValue(json);
  if (value === undefined) return undefined;
  const tokens = jsonTokens(json);
  return { value, text, tokens, compact: compact(tokens), spaced: spaced(tokens) };
}
