import { fileFindings } from '../../domain/doctor/findings/store-file.ts';
import type { Check } from '../doctor/check.ts';
import { storeReading } from '../doctor/store-reading.ts';

export const storeFile: Check = async (run) =>
  fileFindings({
    path: run.store.path,
    reading: await storeReading(run),
    hasModes: run.setup.platform !== 'win32',
  });
