/** The platform's OpenAPI description, and whether a document is as it says. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { default as addFormats } from 'ajv-formats';
import { parse } from 'yaml';

const PATH = createRequire(import.meta.url).resolve('@workos/openapi-spec/spec');
const SPEC = 'https://workos.test/spec';

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
const description: unknown = parse(readFileSync(PATH, 'utf8'));
ajv.addSchema({ $id: SPEC, ...fields(description) });

/** What is wrong with a document, by a part of the description such as `/components/schemas/EventList`. */
export function flaws(part: string, document: unknown): string[] {
  const validate = ajv.getSchema(`${SPEC}#${part}`);
  if (!validate) throw new Error(`The description has no ${part}.`);
  if (validate(document)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The answer that an endpoint gives with a status. */
export function answerPart(path: string, status: number): string {
  const [escaped] = [path].map((text) => text.replaceAll('~', '~0').replaceAll('/', '~1'));
  return `/paths/${escaped}/get/responses/${status}/content/application~1json/schema`;
}

/** `data` of each event type that is described, by type. */
export function describedTypes(): ReadonlyMap<string, string> {
  const parts = list(at(description, 'components', 'schemas', 'EventSchema', 'allOf'));
  const place = parts.findIndex((part) => list(at(part, 'oneOf')).length > 0);
  const events = list(at(parts[place], 'oneOf'));
  return new Map(
    events.map((event, index) => [
      String(at(event, 'properties', 'event', 'const')),
      `/components/schemas/EventSchema/allOf/${place}/oneOf/${index}`,
    ]),
  );
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((inner: unknown, name) => fields(inner)[name], value);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
