import { describe, expect, it } from 'vitest';
import { RETENTION_MS, type ResumeInput, resume, retentionStart } from '../../src/domain/resume.ts';

const DAY = 24 * 3_600_000;
const MINUTE = 60_000;
const NOW = 1000 * DAY;
const OLDEST = retentionStart(NOW);

function at(stream: Partial<ResumeInput['stream']>, rest: Partial<ResumeInput> = {}) {
  const fresh = {
    cursor: null,
    readThroughMs: null,
    startedFromMs: OLDEST,
    defaultStart: true,
    horizonMs: 0,
  };
  return resume({
    stream: { ...fresh, ...stream },
    nowMs: NOW,
    overlapMs: 10 * MINUTE,
    cursorLost: false,
    ...rest,
  });
}
const cursorAt = (createdAtMs: number, id = 'event_c') => ({ cursor: { id, createdAtMs } });

describe('where a stream goes on', () => {
  it('begins at its start while it has read nothing', () => {
    expect(at({ startedFromMs: NOW - DAY, defaultStart: false })).toEqual({
      kind: 'range',
      fromMs: NOW - DAY,
    });
  });

  it('moves a default start with retention, and calls nothing a gap', () => {
    expect(at({ startedFromMs: NOW - 200 * DAY })).toEqual({ kind: 'range', fromMs: OLDEST });
  });

  it('calls no gap what has passed since its start was planned at the edge of retention', () => {
    const startedFromMs = OLDEST - 10_000;
    expect(at({ startedFromMs, defaultStart: false })).toEqual({ kind: 'range', fromMs: startedFromMs });
    expect(at({ startedFromMs: OLDEST - MINUTE, defaultStart: false })).toHaveProperty('gap');
  });

  it('continues after its cursor and reads the last ten minutes before it again', () => {
    const cursor = { id: 'event_c', createdAtMs: NOW - DAY };
    expect(at({ cursor, startedFromMs: NOW - 5 * DAY })).toEqual({
      kind: 'after',
      cursor,
      overlapFromMs: NOW - DAY - 10 * MINUTE,
    });
  });

  it.each([
    { what: 'start', limits: { startedFromMs: NOW - DAY - MINUTE } },
    { what: 'horizon', limits: { startedFromMs: NOW - 9 * DAY, horizonMs: NOW - DAY - MINUTE } },
  ])('reads nothing again before its $what', ({ limits }) => {
    expect(at({ ...cursorAt(NOW - DAY), ...limits })).toMatchObject({ overlapFromMs: NOW - DAY - MINUTE });
  });

  it('reads nothing again without an overlap', () => {
    expect(at({ ...cursorAt(NOW - DAY), startedFromMs: 0 }, { overlapMs: 0 })).not.toHaveProperty(
      'overlapFromMs',
    );
  });

  it('goes on by time, from the later of read_through and cursor less the overlap, when the cursor is lost', () => {
    const stream = { ...cursorAt(NOW - 3 * DAY), readThroughMs: NOW - DAY, startedFromMs: NOW - 9 * DAY };
    expect(at(stream, { cursorLost: true })).toEqual({ kind: 'range', fromMs: NOW - DAY - 10 * MINUTE });
    const readLess = { ...stream, readThroughMs: NOW - 5 * DAY };
    expect(at(readLess, { cursorLost: true })).toEqual({
      kind: 'range',
      fromMs: NOW - 3 * DAY - 10 * MINUTE,
    });
  });

  it('goes back by more than the API holds its newest events back, however short the overlap', () => {
    const stream = { readThroughMs: NOW - DAY, startedFromMs: NOW - 9 * DAY };
    expect(at(stream, { overlapMs: 0 })).toEqual({ kind: 'range', fromMs: NOW - DAY - MINUTE });
    expect(at({ ...stream, startedFromMs: NOW - DAY - 1000 }, { overlapMs: 0 })).toMatchObject({
      fromMs: NOW - DAY - 1000,
    });
  });

  it('does not go on from an event of the future, but from where it has read', () => {
    const stream = { ...cursorAt(NOW + DAY), readThroughMs: NOW - DAY, startedFromMs: NOW - 9 * DAY };
    expect(at(stream)).toEqual({ kind: 'range', fromMs: NOW - DAY - 10 * MINUTE });
    expect(at({ ...stream, readThroughMs: null })).toEqual({ kind: 'range', fromMs: NOW - 9 * DAY });
  });

  it('does not send a cursor that cannot be sent', () => {
    expect(at({ ...cursorAt(NOW - DAY, ''), startedFromMs: 0 })).toEqual({
      kind: 'range',
      fromMs: NOW - DAY - 10 * MINUTE,
    });
  });

  it('goes on by time where the cursor expired but the stream was read since', () => {
    const stream = { ...cursorAt(NOW - 100 * DAY), readThroughMs: NOW - DAY, startedFromMs: NOW - 120 * DAY };
    expect(at(stream)).toEqual({ kind: 'range', fromMs: NOW - DAY - 10 * MINUTE });
  });

  it('records a gap for what passed retention unread', () => {
    const stream = {
      ...cursorAt(NOW - 100 * DAY),
      readThroughMs: NOW - 95 * DAY,
      startedFromMs: NOW - 120 * DAY,
    };
    expect(at(stream)).toEqual({
      kind: 'range',
      fromMs: OLDEST,
      gap: { fromMs: NOW - 95 * DAY, toMs: OLDEST, reason: 'retention' },
    });
    expect(at(stream, { cursorLost: true })).toMatchObject({ gap: { reason: 'cursor_expired' } });
  });

  it('records a gap for a chosen start that passed retention before it was ever read', () => {
    const stream = { startedFromMs: NOW - 95 * DAY, defaultStart: false };
    expect(at(stream)).toMatchObject({
      fromMs: OLDEST - MINUTE / 2,
      gap: { fromMs: NOW - 95 * DAY, toMs: OLDEST - MINUTE / 2 },
    });
  });

  it('keeps clear of the edge of the 90 days', () => {
    expect(OLDEST).toBeGreaterThan(NOW - RETENTION_MS);
  });
});
