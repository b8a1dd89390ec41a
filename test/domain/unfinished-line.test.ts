import { expect, test } from 'vitest';
import { judgeLastLine, type LastLine } from '../../src/domain/unfinished-line.ts';

const torn = (keptBytes = 0): LastLine => ({ kind: 'torn', keptBytes });

test.each<[string, LastLine]>([
  ['', { kind: 'ended' }],
  ['{', torn()],
  ['{"', torn()],
  ['{"id":"event_1","da', torn()],
  ['{"id":"a}"', torn()],
  ['{"id":"event_1"}', { kind: 'unended' }],
  ['{"id":"event_1"}\0\0', torn(16)],
  ['{"id":"é"}\0', torn(11)],
  ['{"id":"ev\0\0\0', torn()],
  ['{"id":"ev\0\0"}', torn()],
  ['\0\0\0', torn()],
  ['{}', { kind: 'unended' }],
  ['{ "pretty": ', { kind: 'unended' }],
  ['}', { kind: 'unended' }],
  ['2026-11-24 a line of a log', { kind: 'unended' }],
  ['a picture\0\0', { kind: 'unended' }],
  [' {"id":"ev', { kind: 'unended' }],
])('%j', (piece, verdict) => {
  expect(judgeLastLine(Buffer.from(piece))).toEqual(verdict);
});

test('a line torn inside a character', () => {
  expect(judgeLastLine(Buffer.from('{"id":"é').subarray(0, -1))).toEqual(torn());
});
