/** The layouts in which serialisers write the same JSON. */
export type Tokens = readonly string[];

export function compact(tokens: Tokens): string {
  return tokens.join('');
}

/** `{"a": 1, "b": 2}`, as Python writes it. */
export function spaced(tokens: Tokens): string {
  return tokens.map((token) => (token === ',' ? ', ' : token === ':' ? ': ' : token)).join('');
}

/** Each level costs its indent on every line, and no webhook is nested deeper. */
const DEEPEST = 200;
const INDENT = '  ';

/** As `JSON.stringify(value, null, 2)`; undefined when it is nested too deeply for that. */
export function indented(tokens: Tokens): string | undefined {
  const parts: string[] = [];
  let line = '\n';
  for (const [index, token] of tokens.entries()) {
    const isEnd = isClosing(token);
    if (isEnd) line = line.slice(0, line.length - INDENT.length);
    parts.push(isEnd && !isOpening(tokens[index - 1]) ? line + token : token === ':' ? ': ' : token);
    if (isOpening(token)) line += INDENT;
    if (line.length > 1 + DEEPEST * INDENT.length) return undefined;
    if (token === ',' || (isOpening(token) && !isClosing(tokens[index + 1]))) parts.push(line);
  }
  return parts.join('');
}

/** The same with another indent: a line begins nowhere else, for strings hold no line breaks. */
export function reindented(text: string, indent: string): string {
  const indents: string[] = [];
  return text.replace(/\n *\S/g, (start) => {
    const depth = (start.length - 2) / INDENT.length;
    indents[depth] ??= `\n${indent.repeat(depth)}`;
    return `${indents[depth]}${start.charAt(start.length - 1)}`;
  });
}

function isOpening(token: string | undefined): boolean {
  return token === '{' || token === '[';
}

function isClosing(token: string | undefined): boolean {
  return token === '}' || token === ']';
}
