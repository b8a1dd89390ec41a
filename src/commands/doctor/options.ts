import { InvalidArgumentError } from 'commander';
import { INTEGRATIONS, type Integration } from '../../domain/doctor/checks.ts';
import { AppError } from '../../errors.ts';
import type { ApiFlags, OutputFlags } from '../flags.ts';

export const FORMATS = ['table', 'json', 'junit', 'github'] as const;
export type Format = (typeof FORMATS)[number];

export interface DoctorFlags extends OutputFlags, ApiFlags {
  readonly for?: readonly Integration[];
  readonly endpoint?: URL;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly events?: readonly string[];
  readonly strict?: boolean;
  readonly allowTransient?: boolean;
  readonly listChecks?: boolean;
  readonly format?: Format;
  readonly store?: string;
}

export function integration(
  text: string,
  before: readonly Integration[] | undefined,
): readonly Integration[] {
  const found = INTEGRATIONS.find((name) => name === text);
  if (found === undefined) throw new InvalidArgumentError(`Give one of ${INTEGRATIONS.join(', ')}.`);
  return [...(before ?? []), found];
}

/** Comma lists, repeatable. */
export function list(text: string, before: readonly string[] | undefined): readonly string[] {
  const parts = text.split(',').map((part) => part.trim());
  return [...(before ?? []), ...parts.filter((part) => part !== '')];
}

export function webUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.username !== '' || url.password !== '')) {
    throw new AppError(
      'usage',
      `--endpoint has a user or a password in it: WorkOS sends to ${url.host} without.`,
      {
        hint: 'Give the address as it is registered, such as https://app.example/webhooks/workos.',
      },
    );
  }
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new InvalidArgumentError('Give a whole address, such as https://app.example/webhooks/workos.');
}
