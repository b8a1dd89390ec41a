/** By which a page is known as one of ours. */
export const GENERATOR = 'workos-events reconcile';

const FIRST_LINES = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="${GENERATOR}">
`;

/** How much of a file tells whether it is one. */
export const TELLING_BYTES = FIRST_LINES.length;

export function isReport(start: string): boolean {
  return start.startsWith(FIRST_LINES);
}
