import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** A folder in memory where there is such a place: what is written there is not waited for. */
export const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
