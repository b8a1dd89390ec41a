/** As much of Markdown as our documents use. */

export interface CodeBlock {
  readonly language: string;
  readonly lines: readonly string[];
}

export function codeBlocks(text: string): CodeBlock[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', body = '']) => ({
    language,
    lines: body.split('\n').slice(0, -1),
  }));
}

/** The contents of `…` in the text between code blocks. */
export function inlineCode(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** The targets of `[…](…)`. */
export function links(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** The rows of the tables, without their heads, as cells. */
export function tableRows(text: string): string[][] {
  return withoutBlocks(text)
    .split('\n')
    .filter((line, index, all) => line.startsWith('|') && !isHead(line, all[index + 1]))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

function isHead(line: string, next: string | undefined): boolean {
  return /^\|[-|]+$/.test(line) || /^\|[-|]+$/.test(next ?? '');
}

/** The part under a heading, up to the next one that is not below it. */
export function section(text: string, heading: string): string {
  const [level = ''] = heading.split(' ');
  const from = text.indexOf(`\n${heading}\n`);
  if (from < 0) throw new Error(`there is no "${heading}"`);
  const body = text.slice(from + heading.length + 2);
  const end = body.search(new RegExp(`^#{1,${level.length}} `, 'm'));
  return end < 0 ? body : body.slice(0, end);
}

/** What a link can name behind `#`. */
export function anchors(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-'),
  );
}

function withoutBlocks(text: string): string {
  return text.replace(/^```\w*\n[\s\S]*?^```$/gm, '');
}
