import { integrityFindings } from '../../domain/doctor/findings/store-integrity.ts';
import type { Check } from '../doctor/check.ts';
import { withStore } from '../doctor/store-reading.ts';

/** A store of some gigabytes takes longer, and who runs doctor waits for all of it. */
const LIMIT_MS = 20_000;

export const storeIntegrity: Check = async (run, { signal }) => {
  const late = new AbortController();
  const done = new AbortController();
  const { files } = await run.store.place();
  const limit = run.clock.sleep(LIMIT_MS, AbortSignal.any([signal, done.signal]));
  limit.then(
    () => late.abort(),
    () => {},
  );
  try {
    const findings = await withStore(run, (store) =>
      store.check('quick', AbortSignal.any([signal, late.signal])),
    ).catch((error: unknown) => {
      if (late.signal.aborted) return undefined;
      throw error;
    });
    const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    return integrityFindings({ findings, limitMs: LIMIT_MS, sizeBytes });
  } finally {
    done.abort();
  }
};
