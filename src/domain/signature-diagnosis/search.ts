/**
 * Looks for what makes a signature verify that does not: one change of the body, one of the secret, or one
 * of each. A match is proof, since nobody finds another body or secret for the same signature.
 */
import { timingSafeEqual } from 'node:crypto';
import type { BodyChange, BodyChangeId, SignedBody } from './body-change.ts';
import { BYTE_CHANGES } from './byte-changes.ts';
import { JSON_CHANGES, ORDER_CHANGES } from './json-changes.ts';
import { KeyedHash } from './keyed-hash.ts';
import type { ReceivedBody } from './received-body.ts';
import { SECRET_CHANGES, type SecretChangeId } from './secret-changes.ts';
import { WRAPPING_CHANGES } from './wrapping-changes.ts';

export interface Mismatch {
  readonly body: ReceivedBody;
  /** As the header has it. */
  readonly timestamp: string;
  readonly signatures: readonly Uint8Array[];
  readonly secrets: readonly string[];
  /** Somebody may have signed with it instead. */
  readonly apiKey: string | undefined;
}

export interface Found {
  readonly body: BodyChangeId | undefined;
  readonly secret: SecretChangeId | undefined;
  readonly time: TimeChangeId | undefined;
  /** Which of the secrets, as given. */
  readonly secretIndex: number;
  readonly signedBody: Uint8Array;
}

export type TimeChangeId = 'timestamp_converted' | 'timestamp_unsigned';

export interface SearchResult {
  readonly found: Found | undefined;
  /** False when the body was too large to try everything. */
  readonly complete: boolean;
}

const USUAL_CHANGES = [...BYTE_CHANGES, ...WRAPPING_CHANGES, ...JSON_CHANGES];
/** Under half a second, and more than the usual changes of a body of 1 MB take. */
const MOST_HASHED_BYTES = 96 * 1024 * 1024;
/** Orders of keys are many, and dear to make. */
const MOST_REORDERED_BYTES = 256 * 1024;
/** What a short text costs all the same. */
const BYTES_OF_ONE_HASH = 512;

export function searchChange(mismatch: Mismatch, mostBytes = MOST_HASHED_BYTES): SearchResult {
  return new Search(mismatch, mostBytes).run();
}

interface Key {
  readonly index: number;
  readonly change: SecretChangeId | undefined;
  readonly value: Uint8Array;
}

interface Body extends SignedBody {
  readonly change: BodyChangeId | undefined;
  readonly length: number;
}

class Search {
  readonly #mismatch: Mismatch;
  readonly #received: Body;
  readonly #given: readonly Key[];
  readonly #changed: readonly Key[];
  /** All that were tried, each once. */
  readonly #bodies: Body[];
  #bytesLeft: number;

  constructor(mismatch: Mismatch, mostBytes: number) {
    this.#mismatch = mismatch;
    this.#received = bodyOf(mismatch.body.bytes, undefined);
    this.#bodies = [this.#received];
    const keys = keysOf(mismatch);
    this.#given = keys.filter(({ change }) => change === undefined);
    this.#changed = keys.filter(({ change }) => change !== undefined);
    this.#bytesLeft = mostBytes;
  }

  run(): SearchResult {
    const { timestamp, body } = this.#mismatch;
    const canReorder = body.bytes.length <= MOST_REORDERED_BYTES;
    const prefix = `${timestamp}.`;
    const tryChanges = (changes: readonly BodyChange[]) => {
      const before = this.#bodies.length;
      return (
        this.#try(this.#changedBodies(changes), this.#given, prefix) ??
        this.#try(this.#bodies.slice(before), this.#changed, prefix)
      );
    };
    const found =
      this.#try([this.#received], this.#changed, prefix) ??
      this.#otherTime() ??
      tryChanges(USUAL_CHANGES) ??
      (canReorder ? tryChanges(ORDER_CHANGES) : undefined);
    return { found, complete: this.#bytesLeft > 0 && canReorder };
  }

  #otherTime(): Found | undefined {
    const { timestamp } = this.#mismatch;
    const converted = timestamp.length > 11 ? timestamp.slice(0, -3) : `${timestamp}000`;
    for (const [time, prefix] of [
      ['timestamp_converted', `${converted}.`],
      ['timestamp_unsigned', ''],
    ] as const) {
      const found = this.#try([this.#received], this.#given, prefix);
      if (found) return { ...found, time };
    }
    return undefined;
  }

  /** Each is made when its turn comes. */
  *#changedBodies(changes: readonly BodyChange[]): Iterable<Body> {
    for (const { id, undo } of changes) {
      for (const undone of undo(this.#mismatch.body)) {
        const body = bodyOf(undone, id);
        if (this.#bodies.some((other) => isSame(other, body))) continue;
        this.#bodies.push(body);
        yield body;
      }
    }
  }

  #try(bodies: Iterable<Body>, keys: readonly Key[], prefix: string): Found | undefined {
    const states = keys.map((key) => ({ key, state: KeyedHash.withKey(key.value).after(prefix) }));
    for (const body of bodies) {
      for (const { key, state } of states) {
        this.#bytesLeft -= body.length + BYTES_OF_ONE_HASH;
        if (this.#bytesLeft <= 0) return undefined;
        const whole = state.after(...body.parts);
        const end = body.ends.find((text) =>
          this.#isSignature((text === '' ? whole : whole.after(text)).digest()),
        );
        if (end !== undefined) return found(body, end, key);
      }
    }
    return undefined;
  }

  #isSignature(digest: Uint8Array): boolean {
    return this.#mismatch.signatures.some((signature) => timingSafeEqual(signature, digest));
  }
}

function found(body: Body, end: string, key: Key): Found {
  return {
    body: body.change,
    secret: key.change,
    time: undefined,
    secretIndex: key.index,
    signedBody: Buffer.concat([...body.parts, Buffer.from(end)]),
  };
}

function bodyOf(undone: SignedBody | Uint8Array | string, change: BodyChangeId | undefined): Body {
  const signed =
    typeof undone === 'string'
      ? { parts: [Buffer.from(undone)], ends: [''] }
      : undone instanceof Uint8Array
        ? { parts: [undone], ends: [''] }
        : undone;
  return { ...signed, change, length: signed.parts.reduce((sum, part) => sum + part.length, 0) };
}

/** Only what is in one part is compared; a body that is tried twice does no harm. */
function isSame(one: Body, other: Body): boolean {
  const [[a, ...moreOfA], [b, ...moreOfB]] = [one.parts, other.parts];
  if (one.length !== other.length || !a || !b || moreOfA.length > 0 || moreOfB.length > 0) return false;
  return one.ends.join() === other.ends.join() && Buffer.compare(a, b) === 0;
}

function keysOf({ secrets, apiKey }: Mismatch): readonly Key[] {
  const known = new Set<string>();
  const keys: Key[] = [];
  const add = (index: number, change: SecretChangeId | undefined, secret: string | Uint8Array) => {
    const value = Buffer.from(secret);
    const mark = value.toString('latin1');
    if (mark === '' || known.has(mark)) return;
    known.add(mark);
    keys.push({ index, change, value });
  };
  for (const [index, secret] of secrets.entries()) add(index, undefined, secret);
  for (const [index, secret] of secrets.entries()) {
    for (const { id, undo } of SECRET_CHANGES) for (const before of undo(secret)) add(index, id, before);
  }
  if (apiKey !== undefined) add(0, 'signed_with_api_key', apiKey);
  return keys;
}
