import { CATALOGUE } from '../domain/catalogue.ts';
import { organizationIdOf } from '../domain/lane.ts';
import type { EventsWish } from './admin/added-events.ts';
import type { EventIds } from './event-id.ts';
import type { EventList, GivenEvent } from './event-list.ts';
import { eventText } from './event-text.ts';
import { kindNow } from './history.ts';
import { isoTime } from './iso-time.ts';
import { seededRandom } from './random.ts';
import type { WebhookSender } from './webhooks/sender.ts';
import type { World } from './world.ts';

export interface HappeningsOptions {
  readonly list: EventList;
  readonly world: World;
  readonly ids: EventIds;
  readonly nowMs: () => number;
  readonly webhooks: WebhookSender | undefined;
}

/** What came to be while the sandbox ran. */
export interface Happened {
  readonly id: string;
  readonly type: string;
  readonly atMs: number;
}

const TICK_MS = 50;
/** Numbers of events put into the past count down from here, out of the way of the list's own. */
const LAST_NUMBER = 2 ** 30 - 1;

/** Events that happen while it runs: listed once they are not held back any more, sent as webhooks at once. */
export class Happenings {
  private readonly options: HappeningsOptions;
  private readonly drawKind: () => number;
  private timer: NodeJS.Timeout | undefined;
  private put = 0;

  constructor(options: HappeningsOptions) {
    this.options = options;
    this.drawKind = seededRandom(options.world.seed + 2);
  }

  /** Realistic events of now. */
  happen(count: number): void {
    for (let made = 0; made < count; made++) this.now(kindNow(this.drawKind), true);
  }

  add(...events: readonly GivenEvent[]): void {
    for (const event of events) {
      this.options.list.insert(event);
      this.options.webhooks?.send(event);
    }
  }

  /** As a person asked for; into the past they become visible late. */
  grant(wish: EventsWish): Happened[] {
    const { type, count, atMs, data, webhook } = wish;
    return Array.from({ length: count }, () => {
      const kind = type === undefined ? kindNow(this.drawKind) : CATALOGUE.indexOf(type);
      return atMs === undefined && data === undefined
        ? this.now(kind, webhook)
        : this.given(type ?? CATALOGUE[kind] ?? '', wish);
    });
  }

  keepHappening(rate: number): void {
    let owed = 0;
    this.timer = setInterval(() => {
      owed += (rate * TICK_MS) / 1000;
      const due = Math.floor(owed);
      owed -= due;
      this.happen(due);
    }, TICK_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.options.webhooks?.close();
  }

  private now(kind: number, webhook: boolean): Happened {
    const { list, nowMs, webhooks } = this.options;
    const { id, type, text, position } = list.append(nowMs(), kind);
    if (webhook) webhooks?.send({ id, text });
    return { id, type, atMs: position.atMs };
  }

  private given(type: string, { atMs = this.options.nowMs(), data, webhook }: EventsWish): Happened {
    const { list, world, ids, webhooks } = this.options;
    const n = LAST_NUMBER - this.put++;
    const id = ids.idOf(n, atMs);
    const createdAt = isoTime(atMs);
    const text =
      data === undefined
        ? eventText(world, { id, type, createdAt, n })
        : JSON.stringify({ object: 'event', id, event: type, data, created_at: createdAt });
    list.insert({ id, type, atMs, text, organizationId: organizationIdOf(type, dataIn(text)) ?? undefined });
    if (webhook) webhooks?.send({ id, text });
    return { id, type, atMs };
  }
}

function dataIn(text: string): unknown {
  const event: unknown = JSON.parse(text);
  return typeof event === 'object' && event !== null && 'data' in event ? event.data : undefined;
}
