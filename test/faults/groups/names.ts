import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { Stage } from '../stage.ts';

/** Loaded before the program: the first `LOOKUPS` questions for a name's address go wrong. */
const PRELOAD = `
const dns = require('node:dns');
const { lookup } = dns;
const { LOOKUP_CODE: code, LOOKUPS: failing } = process.env;
let asked = 0;
dns.lookup = (name, options, answer) => {
  if (asked++ >= Number(failing)) return lookup(name, options, answer);
  if (code === 'silence') return;
  const error = Object.assign(new Error('getaddrinfo ' + code + ' ' + name), { code });
  setImmediate(() => answer(error));
};
require('node:module').syncBuiltinESMExports();
`;

interface Trouble {
  readonly code: string;
  /** How many questions go wrong. */
  readonly lookups: number;
  readonly exit: number;
}

const TROUBLES: readonly Trouble[] = [
  { code: 'ENOTFOUND', lookups: 1e9, exit: 3 },
  { code: 'EAI_AGAIN', lookups: 1e9, exit: 3 },
  { code: 'EAI_AGAIN', lookups: 1, exit: 0 },
  { code: 'silence', lookups: 1e9, exit: 3 },
  { code: 'silence', lookups: 1, exit: 0 },
];

/** The name of the API has no address, for a moment or for good, or nobody says. */
export const names: FaultGroup = {
  name: 'names',
  open: async (lab) => TROUBLES.map((trouble) => unresolved(lab, trouble)),
};

function unresolved(lab: Lab, { code, lookups, exit }: Trouble): FaultCase {
  return {
    name: `${code}, ${lookups === 1 ? 'once' : 'always'}`,
    run: async () => {
      const sandbox = await lab.sandbox({ count: 20 });
      const stage = new Stage(lab, { name: code, sandbox, args: ['--parallel', '1'] });
      const preload = join(stage.folder, 'names.cjs');
      writeFileSync(preload, PRELOAD);
      const apiUrl = sandbox.url.replace('127.0.0.1', 'localhost');
      const env = { NODE_OPTIONS: `--require ${preload}`, LOOKUP_CODE: code, LOOKUPS: String(lookups) };
      const ended = await stage.run({ apiUrl, env });
      const isNamed = exit === 0 || ended.stdout.includes('localhost');
      const again = await stage.run({ apiUrl });
      return [
        ...ended.flaws,
        ...(ended.code === exit ? [] : [`it ended with ${ended.code}: ${ended.stdout}`]),
        ...(isNamed ? [] : [`it does not say which name: ${ended.stdout}`]),
        ...(again.code === 0 ? [] : [`the run to rest ended with ${again.code}: ${again.stdout}`]),
        ...again.flaws,
        ...stage.atRest(),
      ];
    },
  };
}
