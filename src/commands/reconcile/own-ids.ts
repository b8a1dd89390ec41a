import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ProcessedIds, ProcessedIdsReader } from '../../domain/processed-ids.ts';
import { AppError } from '../../errors.ts';
import type { OwnIds } from '../../flows/reconcile/run.ts';
import type { Io } from '../../io.ts';

/** Reads the ids that another system has processed, from a file or, for `-`, from stdin. */
export async function readOwnIds(path: string, lenient: boolean, io: Io): Promise<OwnIds> {
  const name = path === '-' ? 'stdin' : path;
  const { pieces, writtenAtMs } =
    path === '-' ? { pieces: io.stdin, writtenAtMs: undefined } : await fileOf(path, io);
  const found = await idsOf(pieces, path, io.signal);
  refuseRubbish(found, name, lenient);
  if (found.ids.size === 0) {
    throw new AppError('usage', `There are no ids in ${name}: every event would look missing.`, {
      hint: 'Write the ids that your system has processed into it, one a line, as CSV with a header, or as JSON.',
    });
  }
  return { ids: found.ids, name, writtenAtMs };
}

async function fileOf(path: string, io: Io) {
  const file = resolve(io.cwd, path);
  try {
    // When it was written, before it is read: what is added meanwhile does not count.
    const { mtimeMs } = await stat(file);
    return { pieces: createReadStream(file), writtenAtMs: Math.floor(mtimeMs) };
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function idsOf(
  pieces: AsyncIterable<Uint8Array>,
  path: string,
  signal: AbortSignal,
): Promise<ProcessedIds> {
  const reader = new ProcessedIdsReader();
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  try {
    for await (const piece of pieces) {
      signal.throwIfAborted();
      decoder ??= decoderFor(piece);
      reader.take(decoder.decode(piece, { stream: true }));
    }
  } catch (error) {
    signal.throwIfAborted();
    throw unreadable(path, error);
  }
  return reader.end();
}

/** What some shells of Windows write when output is sent to a file. */
function decoderFor([first, second]: Uint8Array) {
  return new TextDecoder(first === 0xff && second === 0xfe ? 'utf-16le' : 'utf-8');
}

function refuseRubbish({ rubbish, firstRubbish, ids }: ProcessedIds, name: string, lenient: boolean): void {
  if (lenient || !firstRubbish || ids.size === 0) return;
  const { line, text } = firstRubbish;
  throw new AppError(
    'usage',
    `${rubbish} ${rubbish === 1 ? 'line of' : 'lines of'} ${name} ${rubbish === 1 ? 'holds' : 'hold'} no id; the first, number ${line}: ${JSON.stringify(text)}.`,
    {
      hint: `${ids.size} ids were found beside. --lenient passes over the rest. Forms: one id a line, CSV with a column id or event_id, JSON or NDJSON with such a field.`,
    },
  );
}

function unreadable(path: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return new AppError('usage', `The file ${path} cannot be read (${code}).`, {
    hint: 'Check the path given to --processed, and that you may read it.',
    cause: error,
  });
}
