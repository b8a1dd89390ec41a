import type { DoctorRun } from './check.ts';

/**
 * A look-up whose answer several checks need: it is made once a run, when the first of them asks. It takes
 * the run's signal, for it must not end with the time of the check that happened to come first.
 */
export function shared<T>(look: (run: DoctorRun) => Promise<T>): (run: DoctorRun) => Promise<T> {
  const made = new WeakMap<DoctorRun, Promise<T>>();
  return (run) => {
    const known = made.get(run);
    if (known) return known;
    const answer = look(run);
    made.set(run, answer);
    return answer;
  };
}
