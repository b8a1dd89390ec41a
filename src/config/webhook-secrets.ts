import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '../errors.ts';
import { ENVIRONMENT, type Settings } from './settings.ts';

export interface WebhookSecret {
  readonly value: string;
  /** `WORKOS_WEBHOOK_SECRET (environment)`, or the path of its file. */
  readonly from: string;
  /** A line end behind it in its file, which is not a part of it. */
  readonly hadLineEnd: boolean;
}

/** Those of `--secret-file`, else `WORKOS_WEBHOOK_SECRET`. Several: any of them may have signed. */
export function webhookSecrets(
  settings: Settings,
  files: readonly string[],
  cwd: string,
): readonly [WebhookSecret, ...WebhookSecret[]] {
  const [first, ...others] = files.map((file) => secretOf(file, cwd));
  if (first) return [first, ...others];
  const setting = settings.find('WORKOS_WEBHOOK_SECRET');
  if (setting && setting.value.trim() !== '') {
    const where = setting.from === ENVIRONMENT ? 'environment' : setting.from;
    return [{ value: setting.value, from: `WORKOS_WEBHOOK_SECRET (${where})`, hadLineEnd: false }];
  }
  throw new AppError(
    'no_webhook_secret',
    'There is no WORKOS_WEBHOOK_SECRET, neither in the environment nor in .env.local or .env.',
    {
      hint: 'Set it to the signing secret of the endpoint (WorkOS dashboard, Webhooks), or name a file that holds it: --secret-file PATH. Secrets are never flags.',
    },
  );
}

function secretOf(file: string, cwd: string): WebhookSecret {
  const text = textOf(file, cwd);
  const value = text.replace(/\r?\n$/, '');
  if (value.trim() !== '') return { value, from: file, hadLineEnd: value !== text };
  throw new AppError('no_webhook_secret', `The secret file ${file} is empty.`, {
    hint: 'Write the signing secret of the endpoint (WorkOS dashboard, Webhooks) into it, and nothing else.',
  });
}

function textOf(file: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new AppError('usage', `The secret file ${file} cannot be read (${code}).`, {
      hint: 'Check the path given to --secret-file, and that you may read it.',
      cause: error,
    });
  }
}
