/** Events as people keep them in files: one in JSON, one a line, or a list as the Events API answers it. */
import { AppError } from '../errors.ts';
import { dataElementTexts } from './json-text.ts';
import { isJsonObject, jsonValue } from './json-value.ts';

/** The text of each, as it stands there; `name` is what an error calls the file. */
export function eventTexts(bytes: Uint8Array, name: string): readonly string[] {
  const text = new TextDecoder().decode(bytes).trim();
  if (text === '') throw refusal(name, 'is empty');
  const value = jsonValue(text);
  if (Array.isArray(value)) return checked(dataElementTexts(`{"data":${text}}`) ?? [], name);
  if (isJsonObject(value) && Array.isArray(value.data)) return checked(dataElementTexts(text) ?? [], name);
  if (value !== undefined) return checked([text], name);
  return checked(
    text.split(/\r?\n/).filter((line) => line.trim() !== ''),
    name,
  );
}

function checked(texts: readonly string[], name: string): readonly string[] {
  if (texts.length === 0) throw refusal(name, 'holds no event');
  for (const [index, text] of texts.entries()) {
    const event = jsonValue(text);
    const where = texts.length === 1 ? 'is' : `has, as number ${index + 1}, what is`;
    if (!isJsonObject(event)) throw refusal(name, `${where} no JSON object`);
    if (event.pruned === true) throw refusal(name, `${where} an event whose content was pruned`);
  }
  return texts;
}

function refusal(name: string, why: string): AppError {
  return new AppError('usage', `${name} ${why}.`, {
    hint: 'Give an event as JSON, or several: one a line, or a list.',
  });
}
