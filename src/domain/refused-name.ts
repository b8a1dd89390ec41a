/**
 * The event types that a refusal is about, from its words: WorkOS refuses a whole call for one name it does
 * not know (`Invalid name parameter, received: '<name>'`), and may list the names it does know behind that.
 */
export function namesRefusedIn(words: string, sent: readonly string[]): readonly string[] {
  const received = /received:?\s*['"`“]?([\w.-]+)(?![\w.,-])/i.exec(words)?.[1]?.replace(/\.$/, '');
  if (received !== undefined && sent.includes(received)) return [received];
  return sent.filter((name) => mentions(words, name));
}

/** As a whole name: `user.created` is not in `dsync.user.created`. */
function mentions(words: string, name: string): boolean {
  for (let at = words.indexOf(name); at !== -1; at = words.indexOf(name, at + 1)) {
    const before = words.charAt(at - 1);
    const after = words.slice(at + name.length, at + name.length + 2);
    if (!/[\w.-]/.test(before) && !/^(\w|[.-]\w)/.test(after)) {
      return true;
    }
  }
  return false;
}
