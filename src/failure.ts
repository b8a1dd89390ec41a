/** From anything thrown to what the user is told: an AppError without secrets, as text or as JSON. */
import { secretsIn, withoutKeys } from './domain/api-key.ts';
import { AppError } from './errors.ts';
import { Interrupted, type Io, OutputClosed } from './io.ts';
import { version } from './version.ts';

export interface Told {
  /** `--json` was given. */
  readonly json: boolean;
  /** `--no-color` was given. */
  readonly plain: boolean;
  /** Stdout is not for the error: it holds the answer or one event a line, or cannot be written. */
  readonly onStderr: boolean;
}

/** What is neither an AppError nor an interrupt is a defect of ours. */
export function asAppError(error: unknown, io: Io): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof Interrupted) return interrupted(error);
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? (error.stack ?? message) : message;
  return new AppError('defect', `A defect of workos-events: ${message}`, {
    hint: `Please report it with the command and this text:\nworkos-events ${version()}, Node ${io.nodeVersion}, ${io.platform}\n${stack}`,
    cause: error,
  });
}

function interrupted({ by }: Interrupted): AppError {
  return new AppError('interrupted', `Interrupted by ${by} before there was an answer.`, {
    hint: 'Nothing is lost: run the same command again.',
  });
}

export async function tellFailure(error: AppError, told: Told, io: Io): Promise<void> {
  const failure = withoutSecrets(error, io.env);
  const { errorJson, errorText } = await import('./output/error-text.ts');
  const wish = { isTTY: io.stderr.isTTY, env: io.env, flag: told.plain ? false : undefined };
  const text = told.json ? errorJson(failure) : errorText(failure, wish);
  try {
    await (told.json && !told.onStderr ? io.stdout : io.stderr).write(text);
  } catch (writing) {
    // Nobody reads stdout any more, or it cannot be written: then people may still see it.
    if (!(writing instanceof OutputClosed)) await io.stderr.write(text);
  }
}

function withoutSecrets(error: AppError, env: Io['env']): AppError {
  const secrets = secretsIn(env);
  const hint = error.hint === undefined ? {} : { hint: withoutKeys(error.hint, secrets) };
  return new AppError(error.code, withoutKeys(error.message, secrets), hint);
}
