const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30s`, `10m`, `2h`, `95d`, `500ms`, or `0`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const { amount, unit } = /^(?<amount>\d+)(?<unit>ms|s|m|h|d)$/.exec(text)?.groups ?? {};
  const unitMs = unit === undefined ? undefined : UNITS_MS[unit];
  const ms = unitMs === undefined ? Number.NaN : Number(amount) * unitMs;
  return Number.isSafeInteger(ms) ? ms : undefined;
}
