/** `GET /events`, one page a call, behind the port of the domain. It repairs what it asks for by itself. */
import type { Report } from '../domain/activity.ts';
import type { Clock } from '../domain/clock.ts';
import type { Page } from '../domain/event.ts';
import { isReversed, readEventPage } from '../domain/event-page.ts';
import {
  CursorRefused,
  type EventSource,
  type EventTypes,
  type PageAnswer,
  type PageRequest,
} from '../domain/event-source.ts';
import { nearestName } from '../domain/nearest-name.ts';
import { AppError } from '../errors.ts';
import { reach } from '../fault-points.ts';
import type { Query } from './built-request.ts';
import type { Answer, WorkosClient } from './client.ts';
import { badRequest, quoted, type Refusal } from './refusal.ts';
import { refusedCursor } from './refused-cursor.ts';
import { type NamesRefused, refusedNames } from './refused-names.ts';

export interface EventSourceOptions {
  readonly client: WorkosClient;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly report: Report;
  /** The catalogue, for "did you mean". */
  readonly knownTypes: readonly string[];
  /** A page may run backwards in time by this much; by more, the server ignores `order=asc`. */
  readonly overlapMs: number;
}

/** Servers answer 414 or 431 to longer addresses, of which the event types are some 3 kB. */
const LONGEST_CURSOR = 8_000;

/** A type that every WorkOS environment knows, for asking only what time it is. */
const ANY_TYPE = 'user.created';

export function createEventSource(options: EventSourceOptions): EventSource {
  return new WorkosEventSource(options);
}

class WorkosEventSource implements EventSource {
  readonly refusedTypes = new Set<string>();
  readonly #options: EventSourceOptions;
  /** Callers that are refused together find the names together. */
  #search: Promise<void> | undefined;

  constructor(options: EventSourceOptions) {
    this.#options = options;
  }

  get requests(): number {
    return this.#options.client.requests;
  }

  get retries(): number {
    return this.#options.client.retries;
  }

  async read(request: PageRequest, signal: AbortSignal): Promise<PageAnswer> {
    if (request.after === '') {
      // The SDK leaves an empty `after` out, and the list would start over.
      throw new CursorRefused('an event with an empty id cannot be a cursor');
    }
    if (request.after !== undefined && request.after.length > LONGEST_CURSOR) {
      throw new CursorRefused('an event with so long an id cannot be a cursor');
    }
    for (;;) {
      const names = this.#namesOf(request.types);
      const answer = await this.#ask(queryOf(request, names), request.rangeStartMs, signal);
      if (answer.kind === 'answered') {
        return this.#checked(answer, request);
      }
      await this.#repair(answer.refusal, request, names, signal);
    }
  }

  async nowMs(signal: AbortSignal): Promise<number> {
    const { client, clock } = this.#options;
    if (client.now() === undefined) {
      await this.#ask({ events: ANY_TYPE, limit: 1, order: 'asc' }, undefined, signal);
    }
    return client.now() ?? clock.nowMs();
  }

  #ask(query: Query, elsewhereMs: number | undefined, signal: AbortSignal): Promise<Answer<Page>> {
    const { client, clock } = this.#options;
    return client.get(
      '/events',
      query,
      (text) => readEventPage(text, elsewhereMs ?? client.now() ?? clock.nowMs()),
      signal,
    );
  }

  #namesOf({ exact, expanded }: EventTypes): string[] {
    const names = new Set([...exact, ...expanded.filter((name) => !this.refusedTypes.has(name))]);
    if (names.size === 0) {
      throw new AppError('unknown_event_type', 'WorkOS knows none of the event types that were asked for.', {
        hint: 'See https://workos.com/docs/events for the names, or ask for one by its exact name.',
      });
    }
    return [...names];
  }

  #checked(answer: Extract<Answer<Page>, { kind: 'answered' }>, request: PageRequest): PageAnswer {
    const { value: page, askedAtMs, requestId } = answer;
    if (isReversed(page.events, this.#options.overlapMs)) {
      const id = requestId === undefined ? '' : ` (request ${requestId})`;
      throw new AppError('bad_page', `The API answered newest first, although order=asc was sent${id}.`, {
        hint: `Reading such a list forwards would lose events. Is WORKOS_API_URL right?${
          request.after === undefined ? '' : ` The page followed ${request.after}.`
        }`,
      });
    }
    reach('page.parsed');
    return { page, askedAtMs, requestId };
  }

  /** Returns when asking again may help, and throws when it cannot. */
  async #repair(
    refusal: Refusal,
    request: PageRequest,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    if (names.some((name) => this.refusedTypes.has(name) && !request.types.exact.includes(name))) {
      return;
    }
    const refused = refusedNames(refusal, names);
    if (refused.kind === 'other') {
      const cursor =
        request.after === undefined ? undefined : refusedCursor(refusal, request.rangeEndMs !== undefined);
      throw cursor ?? badRequest(refusal);
    }
    if (this.#search !== undefined) {
      // Whoever began it reports its failure; the others ask again and meet their own.
      await this.#search.catch(() => signal.throwIfAborted());
      return;
    }
    this.#search = this.#drop(refused, refusal, request.types, names, signal).finally(() => {
      this.#search = undefined;
    });
    await this.#search;
  }

  async #drop(
    refused: NamesRefused,
    refusal: Refusal,
    types: EventTypes,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const found = refused.kind === 'named' ? [refused.name] : await this.#bisect(names, signal);
    if (
      found.length === 0 ||
      (refused.kind === 'unnamed' && found.length === names.length && names.length > 1)
    ) {
      // No name alone is the reason, or every one is: then it is not about names.
      throw badRequest(refusal);
    }
    for (const name of found) {
      if (types.exact.includes(name)) {
        throw this.#unknownType(name, refusal);
      }
      this.refusedTypes.add(name);
      this.#options.report({ kind: 'type_refused', name });
    }
  }

  #unknownType(name: string, refusal: Refusal): AppError {
    const nearest = nearestName(name, this.#options.knownTypes);
    const guess = nearest === undefined ? '' : `Did you mean ${nearest}? `;
    return new AppError(
      'unknown_event_type',
      `WorkOS does not know the event type ${name}${quoted(refusal)}.`,
      {
        hint: `${guess}See https://workos.com/docs/events for the names.`,
      },
    );
  }

  /** The names that are refused by themselves, found with as few probes as halving takes. */
  async #bisect(names: readonly string[], signal: AbortSignal): Promise<string[]> {
    const found: string[] = [];
    const suspects: (readonly string[])[] = [names];
    for (let group = suspects.pop(); group !== undefined; group = suspects.pop()) {
      const isWhole = group.length === names.length;
      const answer = isWhole
        ? undefined
        : await this.#ask({ events: group.join(','), limit: 1, order: 'asc' }, undefined, signal);
      if (answer?.kind === 'answered') {
        continue;
      }
      if (group.length === 1) {
        found.push(...group);
        continue;
      }
      const middle = Math.ceil(group.length / 2);
      suspects.push(group.slice(middle), group.slice(0, middle));
    }
    return found;
  }
}

/** As the SDK's own `listEvents` sends it; `range_start` excludes `after`. */
function queryOf(request: PageRequest, names: readonly string[]): Query {
  return {
    events: names.join(','),
    limit: request.limit ?? 100,
    order: 'asc',
    after: request.after,
    range_start: request.after === undefined ? isoTime(request.rangeStartMs) : undefined,
    range_end: isoTime(request.rangeEndMs),
    organization_id: request.organizationId,
  };
}

function isoTime(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
