/**
 * `npm run test:mutants`: small defects put into copies of the program, each of which the suite has to
 * notice; it is at fault itself where it does not.
 */
import { MUTANT_GROUPS } from './groups.ts';
import { runSuite } from './suite.ts';

process.exitCode = await runSuite('mutants', MUTANT_GROUPS);
