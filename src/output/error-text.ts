import type { AppError } from '../errors.ts';
import { printable } from './figures.ts';
import { type ColorWish, styleFor } from './style.ts';

/** What happened, and below it what to do. */
export function errorText({ message, hint = '' }: AppError, wish: ColorWish): string {
  const style = styleFor(wish);
  const lines = hint.split('\n').filter((line) => line.trim() !== '');
  const indented = lines.map((line) => `  ${printable(line.trimStart())}\n`);
  return `${style.red('error:')} ${printable(message)}\n${indented.join('')}`;
}

export function errorJson(error: AppError): string {
  const { code, message, hint } = error;
  return `${JSON.stringify({ error: { code, message, hint: hint ?? null } })}\n`;
}
