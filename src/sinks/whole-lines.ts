import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Output } from './sink-needs.ts';

const LONGEST_HELD = 64 * 1024;

/**
 * Passes a command's output on in whole lines, so that those of several commands do not mix. It reads on
 * only when the last was written.
 */
export function passWholeLines(from: Readable, to: Output): void {
  let decoder: StringDecoder | undefined;
  let held = '';
  from.on('error', () => {});
  from.on('data', (chunk: Buffer) => {
    decoder ??= new StringDecoder('utf8');
    held += decoder.write(chunk);
    const end = held.length > LONGEST_HELD ? held.length : held.lastIndexOf('\n') + 1;
    if (end === 0) return;
    const lines = held.slice(0, end);
    held = held.slice(end);
    from.pause();
    to.write(lines).then(
      () => from.resume(),
      () => from.resume(),
    );
  });
  const finish = () => {
    const rest = held + (decoder?.end() ?? '');
    held = '';
    if (rest !== '') to.write(`${rest}\n`).catch(() => {});
  };
  // A command that has gone while others keep the pipe open gives no end.
  from.once('end', finish).once('close', finish);
}
