import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { resultOf } from '../../../src/domain/doctor/check-result.ts';
import type { CheckId } from '../../../src/domain/doctor/checks.ts';
import { LiveList } from '../../../src/output/doctor/live-list.ts';
import { fakeIo } from '../../support/fake-io.ts';

function settled(id: CheckId, detail = 'It is so.') {
  const finding = { code: 'code', status: 'pass', transient: false, detail, fixes: [] } as const;
  return {
    kind: 'settled',
    result: resultOf(id, { findings: [finding], durationMs: 1, chosen: true }),
  } as const;
}

function list({
  isTTY = true,
  rows = 24,
  columns = 60,
  quiet = false,
  plainLines = false,
  TERM = 'xterm',
} = {}) {
  const { io, texts } = fakeIo({ isTTY, columns, env: { TERM, NO_COLOR: '1' } });
  const live = new LiveList(
    { ...io, stderr: { ...io.stderr, rows } },
    { beforeTable: true, quiet, plainLines },
  );
  onTestFinished(() => live.finish());
  return { live, texts };
}

/** What a terminal shows after these texts: only line starts, moving up and clearing are understood. */
function screen(text: string): string[] {
  let lines: string[] = [''];
  let at = 0;
  for (const [token] of text.matchAll(/\p{Cc}\[\d*[A-Z]|\r|\n|\P{Cc}+/gu)) {
    if (token === '\r') continue;
    if (token === '\n') at += 1;
    else if (token.endsWith('A')) at -= Number(token.slice(2, -1));
    else if (token === '\u001b[K') continue;
    else if (token === '\u001b[0J') lines = lines.slice(0, at);
    else lines[at] = token;
  }
  return lines.filter((line) => line !== undefined && line !== '');
}

describe('on a terminal', () => {
  test('a line each, with a spinner until it is settled, in the order of the checks', () => {
    const { live, texts } = list();
    live.show({ kind: 'started', id: 'network.api' });
    live.show({ kind: 'started', id: 'runtime.node' });
    expect(screen(texts.stderr)).toEqual(['  ⠋       runtime.node', '  ⠋       network.api']);
    live.show(settled('network.api'));
    expect(screen(texts.stderr)).toEqual(['  ⠋       runtime.node', '  ✓ pass  network.api   It is so.']);
  });

  test('in the order of the table, which keeps groups together', () => {
    const { live, texts } = list();
    for (const id of ['network.api', 'time.clock'] as const) live.show({ kind: 'started', id });
    expect(screen(texts.stderr)).toEqual(['  ⠋       time.clock', '  ⠋       network.api']);
  });

  test('the spinners turn', () => {
    vi.useFakeTimers();
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const { live, texts } = list();
    live.show({ kind: 'started', id: 'network.api' });
    vi.advanceTimersByTime(170);
    expect(screen(texts.stderr)).toEqual(['  ⠹       network.api']);
  });

  test('goes away at the end: the table takes its place', async () => {
    const { live, texts } = list();
    live.show({ kind: 'started', id: 'network.api' });
    live.show(settled('network.api'));
    await live.finish();
    await live.finish();
    expect(screen(texts.stderr)).toEqual([]);
  });

  test('a line is never longer than the terminal is wide', () => {
    const { live, texts } = list({ columns: 40 });
    live.show({ kind: 'started', id: 'network.api' });
    live.show(settled('network.api', `much ${'more '.repeat(30)}\u001b[2J`));
    const [line = ''] = screen(texts.stderr);
    expect(line).toMatch(/^ {2}✓ pass {2}network\.api {2}much more m.*…$/);
    expect(line.length).toBeLessThan(40);
  });

  test('with less room than checks, it is one line', () => {
    const { live, texts } = list({ rows: 3, columns: 70 });
    for (const id of ['runtime.node', 'network.api', 'store.file'] as const)
      live.show({ kind: 'started', id });
    live.show(settled('store.file'));
    expect(screen(texts.stderr)).toEqual(['  ⠋ 1 of 3 checks done: runtime.node, network.api']);
  });

  test('what did not run has no line', () => {
    const { live, texts } = list();
    live.show(settled('store.file'));
    expect(screen(texts.stderr)).toEqual([]);
  });
});

describe('elsewhere', () => {
  test.each([
    [{ isTTY: false, plainLines: true }, '✓ pass  network.api  It is so.\n'],
    [{ TERM: 'dumb', plainLines: true }, '✓ pass  network.api  It is so.\n'],
    [{ isTTY: false }, ''],
    [{ isTTY: false, plainLines: true, quiet: true }, ''],
    [{ quiet: true }, ''],
  ])('%j', async (options, expected) => {
    const { live, texts } = list(options);
    live.show({ kind: 'started', id: 'network.api' });
    live.show(settled('network.api'));
    await live.finish();
    expect(texts.stderr).toBe(expected);
  });
});
