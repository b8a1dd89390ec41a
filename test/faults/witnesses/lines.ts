import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Handed, SinkKind, Witness } from '../witness.ts';
import { idIn } from './http.ts';

/** Reads a file that events are appended to, as any other program would: whole lines. */
export class FileWitness implements Witness {
  readonly kind = 'file';
  readonly spec: string;
  readonly path: string;

  constructor(folder: string) {
    this.path = join(folder, 'delivered.ndjson');
    this.spec = `file:${this.path}`;
  }

  env(): Record<string, string> {
    return {};
  }

  printed(): void {}

  handed(): readonly Handed[] {
    return handedIn([this.text()]);
  }

  flaws(): readonly string[] {
    return flawsOf(this.kind, [this.text()]);
  }

  async close(): Promise<void> {}

  private text(): string {
    return existsSync(this.path) ? readFileSync(this.path, 'utf8') : '';
  }
}

/** Reads the program's stdout through a pipe. */
export class StdoutWitness implements Witness {
  readonly kind = 'stdout';
  readonly spec = 'stdout';
  private readonly texts: string[] = [];

  env(): Record<string, string> {
    return {};
  }

  printed(stdout: string): void {
    this.texts.push(stdout);
  }

  handed(): readonly Handed[] {
    return handedIn(this.texts);
  }

  flaws(): readonly string[] {
    return flawsOf(this.kind, this.texts);
  }

  async close(): Promise<void> {}
}

/** A line is an event that was taken; a last one without its end is none. */
function handedIn(texts: readonly string[]): Handed[] {
  return texts
    .flatMap((text, run) => linesOf(text).map((line) => ({ line, run })))
    .flatMap(({ line, run }, moment) =>
      isEvent(line)
        ? [{ id: idIn(line), text: line, run, begun: moment, ended: moment, outcome: 'taken' as const }]
        : [],
    );
}

function flawsOf(kind: SinkKind, texts: readonly string[]): string[] {
  return texts
    .flatMap(linesOf)
    .filter((line) => !isEvent(line))
    .map((line) => `a line of ${kind} is no event: ${JSON.stringify(line.slice(0, 80))}`);
}

function linesOf(text: string): string[] {
  return text.split('\n').slice(0, -1);
}

function isEvent(line: string): boolean {
  try {
    return idIn(line).startsWith('event_');
  } catch {
    return false;
  }
}
