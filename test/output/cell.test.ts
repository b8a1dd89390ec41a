import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atEnd, cell, idsEnd, inMiddle, widthOf } from '../../src/output/cell.ts';

describe('a cell', () => {
  it.each([
    ['Ada', 6, atEnd, 'Ada   '],
    ['lucia.obrien42@acme.example', 12, atEnd, 'lucia.obrie…'],
    ['authentication.password_succeeded', 20, inMiddle, 'authenticati…cceeded'],
    ['org_01RH9WPWJS2B843CW9CSP3QSWT', 10, idsEnd, 'org_…3QSWT'],
    ['org_01RH9WPWJS2B843CW9CSP3QSWT', 5, idsEnd, '…QSWT'],
    ['日本の会社', 7, atEnd, '日本の…'],
    ['日本', 6, atEnd, '日本  '],
    ['Zoë', 5, atEnd, 'Zoë  '],
  ])('%s in %i', (text, width, shorten, shown) => {
    expect(cell(text, width, shorten)).toBe(shown);
  });

  it('is as wide as asked, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 2, max: 60 }), (text, width) => {
        for (const shorten of [atEnd, inMiddle, idsEnd]) {
          expect(widthOf(cell(text, width, shorten))).toBe(width);
        }
      }),
    );
  });

  it('shows what a terminal would act on', () => {
    expect(cell('a\u001b[31mb\nc\u202e', 30, atEnd).trimEnd()).toBe('a\\u001b[31mb\\u000ac\\u202e');
  });

  it('without shortening pushes on', () => {
    expect(cell('abcdef', 3, undefined)).toBe('abcdef');
  });
});
