const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 1024, mb: 1024 ** 2 };

/** `1mb`, `512kb`, or a number of bytes; kb and mb are 1,024 and 1,048,576. Undefined for anything else. */
export function parseByteSize(text: string): number | undefined {
  const { amount, unit = '' } = /^(?<amount>\d{1,9})(?<unit>b|kb|mb)?$/i.exec(text)?.groups ?? {};
  const bytes = Number(amount) * (UNITS[unit.toLowerCase()] ?? Number.NaN);
  return amount !== undefined && bytes > 0 ? bytes : undefined;
}
