import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FaultRule, faultSpec } from '../fault-spec.ts';
import type { Happened, Happenings } from '../happenings.ts';
import { bearerOf } from '../routes.ts';
import type { WebhookSender } from '../webhooks/sender.ts';
import type { EventsWish } from './added-events.ts';
import { type Administered, adminAnswer } from './endpoint.ts';
import type { FaultsWish } from './faults.ts';
import { jsonBody } from './request-body.ts';

/** What of a sandbox can be changed while it runs. */
export interface Controls {
  readonly keys: ReadonlySet<string>;
  readonly size: number;
  faults: readonly FaultRule[];
  latencyMs: number;
  outage(isOut: boolean): void;
  expire(id: string): void;
}

/** Carries out what comes over the admin path. */
export class Administration implements Administered {
  private readonly controls: Controls;
  private readonly happenings: Happenings;
  private readonly webhooks: WebhookSender | undefined;
  private outageEnds: NodeJS.Timeout | undefined;

  constructor(controls: Controls, happenings: Happenings, webhooks: WebhookSender | undefined) {
    this.controls = controls;
    this.happenings = happenings;
    this.webhooks = webhooks;
  }

  async serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const { method, headers } = request;
    const hasKey = this.controls.keys.has(bearerOf(headers.authorization));
    const body = await jsonBody(request).catch(() => undefined);
    const { status, body: text } = adminAnswer({ method, path, hasKey, body }, this);
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(text);
  }

  get standing(): Readonly<Record<string, unknown>> {
    const { size, faults, latencyMs } = this.controls;
    const { url, delivered = 0, failing = 0, givenUp = 0 } = this.webhooks ?? {};
    return {
      events: size,
      fail: faultSpec(faults),
      latency_ms: latencyMs,
      is_out: this.outageEnds !== undefined,
      webhooks: url === undefined ? null : { url, delivered, failing, given_up: givenUp },
    };
  }

  grant(wish: EventsWish): readonly Happened[] {
    return this.happenings.grant(wish);
  }

  break({ faults, latencyMs, outageMs, expire }: FaultsWish): void {
    const { controls } = this;
    if (faults) controls.faults = faults;
    if (latencyMs !== undefined) controls.latencyMs = latencyMs;
    if (expire !== undefined) controls.expire(expire);
    if (outageMs === undefined) return;
    clearTimeout(this.outageEnds);
    // The answer to this request goes out before its connection is reset.
    this.outageEnds = outageMs === 0 ? undefined : setTimeout(() => this.begin(outageMs), 10);
  }

  stop(): void {
    clearTimeout(this.outageEnds);
  }

  private begin(outageMs: number): void {
    this.controls.outage(true);
    this.outageEnds = setTimeout(() => {
      this.controls.outage(false);
      this.outageEnds = undefined;
    }, outageMs);
  }
}
