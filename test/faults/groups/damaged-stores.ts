import { copyFileSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { laterSync, type Traced } from '../scenarios.ts';

/** What stands where the store was, or has become of it, and what each command has to say of that. */
interface Damage {
  readonly name: string;
  readonly make: (store: string) => void;
  readonly codes: readonly string[];
  /** It is left as it was, to the byte. */
  readonly isForeign: boolean;
}

const DAMAGES: readonly Damage[] = [
  {
    name: 'a text file',
    make: (store) => writeFileSync(store, 'events: none\n'.repeat(1000)),
    codes: ['store_foreign'],
    isForeign: true,
  },
  {
    name: 'a folder',
    make: (store) => mkdirSync(store),
    codes: ['store_foreign'],
    isForeign: true,
  },
  {
    name: 'a database of another program',
    make: otherDatabase,
    codes: ['store_foreign'],
    isForeign: true,
  },
  {
    name: 'a newer schema',
    make: (store) => changed(store, 'user_version = 999'),
    codes: ['store_newer'],
    isForeign: true,
  },
  {
    name: 'half of it',
    make: (store) => truncateSync(store, Math.floor(statSync(store).size / 2)),
    codes: ['store_corrupt'],
    isForeign: false,
  },
  {
    name: 'its first page in zeros but for the header',
    make: zeroed,
    codes: ['store_corrupt'],
    isForeign: false,
  },
];

const COMMANDS: readonly (readonly string[])[] = [
  ['sync', '--deliver', 'file:out.ndjson'],
  ['reconcile', '--from', '2d'],
  ['reconcile', '--from', '2d', '--apply', '--yes'],
  ['deliveries', 'list'],
  ['deliveries', 'retry', '--all'],
  ['deliveries', 'drop', 'event_1'],
  ['store', 'status'],
  ['store', 'check'],
  ['store', 'export'],
  ['store', 'prune'],
  ['store', 'ack-gap', '--all'],
  ['send', 'event_1', '--to', 'http://127.0.0.1:9/'],
];

/** A store that is no store, or was damaged: what meets it says so, with its own words and status. */
export const damagedStores: FaultGroup = {
  name: 'damaged stores',
  open: async (lab) => {
    const scenario = await laterSync(lab);
    return DAMAGES.flatMap((damage) => COMMANDS.map((command) => saysSo(lab, scenario, damage, command)));
  },
};

function saysSo(
  lab: Lab,
  { template = '', sandbox }: Traced,
  damage: Damage,
  command: readonly string[],
): FaultCase {
  return {
    name: `${damage.name}: ${command.slice(0, 2).join(' ')}${command.includes('--apply') ? ' --apply' : ''}`,
    run: async () => {
      const folder = lab.newFolder();
      const store = join(folder, 'events.db');
      if (!REPLACES.has(damage.name)) copyFileSync(template, store);
      damage.make(store);
      const before = contentOf(store);
      const args = [...command, '--json', '--store', store];
      const env = { WORKOS_WEBHOOK_SECRET: 'whsec_1' };
      const { code, stdout, stderr, flaws } = await lab.run(args, { cwd: folder, apiUrl: sandbox.url, env });
      const said = stdout + stderr;
      const isSaid = damage.codes.some((one) => said.includes(`"${one}"`));
      // What it reads may lie in what is whole; but a check reads all of it.
      const readsAll = command[1] === 'check';
      const isWhole =
        !damage.isForeign && !readsAll && (code === 0 || code === 1 || said.includes('unknown_event'));
      return [
        // Its lines are events, not one document.
        ...(command[1] === 'export' ? flaws.filter((flaw) => !/JSON/i.test(flaw)) : flaws),
        ...((code === 4 && isSaid) || isWhole ? [] : [`it ended with ${code}: ${said.slice(0, 300)}`]),
        ...(damage.isForeign && contentOf(store) !== before ? ['it changed the file'] : []),
      ];
    },
  };
}

const REPLACES: ReadonlySet<string> = new Set(['a text file', 'a folder', 'a database of another program']);

function otherDatabase(store: string): void {
  const db = new Database(store);
  db.exec('CREATE TABLE stream (name TEXT); PRAGMA application_id = 7');
  db.close();
}

function changed(store: string, pragma: string): void {
  const db = new Database(store);
  db.pragma(pragma);
  db.close();
}

const HEADER_BYTES = 100;

function zeroed(store: string): void {
  const content = readFileSync(store);
  content.fill(0, HEADER_BYTES, 4096);
  writeFileSync(store, content);
}

function contentOf(path: string): string {
  return statSync(path).isDirectory() ? 'a folder' : readFileSync(path, 'latin1');
}
