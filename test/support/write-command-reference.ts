import { readFileSync, writeFileSync } from 'node:fs';
import { withReference } from './command-reference.ts';

const PATH = new URL('../../docs/commands.md', import.meta.url);

writeFileSync(PATH, withReference(readFileSync(PATH, 'utf8')));
