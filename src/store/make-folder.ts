import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder that only its owner can enter, and those above it that are missing. Node's own recursive
 * mkdir never returns where a parent exists but takes no folders, as in /proc.
 */
export function makeFolder(path: string): void {
  if (made(path) || dirname(path) === path) return;
  makeFolder(dirname(path));
  mkdirUnlessThere(path);
}

/** False when the folder above it is missing. */
function made(path: string): boolean {
  try {
    mkdirUnlessThere(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function mkdirUnlessThere(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Also where another run has just made it. A file in its place is met when the store is opened.
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
