/**
 * Who sent a request that came through so many proxies of ours. Each of them appends the address it was
 * called from to `X-Forwarded-For`, so the one that counts is that many from the right: what stands before it
 * was written by the sender, and says whatever the sender likes.
 */
export function senderAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  hops: number,
): string | undefined {
  if (hops === 0) return peer;
  const entry = (forwardedFor ?? '').split(',').at(-hops)?.trim();
  return entry === undefined || entry === '' ? undefined : withoutPort(entry);
}

/** Some proxies write `203.0.113.7:4711` or `[2001:db8::1]:4711`. */
function withoutPort(entry: string): string {
  const { bracketed, dotted } =
    /^(?:\[(?<bracketed>[^\]]*)\](?::\d+)?|(?<dotted>[\d.]+):\d+)$/.exec(entry)?.groups ?? {};
  return bracketed ?? dotted ?? entry;
}
