/**
 * Which of the event types the API refuses. It refuses a whole call for one it does not know: its words name
 * that one, and what is left is asked again; where they do not, halves are.
 */
import { namesRefusedIn } from '../refused-name.ts';

export interface RefusedType {
  readonly name: string;
  /** What the API said about it. */
  readonly words: string;
}

export interface TypesTold {
  readonly accepted: readonly string[];
  readonly refused: readonly RefusedType[];
  /** Some of them are refused, but it takes too many requests to say which. */
  readonly untold: readonly string[];
}

/** An API that knows the 81 types of 2025 refuses 30 of ours, one a request. */
const MOST_REQUESTS = 40;

export class TypeSearch {
  readonly #accepted: string[] = [];
  readonly #refused: RefusedType[] = [];
  /** The last is asked next. */
  readonly #groups: (readonly string[])[] = [];
  readonly #mostRequests: number;
  #requests = 0;

  /** `words`: those with which all of the names together were refused. */
  constructor(names: readonly string[], words: string, mostRequests = MOST_REQUESTS) {
    this.#mostRequests = mostRequests;
    this.#divide(names, words);
  }

  /** What to ask for next; undefined at the end. */
  get next(): readonly string[] | undefined {
    return this.#requests < this.#mostRequests ? this.#groups.at(-1) : undefined;
  }

  accepted(): void {
    this.#accepted.push(...this.#take());
  }

  refused(words: string): void {
    this.#divide(this.#take(), words);
  }

  get told(): TypesTold {
    return { accepted: this.#accepted, refused: this.#refused, untold: this.#groups.flat() };
  }

  #take(): readonly string[] {
    this.#requests += 1;
    return this.#groups.pop() ?? [];
  }

  #divide(names: readonly string[], words: string): void {
    const [name, ...others] = names.length === 1 ? names : namesRefusedIn(words, names);
    if (name !== undefined && others.length === 0) {
      this.#refused.push({ name, words });
      const rest = names.filter((other) => other !== name);
      if (rest.length > 0) this.#groups.push(rest);
      return;
    }
    const middle = Math.ceil(names.length / 2);
    this.#groups.push(names.slice(middle), names.slice(0, middle));
  }
}
