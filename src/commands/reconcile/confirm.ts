import { AppError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { count } from '../../output/figures.ts';

/** More deliveries than these are not begun without a yes. */
const MOST_UNASKED = 100;

/** Asks on the terminal before many deliveries; `yes`: said with the command. */
export async function confirmDeliveries(
  deliveries: number,
  { yes, stdinTaken }: { readonly yes: boolean; readonly stdinTaken: boolean },
  io: Io,
): Promise<boolean> {
  if (deliveries <= MOST_UNASKED || yes) return true;
  const total = count(deliveries);
  if (!io.stdin.isTTY || !io.stderr.isTTY || stdinTaken) {
    throw new AppError('usage', `${total} events would be delivered, and nobody is there to say yes.`, {
      hint: 'Look at them with --dry-run, then add --yes. Nothing was changed.',
    });
  }
  await io.stderr.write(`Deliver ${total} events? [y/N] `);
  return /^\s*y(?:es)?\s*$/i.test(await lineOf(io));
}

async function lineOf({ stdin, signal }: Io): Promise<string> {
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  const input = stdin[Symbol.asyncIterator]();
  const decoder = new TextDecoder();
  let line = '';
  while (!line.includes('\n')) {
    const { done, value } = await Promise.race([input.next(), interrupted]);
    if (done) break;
    line += decoder.decode(value, { stream: true });
  }
  await input.return?.();
  return line;
}
