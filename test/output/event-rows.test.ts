import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import type { WireEvent } from '../../src/domain/event.ts';
import { EventRows } from '../../src/output/event-rows.ts';

const plain = new Chalk({ level: 0 });
const AT = Date.UTC(2026, 10, 24, 8, 55, 10, 123);

function event(type: string, data: unknown, more: Partial<WireEvent> = {}): WireEvent {
  const id = 'event_01KDVDND8Z00009RGRXDHFKY7G';
  return {
    id,
    type,
    createdAtMs: AT,
    timeSource: 'created_at',
    organizationId: null,
    lane: 'common',
    text: JSON.stringify({ id, event: type, data }),
    ...more,
  };
}

const EVENTS = [
  event('user.created', { email: 'ada@example.com' }),
  event(
    'authentication.email_verification_succeeded',
    { email: 'lucia.obrien42@nakatomi.example.com' },
    { organizationId: 'org_01RH9WPWJS2B843CW9CSP3QSWT' },
  ),
  event('vault.names.listed', {}, { createdAtMs: AT + 24 * 3_600_000 }),
];

describe('rows', () => {
  it('of a terminal of 80 columns, with a line where a day begins', () => {
    expect(new EventRows(plain).text(EVENTS, false, 80)).toBe(
      `── 2026-11-24, UTC
08:55:10  user.created                       -      ada@example.com     …HFKY7G
08:55:10  authentication.email…on_succeeded  …QSWT  lucia.obrien42@na…  …HFKY7G
── 2026-11-25, UTC
08:55:10  vault.names.listed                 -      -                   …HFKY7G
`,
    );
  });

  it('of a pipe have the whole of everything', () => {
    expect(new EventRows(plain).text(EVENTS.slice(1, 2), false, undefined).split(/ {2,}/)).toEqual([
      '2026-11-24T08:55:10.123Z',
      'authentication.email_verification_succeeded',
      'org_01RH9WPWJS2B843CW9CSP3QSWT',
      'lucia.obrien42@nakatomi.example.com',
      'event_01KDVDND8Z00009RGRXDHFKY7G\n',
    ]);
  });

  it('mark what became visible late', () => {
    expect(new EventRows(plain).text(EVENTS.slice(0, 1), true, 80)).toContain('08:55:10* user.created');
  });

  it('have the colour of their outcome', () => {
    const colours = new EventRows(new Chalk({ level: 1 }));
    const row = (type: string) => colours.text([event(type, {})], false, 80);
    expect(row('authentication.sso_failed')).toContain('\u001b[31mauthentication.sso_failed');
    expect(row('user.created')).toContain('\u001b[32muser.created');
    expect(row('user.deleted')).toContain('\u001b[35muser.deleted');
  });

  it('let nothing of a payload act on the terminal', () => {
    const odd = event(
      'user.\u001b[2J',
      { email: 'a\u001b]0;x\u0007\nb' },
      { id: 'event_\r1', organizationId: '\u009b1' },
    );
    const text = new EventRows(plain).text([odd], false, undefined);
    expect(text.trimEnd()).not.toMatch(/\p{Cc}/u);
    expect(text).toContain('a\\u001b]0;x\\u0007\\u000ab');
  });

  it('are short where a payload holds megabytes', () => {
    const huge = event('user.created', { name: 'x'.repeat(5_000_000) });
    expect(new EventRows(plain).text([huge], false, undefined).length).toBeLessThan(400);
  });
});
