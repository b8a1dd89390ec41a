import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { plantedTree } from '../model/hunts.ts';

/** A defect in how signatures are verified, which the tests of that have to notice. */
interface SignatureMutant {
  readonly name: string;
  readonly text: string;
  readonly replacement: string;
}

export const VERIFIER = 'src/domain/verify-webhook.ts';
const TESTS = ['verify-webhook', 'examine-webhook', 'constant-time'].map(
  (name) => `test/domain/${name}.test.ts`,
);
const AGAIN =
  '(() => { try { return JSON.stringify(JSON.parse(String(Buffer.from(body)))); } catch { return body; } })()';

export const SIGNATURE_MUTANTS: readonly SignatureMutant[] = [
  {
    name: '=== on signatures',
    text: 'timingSafeEqual(signature, expected)',
    replacement: "Buffer.from(signature).toString('hex') === expected.toString('hex')",
  },
  {
    name: 'a tolerance on one side only',
    text: "return timestampMs > nowMs + toleranceMs ? 'timestamp_in_future' : 'ok';",
    replacement: "return 'ok';",
  },
  {
    name: 'only the first v1',
    text: 'return signatures.some((signature)',
    replacement: 'return signatures.slice(0, 1).some((signature)',
  },
  {
    name: 'a body that is serialised again is verified',
    text: '.update(body).digest()',
    replacement: `.update(${AGAIN}).digest()`,
  },
  { name: 'an empty secret', text: "if (secret === '') return false;", replacement: '' },
];

export const signatureMutants: FaultGroup = {
  name: 'signatures: mutants',
  open: async (lab) => SIGNATURE_MUTANTS.map((mutant) => failsTests(lab, mutant)),
};

function failsTests(lab: Lab, { name, text, replacement }: SignatureMutant): FaultCase {
  return {
    name,
    run: async () => {
      const tree = plantedTree(join(lab.newFolder(), 'tree'), VERIFIER, text, replacement);
      const vitest = join('node_modules', 'vitest', 'vitest.mjs');
      const config = ['--config', join('test', 'faults', 'planted.vitest.config.ts')];
      const args = [vitest, 'run', ...config, ...TESTS];
      const env = { ...process.env, NO_COLOR: '1' };
      const { status, stdout } = spawnSync(process.execPath, args, { cwd: tree, env, encoding: 'utf8' });
      // Tests that failed, not a run that did.
      return status === 1 && /Tests .*\d+ failed/.test(stdout)
        ? []
        : [`the tests did not notice it: ${stdout.slice(-300)}`];
    },
  };
}
