import { CATALOGUE } from '../../domain/catalogue.ts';
import type { World } from '../world.ts';
export type DataOf = (world: World, n: number, createdAt: string) => string;
const any: DataOf = (_w, n, at) =>
  `{"object":"user","id":"user_${n}","organization_id":"org_01A","email":"u${n}@example.com","created_at":"${at}","x":"${'y'.repeat(300)}"}`;
export const PAYLOADS: Readonly<Record<string, DataOf>> = Object.fromEntries(CATALOGUE.map((t) => [t, any]));
