import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GAP, rowLayout, TIME_WIDTH } from '../../src/domain/row-layout.ts';

function lineWidth(columns: number): number {
  const shown = Object.values(rowLayout(columns).widths).filter((width) => width > 0);
  return TIME_WIDTH - 1 + shown.reduce((sum, width) => sum + GAP + width, 0);
}

describe('a row', () => {
  it('has every column at 80 and wider, and the last column of the terminal free', () => {
    fc.assert(
      fc.property(fc.integer({ min: 80, max: 300 }), (columns) => {
        expect(Object.values(rowLayout(columns).widths).every((width) => width > 0)).toBe(true);
        expect(lineWidth(columns)).toBeLessThan(columns);
      }),
    );
  });

  it('uses the width there is until everything fits whole', () => {
    for (let columns = 80; columns < 185; columns++) expect(lineWidth(columns)).toBe(columns - 1);
    expect(rowLayout(250).widths).toEqual({ type: 46, organization: 30, subject: 60, id: 32 });
  });

  it('shows ids whole or not more of them than before', () => {
    for (let columns = 80; columns < 250; columns++) {
      const { id, organization } = rowLayout(columns).widths;
      expect([7, 32]).toContain(id);
      expect([5, 30]).toContain(organization);
    }
    expect(rowLayout(120).widths.id).toBe(32);
  });

  it('leaves columns out where it is narrow, the type last', () => {
    expect(rowLayout(70).widths).toMatchObject({ organization: 0, id: 7 });
    expect(rowLayout(60).widths).toMatchObject({ organization: 0, id: 0 });
    expect(rowLayout(20).widths).toMatchObject({ organization: 0, id: 0, subject: 0, type: 9 });
    for (let columns = 12; columns < 80; columns++) expect(lineWidth(columns)).toBeLessThan(columns);
  });

  it('in a file or a pipe is not shortened', () => {
    expect(rowLayout(undefined).shortens).toBe(false);
  });
});
