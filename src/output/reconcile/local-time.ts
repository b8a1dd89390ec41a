/** A span in the time of whoever reads it, `2026-11-24 09:00:00 to 2026-11-24 11:00:00 (Europe/Berlin)`; undefined where that is UTC. */
export function localSpan(fromMs: number, toMs: number): string | undefined {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return isUtc(timeZone) ? undefined : zonedSpan(fromMs, toMs, timeZone);
}

export function isUtc(timeZone: string): boolean {
  return timeZone === 'UTC' || timeZone === 'Etc/UTC';
}

export function zonedSpan(fromMs: number, toMs: number, timeZone: string): string {
  // Swedish writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone });
  return `${format.format(fromMs)} to ${format.format(toMs)} (${timeZone})`;
}
