import type { AppError } from '../errors.ts';
import { printable } from './figures.ts';
import { type ColorWish, styleFor } from './style.ts';

/** What happened, and below it what to do. An interrupt is what somebody wanted, and no error. */
export function errorText({ code, message, hint = '' }: AppError, wish: ColorWish): string {
  const style = styleFor(wish);
  const label = code === 'interrupted' ? '' : `${style.red('error:')} `;
  const lines = hint.split('\n').filter((line) => line.trim() !== '');
  const indented = lines.map((line) => `  ${printable(line.trimStart())}\n`);
  return `${label}${printable(message)}\n${indented.join('')}`;
}

export function errorJson(error: AppError): string {
  const { code, message, hint } = error;
  return `${JSON.stringify({ error: { code, message, hint: hint ?? null } })}\n`;
}
