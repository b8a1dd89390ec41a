/** A strict reader of as much of XML 1.0 as reports have; throws at whatever is not well-formed. */

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Its own text, without that of its children. */
  readonly text: string;
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NOT_A_CHARACTER = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const NAME = '[A-Za-z_][\\w.-]*';
const TOKEN = new RegExp(`<(/?)(${NAME})((?:\\s+${NAME}="[^"<]*")*)\\s*(/?)>|[^<]+`, 'y');
const ATTRIBUTE = new RegExp(`(${NAME})="([^"]*)"`, 'g');
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

interface Open {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

export function readXml(document: string): Element {
  const odd = NOT_A_CHARACTER.exec(document);
  if (odd) throw new Error(`at ${odd.index}: a character that XML does not have`);
  if (!document.startsWith(DECLARATION)) throw new Error('no declaration');
  const root: Open = { name: '', attributes: {}, children: [], text: '' };
  const open: Open[] = [root];
  TOKEN.lastIndex = DECLARATION.length;
  while (TOKEN.lastIndex < document.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(document);
    const here = open.at(-1);
    if (!token || !here) throw new Error(`at ${at}: no markup: ${document.slice(at, at + 30)}`);
    const [text, end, name, attributes = '', empty] = token;
    if (name === undefined) here.text += unescaped(text);
    else if (end === '') open.push({ name, attributes: attributesOf(attributes), children: [], text: '' });
    else if (here.name !== name) throw new Error(`at ${at}: ${name} ends where ${here.name} is open`);
    if (name !== undefined && (end !== '' || empty !== '')) {
      const closed = open.pop();
      if (closed) open.at(-1)?.children.push(closed);
    }
  }
  const [element, ...others] = root.children;
  if (open.length !== 1 || !element || others.length > 0 || root.text.trim() !== '') {
    throw new Error('not one element');
  }
  return element;
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(ATTRIBUTE)].map(([, name = '', value = '']) => [name, value] as const);
  const found = Object.fromEntries(
    pairs.map(([name, value]) => [name, unescaped(value.replace(/[\t\r\n]/g, ' '))]),
  );
  if (Object.keys(found).length !== pairs.length) throw new Error(`an attribute twice: ${text}`);
  return found;
}

function unescaped(text: string): string {
  if (text.includes(']]>')) throw new Error(`]]> in a text: ${text}`);
  return text.replace(/&(?:#(\d+);|(\w+);)?/g, (entity, number?: string, name?: string) => {
    if (number !== undefined) return String.fromCodePoint(Number(number));
    const character = ENTITIES[name ?? ''];
    if (character === undefined) throw new Error(`no entity: ${entity}`);
    return character;
  });
}
