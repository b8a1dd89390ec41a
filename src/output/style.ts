import { Chalk, type ChalkInstance } from 'chalk';

export interface ColorWish {
  readonly isTTY: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** False after `--no-color`. */
  readonly flag: boolean | undefined;
}

/** chalk does not read NO_COLOR; FORCE_COLOR wins over everything but `--no-color`. */
export function wantsColor({ isTTY, env, flag }: ColorWish): boolean {
  if (flag === false) return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return isTTY && env.TERM !== 'dumb';
}

export function styleFor(wish: ColorWish): ChalkInstance {
  return new Chalk({ level: wantsColor(wish) ? 1 : 0 });
}
