import type { Attempt, Outcome, Sink } from '../domain/delivery.ts';
import type { SinkNeeds } from './sink-needs.ts';

/** One event a line; acknowledged when the system took it. */
export class StdoutSink implements Sink {
  readonly name: string;
  readonly #stdout: SinkNeeds['stdout'];

  constructor(name: string, { stdout }: Pick<SinkNeeds, 'stdout'>) {
    this.name = name;
    this.#stdout = stdout;
  }

  async open(): Promise<void> {}

  deliver({ text }: Attempt, signal: AbortSignal): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      // Who reads may take long, as a pager does, or never go on.
      const onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#stdout
        .write(`${text}\n`)
        .finally(() => signal.removeEventListener('abort', onAbort))
        .then(() => resolve({ kind: 'acknowledged' }), reject);
    });
  }

  async close(): Promise<void> {}
}
