import { createSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { CANARY } from '../lab.ts';
import { type ModelEvent, modelEvent, type NewEvent } from './model-events.ts';
import type { ModelHost } from './model-run.ts';

const HOLD_BACK_MS = 3_000;

/** The Events API of a schedule, and what it lists. */
export class ModelApi {
  /** As it lists them. */
  readonly events: ModelEvent[] = [];
  /** So many requests more fail. */
  failsLeft = 0;
  /** It lists the first event of each page twice. */
  repeats = false;
  private made = 0;
  private readonly sandbox: Sandbox;

  private constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
    sandbox.script = () => {
      if (this.failsLeft > 0) {
        this.failsLeft -= 1;
        return { status: 500, body: 'no' };
      }
      return this.repeats ? { edit: repeatFirst } : undefined;
    };
  }

  static async open(host: ModelHost): Promise<ModelApi> {
    const options = { count: 0, days: 1, holdBackMs: HOLD_BACK_MS, maxPerMinute: 0, apiKeys: [CANARY] };
    return new ModelApi(await createSandbox({ ...options, nowMs: () => host.nowMs() }));
  }

  get url(): string {
    return this.sandbox.url;
  }

  /** Where it is listed: behind those of its time. */
  add(event: NewEvent): ModelEvent {
    const added = modelEvent(this.made++, event);
    const at = this.events.findIndex(({ atMs }) => atMs > added.atMs);
    this.events.splice(at < 0 ? this.events.length : at, 0, added);
    this.sandbox.add(added);
    return added;
  }

  /** It knows this event as a cursor no more. */
  expire(id: string): void {
    this.sandbox.expire(id);
  }

  async close(): Promise<void> {
    await this.sandbox.close();
  }
}

function repeatFirst(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || !('data' in document)) return document;
  const { data } = document;
  return Array.isArray(data) && data.length > 1 ? { ...document, data: [data[0], ...data] } : document;
}
