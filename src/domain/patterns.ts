/** Patterns of event types: `dsync.*`, `*.deleted`, or an exact name. `*` stands for any characters. */

export function isGlob(pattern: string): boolean {
  return pattern.includes('*');
}

export function matchesPattern(pattern: string, type: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return pattern === type;
  if (!type.startsWith(head) || type.length < head.length + tail.length) return false;
  let at = head.length;
  for (const part of rest) {
    const found = type.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return type.endsWith(tail) && at <= type.length - tail.length;
}
