/**
 * Whether two wire texts of one event id say the same. The webhook form lacks the top-level `object`, and
 * its top-level members may stand in another order; any other difference is one (I11). Compared as
 * source text, so that `1.0` and `1` differ.
 */
export function sameContent(one: string, other: string): boolean {
  if (one === other) return true;
  const members = topLevelMembers(one);
  const others = topLevelMembers(other);
  if (!members || !others || members.length !== others.length) return false;
  return members.every((member, index) => member === others[index]);
}

/** `"key":value` source texts but `object`, sorted; undefined when the text is no JSON object. */
function topLevelMembers(text: string): string[] | undefined {
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined;
  const members: string[] = [];
  let start = 1;
  let depth = 0;
  for (let at = 1; at < text.length - 1; at += 1) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    else if (character === ',' && depth === 0) {
      members.push(text.slice(start, at));
      start = at + 1;
    }
  }
  members.push(text.slice(start, -1));
  return members.filter((member) => member !== '' && !member.startsWith('"object":')).sort();
}

/** Index of the closing quote of the string that opens at `from`. */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
