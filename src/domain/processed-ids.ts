/**
 * The ids that another system says it has processed, read piece by piece from what people can write with one
 * command: one id a line, CSV with a header, JSON or NDJSON with `id` or `event_id`.
 */
import { csvFields, hasOpenQuote } from './csv-line.ts';
import { JsonElements } from './json-elements.ts';
import { isJsonObject, jsonValue } from './json-value.ts';

export interface ProcessedIds {
  readonly ids: ReadonlySet<string>;
  /** Lines, or elements of a list, that hold no id; the first as it stands there. */
  readonly rubbish: number;
  readonly firstRubbish: { readonly line: number; readonly text: string } | undefined;
}

/** The ids in one line; undefined: it holds none. */
type LineForm = (line: string) => readonly string[] | undefined;

/** Columns and fields that hold the id, the surer first: a table often has an `id` of its own. */
const NAMES = ['event_id', 'id'] as const;
/** `event_01HXYZ`; a line of prose, a rule of dashes, or a number is none. */
const ID = /^[A-Za-z]+_[\w-]{1,200}$/;
const SEPARATORS = [',', ';', '\t', '|'] as const;
const LONGEST_FIELD = 4 * 1024 * 1024;

export class ProcessedIdsReader {
  readonly #ids = new Set<string>();
  readonly #elements = new JsonElements();
  #rubbish = 0;
  #firstRubbish: ProcessedIds['firstRubbish'];
  #line = 0;
  #rest = '';
  /** Whether it begins as a JSON list; undefined while only blanks were read. */
  #isList: boolean | undefined;
  #form: LineForm | undefined;
  #isCsv = false;

  /** Takes the next piece of the text. */
  take(piece: string): void {
    const text = this.#rest + piece;
    this.#rest = '';
    this.#isList ??= text.trim() === '' ? undefined : text.trimStart().startsWith('[');
    if (this.#isList === true) this.#takeElements(text);
    else this.#takeLines(text);
  }

  end(): ProcessedIds {
    if (this.#rest !== '') this.#takeLine(this.#rest);
    const cut = this.#elements.end();
    if (cut !== undefined) this.#add(undefined, cut);
    return { ids: this.#ids, rubbish: this.#rubbish, firstRubbish: this.#firstRubbish };
  }

  #takeElements(text: string): void {
    for (const element of this.#elements.take(text)) {
      this.#line += 1;
      this.#add(idsOfJson(element), element);
    }
  }

  #takeLines(text: string): void {
    const lines = text.split('\n');
    const last = lines.pop() ?? '';
    let open = '';
    for (const line of lines) {
      const whole = open + line;
      // A field in quotes may go on behind a line break.
      const goesOn = this.#isCsv && whole.length < LONGEST_FIELD && hasOpenQuote(whole);
      open = goesOn ? `${whole}\n` : '';
      if (!goesOn) this.#takeLine(whole);
    }
    this.#rest = open + last;
  }

  #takeLine(text: string): void {
    this.#line += 1;
    const line = text.trim();
    if (line === '') return;
    if (!this.#form) {
      // The first line tells the form of all.
      const column = columnOf(line);
      this.#isCsv = column !== undefined;
      this.#form = column ?? (line.startsWith('{') ? idsOfJson : idOfLine);
      if (column) return;
    }
    this.#add(this.#form(text), line);
  }

  #add(ids: readonly string[] | undefined, text: string): void {
    for (const id of ids ?? []) this.#ids.add(id);
    if (ids) return;
    this.#rubbish += 1;
    this.#firstRubbish ??= { line: this.#line, text: text.slice(0, 120) };
  }
}

function idOfLine(line: string): readonly string[] | undefined {
  const { id } = /^\s*(?<quote>["']?)(?<id>[^"',]*)\k<quote>,?\s*$/.exec(line)?.groups ?? {};
  return checkedId(id);
}

/** `"event_…"`, `{"id": …}`, or a list as the Events API answers it. */
function idsOfJson(text: string): readonly string[] | undefined {
  return idsOfValue(jsonValue(text));
}

function idsOfValue(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string' && value !== '') return [value];
  if (!isJsonObject(value)) return undefined;
  const id = NAMES.map((name) => value[name]).find((named) => typeof named === 'string' && named !== '');
  if (typeof id === 'string') return [id];
  if (!Array.isArray(value.data)) return undefined;
  const inner = value.data.map(idsOfValue);
  return inner.includes(undefined) ? undefined : inner.flatMap((ids) => ids ?? []);
}

/** How to read the lines below a header; undefined when the line is none. */
function columnOf(header: string): LineForm | undefined {
  for (const separator of SEPARATORS) {
    const names = csvFields(header, separator).map((name) => name.trim().toLowerCase());
    const at = NAMES.map((name) => names.indexOf(name)).find((index) => index >= 0);
    if (at !== undefined) return (line) => checkedId(csvFields(line, separator)[at]);
  }
  return undefined;
}

/** As a text of its own: a part of a longer one would keep all of that in memory. */
function checkedId(typed: string | undefined): readonly string[] | undefined {
  const id = typed?.trim() ?? '';
  return ID.test(id) ? [Buffer.from(id, 'latin1').toString('latin1')] : undefined;
}
