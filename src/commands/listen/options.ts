import { InvalidArgumentError } from 'commander';
import type { AddressRange } from '../../domain/address-range.ts';
import { parseAllowed } from '../../domain/allowed-addresses.ts';
import { parseByteSize } from '../../domain/byte-size.ts';
import { AppError } from '../../errors.ts';
import type { DeliverFlags } from '../deliver-flags.ts';
import { type OutputFlags, type SecretFlags, wholeNumber } from '../flags.ts';

export interface ListenOptions extends OutputFlags, SecretFlags, DeliverFlags {
  readonly store?: string;
  readonly stream: string;
  readonly port: number;
  readonly host: string;
  readonly path: string;
  readonly maxBody: number;
  readonly tolerance: number;
  readonly allowIp?: readonly AddressRange[];
  readonly trustProxy: number;
}

const LAST_PORT = 65_535;
const SMALLEST_BODY = 1024;
const LARGEST_BODY = 64 * 1024 * 1024;
/** More than any way through proxies has. */
const MOST_HOPS = 20;

export function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port <= LAST_PORT) return port;
  throw new InvalidArgumentError(`Ports end at ${LAST_PORT}; 0 takes a free one.`);
}

export function proxyHops(text: string): number {
  const hops = wholeNumber(text);
  if (hops <= MOST_HOPS) return hops;
  throw new InvalidArgumentError(`Give how many proxies of yours stand in front, up to ${MOST_HOPS}.`);
}

export function allowedAddresses(text: string, before: readonly AddressRange[] | undefined): AddressRange[] {
  return [...(before ?? []), ...parseAllowed(text)];
}

export function bodySize(text: string): number {
  const bytes = parseByteSize(text);
  if (bytes === undefined) {
    throw new AppError('usage', `--max-body ${text} is no size.`, {
      hint: 'Write it like 1mb, 512kb, or a number of bytes.',
    });
  }
  if (bytes >= SMALLEST_BODY && bytes <= LARGEST_BODY) return bytes;
  throw new AppError('usage', `--max-body ${text} is no limit for webhooks.`, {
    hint: 'Give 1kb to 64mb; WorkOS sends some kilobytes.',
  });
}

export function webhookPath(text: string): string {
  if (!text.startsWith('/')) {
    throw new AppError('usage', `--path ${text} does not begin with a slash.`, {
      hint: `Write it like /webhooks/workos${/^[\w-]/.test(text) ? `, or here /${text}` : ''}.`,
    });
  }
  if (/^\/[\w.~!$&'()*+,;=:@%/-]*$/.test(text)) return text;
  throw new AppError('usage', `--path ${text} has what no path of a request has.`, {
    hint: 'Leave the query and the spaces out; other characters are written like %C3%A9.',
  });
}

export function listeningHost(text: string): string {
  if (text.trim() !== '') return text;
  throw new AppError('usage', '--host names no address.', {
    hint: 'Give 127.0.0.1 for this machine only, or 0.0.0.0 or :: for all of its addresses.',
  });
}
