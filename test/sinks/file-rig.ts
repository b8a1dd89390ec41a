/** A file sink in a folder of its own. */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Outcome } from '../../src/domain/delivery.ts';
import { AppError } from '../../src/errors.ts';
import { FileSink } from '../../src/sinks/file.ts';
import { abort, afterwards, attempt, needs, temporaryFolder } from './rig.ts';

export const { signal } = abort();

export function inFolder(name = 'events.ndjson') {
  const folder = temporaryFolder();
  const path = join(folder, name);
  return { folder, path, sink: sinkAt(path) };
}

export function sinkAt(path: string, sleep?: () => Promise<void>): FileSink {
  const needed = needs();
  const clock = sleep ? { ...needed.clock, sleep } : needed.clock;
  const sink = new FileSink(`file:${path}`, path, { clock });
  afterwards(() => sink.close());
  return sink;
}

export function give(sink: FileSink, id: string): Promise<Outcome> {
  return sink.deliver(attempt({ eventId: id, text: `{"id":"${id}"}` }), signal);
}

export async function refusal(sink: FileSink): Promise<AppError> {
  const error = await sink.open().catch((refused: unknown) => refused);
  if (error instanceof AppError) return error;
  throw new Error('It was not refused.');
}

/** The methods of every open file of Node's. */
export async function handles(): Promise<FileHandle> {
  const handle = await open('/dev/null');
  await handle.close();
  return Object.getPrototypeOf(handle);
}
