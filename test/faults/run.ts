/**
 * `npm run test:faults`: every way to break the program, and a table of what did not hold. Groups of many
 * like cases play a choice of them that a seed makes; `--all` plays each. `test/faults/suite.ts` has the
 * other options.
 */
import { FAULT_GROUPS } from './groups.ts';
import { runSuite } from './suite.ts';

process.exitCode = await runSuite('faults', FAULT_GROUPS);
