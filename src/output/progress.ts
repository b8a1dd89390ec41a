import type { Activity } from '../domain/activity.ts';
import { count, counted, span, utc } from './figures.ts';

/** How far a run is: events, position in time, share of its window, rate, deliveries, time left. */
export class Progress {
  private readonly monotonicMs: () => number;
  private startedMs: number | undefined;
  private fetched = 0;
  private delivered = 0;
  private positionMs = 0;
  private share = 0;
  /** Of a receiver, whose work has no end and no place in time. */
  private received: { readonly received: number; readonly added: number } | undefined;

  constructor(monotonicMs: () => number) {
    this.monotonicMs = monotonicMs;
  }

  take(activity: Activity): void {
    if (activity.kind === 'reading' || activity.kind === 'reconciling') this.startedMs ??= this.monotonicMs();
    if (activity.kind === 'listening') this.received = { received: 0, added: 0 };
    if (activity.kind === 'webhooks_kept') this.received = activity;
    if (activity.kind === 'delivered') this.delivered = activity.total;
    if (activity.kind !== 'committed' && activity.kind !== 'compared') return;
    this.fetched += activity.kind === 'committed' ? activity.fetched : activity.count;
    this.positionMs = activity.positionMs;
    this.share = Math.min(1, Math.max(0, activity.share));
  }

  get isEndless(): boolean {
    return this.received !== undefined;
  }

  text(): string {
    const delivered = this.delivered > 0 ? [`${count(this.delivered)} delivered`] : [];
    if (this.received) {
      const { received, added } = this.received;
      return [counted(received, 'webhook'), `${count(added)} new`, ...delivered].join(' · ');
    }
    const elapsedMs = this.monotonicMs() - (this.startedMs ?? this.monotonicMs());
    const rate = elapsedMs > 0 ? Math.round((this.fetched * 1000) / elapsedMs) : 0;
    const left =
      this.share > 0.01 && this.share < 1 && elapsedMs > 2000
        ? (elapsedMs * (1 - this.share)) / this.share
        : undefined;
    const parts = [
      counted(this.fetched, 'event'),
      `at ${utc(this.positionMs)}`,
      `${Math.floor(this.share * 100)}%`,
      `${count(rate)}/s`,
      ...delivered,
      ...(left === undefined ? [] : [`${span(left)} left`]),
    ];
    return parts.join(' · ');
  }
}
