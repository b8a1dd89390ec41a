import type { AppError } from '../errors.ts';
import { printable } from './figures.ts';
import { type ColorWish, styleFor } from './style.ts';

/** What happened, and below it what to do. */
export function errorText(error: AppError, wish: ColorWish): string {
  const style = styleFor(wish);
  const hint = error.hint === undefined ? '' : `  ${printable(error.hint)}\n`;
  return `${style.red('error:')} ${printable(error.message)}\n${hint}`;
}

export function errorJson(error: AppError): string {
  const { code, message, hint } = error;
  return `${JSON.stringify({ error: { code, message, hint: hint ?? null } })}\n`;
}
