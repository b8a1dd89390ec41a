import { type Command, Option } from 'commander';
import { systemClock } from '../clock.ts';
import type { WebhookSecret } from '../config/webhook-secrets.ts';
import type { ExamineRules } from '../domain/examine-webhook.ts';
import type { WarningId } from '../domain/signature-diagnosis/warnings.ts';
import { resolveTimeArg } from '../domain/time-arg.ts';
import type { SignedWebhook } from '../domain/verify-webhook.ts';
import { AppError } from '../errors.ts';
import type { Io } from '../io.ts';
import {
  addOutputFlags,
  addSecretFlags,
  durationOption,
  type OutputFlags,
  type SecretFlags,
  type TypedTime,
  timeOption,
} from './flags.ts';
import { readInput } from './read-input.ts';

export interface VerifySignatureFlags extends OutputFlags, SecretFlags {
  readonly payload?: string;
  readonly header?: string;
  readonly request?: string;
  readonly tolerance: number;
  readonly at?: TypedTime;
  readonly ignoreTimestamp?: boolean;
}

export function registerVerifySignature(program: Command, io: Io, done: (status: number) => void): void {
  const command = program
    .command('verify-signature')
    .summary('whether the signature of a webhook is right, and if not, why')
    .description(
      'Judges the signature of a webhook and, when it is wrong, looks for what was changed on the way.',
    )
    .option('--payload <file>', 'the body, byte for byte (default: stdin)')
    .addOption(new Option('--header <value>', "the WorkOS-Signature header: 't=…, v1=…'").argParser(onlyOnce))
    .option('--request <file>', 'body and header in one: a raw HTTP request, or the JSON of a Lambda event')
    .addOption(
      durationOption('--tolerance', 'how far the timestamp may be from now, before or after', '180s'),
    )
    .addOption(timeOption('--at', 'judge as of this time, not now'))
    .option('--ignore-timestamp', 'judge the signature only');
  addSecretFlags(addOutputFlags(command))
    .addHelpText(
      'after',
      `
Examples:
  $ workos-events verify-signature --payload body.json --header 't=1795507200000, v1=5e0…'
  $ workos-events verify-signature --request request.txt --at 2026-11-24T08:00Z
  $ workos-events verify-signature --request event.json --secret-file old --secret-file new`,
    )
    .action(async (flags: VerifySignatureFlags) =>
      done(await runVerifySignature(flags, io, systemClock.nowMs())),
    );
}

/** Exit status: 0 when it is valid, 1 when it is not. */
export async function runVerifySignature(
  flags: VerifySignatureFlags,
  io: Io,
  localNowMs: number,
): Promise<number> {
  refuseContradictions(flags);
  const { Config } = await import('../config.ts');
  const config = new Config(io.env, io.cwd, flags);
  const secrets = config.webhookSecrets(flags.secretFile ?? []);
  const { webhook, noticed } = await readWebhook(flags, io);
  const rules: ExamineRules = {
    secrets: secrets.map(({ value }) => value),
    nowMs: flags.at ? resolveTimeArg(flags.at.time, localNowMs) : localNowMs,
    toleranceMs: flags.ignoreTimestamp ? undefined : flags.tolerance,
    apiKey: config.values(['WORKOS_API_KEY']).WORKOS_API_KEY,
    noticed: [...noticed, ...secretsNoticed(secrets)],
  };
  const { examineWebhook } = await import('../domain/examine-webhook.ts');
  const examination = examineWebhook(webhook, rules);
  const { verdictJson, verdictText } = await import('../output/signature-verdict.ts');
  const { styleFor } = await import('../output/style.ts');
  const style = styleFor({ isTTY: io.stdout.isTTY, env: io.env, flag: flags.color });
  const froms = secrets.map(({ from }) => from);
  await io.stdout.write(
    flags.json ? `${JSON.stringify(verdictJson(examination))}\n` : verdictText(examination, froms, style),
  );
  return examination.verdict.reason === 'ok' ? 0 : 1;
}

interface Read {
  readonly webhook: SignedWebhook;
  readonly noticed: readonly WarningId[];
}

async function readWebhook({ request, payload, header }: VerifySignatureFlags, io: Io): Promise<Read> {
  if (request !== undefined) {
    const { bytes, name } = await readInput(request, '--request', io);
    const { parseCapturedRequest } = await import('../domain/raw-request.ts');
    const { body, signature, notes } = parseCapturedRequest(bytes, name);
    return { webhook: { body, header: signature }, noticed: notes.map((note): WarningId => `body_${note}`) };
  }
  if (payload === undefined && io.stdin.isTTY) {
    throw new AppError('usage', 'There is no webhook to judge.', {
      hint: "Name the file of its body (--payload FILE --header 't=…, v1=…'), pipe the body in, or give the whole request with --request FILE.",
    });
  }
  const { bytes } = await readInput(payload ?? '-', '--payload', io);
  return { webhook: { body: bytes, header: header === undefined ? [] : [header] }, noticed: [] };
}

function secretsNoticed(secrets: readonly WebhookSecret[]): WarningId[] {
  return secrets.some(({ hadLineEnd }) => hadLineEnd) ? ['secret_file_newline'] : [];
}

function refuseContradictions({ request, payload, header, at, ignoreTimestamp }: VerifySignatureFlags): void {
  if (request !== undefined && (payload !== undefined || header !== undefined)) {
    const other = payload === undefined ? '--header' : '--payload';
    throw new AppError('usage', `--request does not go with ${other}: it brings its own.`, {
      hint: 'Leave one of them out.',
    });
  }
  if (at && ignoreTimestamp) {
    throw new AppError('usage', '--at does not go with --ignore-timestamp.', {
      hint: 'Leave one of them out.',
    });
  }
}

function onlyOnce(text: string, before: string | undefined): string {
  if (before === undefined) return text;
  throw new AppError('usage', '--header is given twice.', {
    hint: "Give it once, with all its parts: --header 't=…, v1=…'. Of a request that has it twice, give the whole with --request.",
  });
}
