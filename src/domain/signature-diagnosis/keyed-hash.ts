import { createHash } from 'node:crypto';

type Hash = ReturnType<typeof createHash>;

const BLOCK_BYTES = 64;

/** HMAC-SHA256 put together from its hashes, which can be copied: what texts begin with is hashed once. */
export class KeyedHash {
  readonly #inner: Hash;
  readonly #outer: Hash;

  private constructor(inner: Hash, outer: Hash) {
    this.#inner = inner;
    this.#outer = outer;
  }

  static withKey(key: Uint8Array): KeyedHash {
    const short = key.length > BLOCK_BYTES ? createHash('sha256').update(key).digest() : key;
    const padded = (pad: number) => {
      const block = new Uint8Array(BLOCK_BYTES).fill(pad);
      for (const [at, byte] of short.entries()) block[at] = byte ^ pad;
      return createHash('sha256').update(block);
    };
    return new KeyedHash(padded(0x36), padded(0x5c));
  }

  /** What it is after more of the text; it stays as it is. */
  after(...texts: readonly (string | Uint8Array)[]): KeyedHash {
    const inner = this.#inner.copy();
    for (const text of texts) inner.update(text);
    return new KeyedHash(inner, this.#outer);
  }

  digest(): Uint8Array {
    return this.#outer.copy().update(this.#inner.copy().digest()).digest();
  }
}
