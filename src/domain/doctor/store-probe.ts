/** The store as `doctor` reads it: never created, never changed, without a lease. */
import type { DeliveryMaintenance } from '../delivery-maintenance.ts';
import type { StoreMaintenance } from '../store-maintenance.ts';
import type { StoreVitals } from '../store-vitals.ts';

export interface StoreProbe {
  readonly path: string;
  /** Why its native part does not load; undefined when it does. */
  nativeFailure(): Promise<{ readonly message: string; readonly hint: string } | undefined>;
  /** Where it lies, without opening it; rejects with an AppError where that cannot be seen. */
  place(): Promise<StorePlace>;
  /**
   * Opens it to read, and waits only a moment for a lock; rejects with an AppError where there is none or it
   * cannot be used. The caller closes it.
   */
  open(): Promise<ReadStore>;
}

export type ReadStore = StoreMaintenance & DeliveryMaintenance & StoreVitals;

export interface StorePlace {
  /** The file, and those beside it that SQLite has; empty where there is none. */
  readonly files: readonly StoreFile[];
  readonly folder: StoreFile | undefined;
  /** The name of a network's file system that it would be on. */
  readonly networkFileSystem: string | undefined;
  /** What is left on the disk for this user; undefined where that is not told. */
  readonly freeBytes: number | undefined;
}

export interface StoreFile {
  readonly path: string;
  /** Its rights, such as 0o600. */
  readonly mode: number;
  readonly sizeBytes: number;
}
