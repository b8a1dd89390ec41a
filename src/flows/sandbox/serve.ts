import type { Io } from '../../io.ts';

interface Served {
  readonly url: string;
  readonly apiKey: string;
  readonly webhookSecret: string;
}

/** Prints what to export on stdout, ready for `eval`, and serves until the first signal. */
export async function serveUntilStopped({ url, apiKey, webhookSecret }: Served, io: Io): Promise<number> {
  await io.stderr.write(`A local WorkOS API at ${url}. Ctrl-C stops it. In another terminal:\n\n`);
  await io.stdout.write(
    `export WORKOS_API_URL=${url}\nexport WORKOS_API_KEY=${apiKey}\nexport WORKOS_WEBHOOK_SECRET=${webhookSecret}\n`,
  );
  await new Promise<void>((resolve) => {
    if (io.signal.aborted) resolve();
    io.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  return 0;
}
