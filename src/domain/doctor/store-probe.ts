/** The store as `doctor` reads it: never created, never changed, without a lease. */
import type { DeliveryMaintenance } from '../delivery-maintenance.ts';
import type { StoreMaintenance } from '../store-maintenance.ts';

export interface StoreProbe {
  readonly path: string;
  /** Why its native part does not load; undefined when it does. */
  nativeFailure(): Promise<{ readonly message: string; readonly hint: string } | undefined>;
  /** Opens it to read; rejects with an AppError where there is none or it cannot be used. The caller closes it. */
  open(): Promise<StoreMaintenance & DeliveryMaintenance>;
}
