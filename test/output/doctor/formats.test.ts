import { describe, expect, test } from 'vitest';
import { type CheckResult, diagnosisOf, resultOf } from '../../../src/domain/doctor/check-result.ts';
import type { CheckId } from '../../../src/domain/doctor/checks.ts';
import type { Finding } from '../../../src/domain/doctor/finding.ts';
import { githubAnnotations, githubSummary } from '../../../src/output/doctor/github.ts';
import { doctorJson } from '../../../src/output/doctor/json.ts';
import { doctorJunit } from '../../../src/output/doctor/junit.ts';
import { doctorTable } from '../../../src/output/doctor/table.ts';
import { styleFor } from '../../../src/output/style.ts';

const plain = styleFor({ isTTY: false, env: {}, flag: false });
const AT = Date.UTC(2026, 10, 24, 12);

function result(id: CheckId, finding: Partial<Finding>, chosen = true) {
  const whole = {
    code: 'code',
    status: 'pass',
    transient: false,
    detail: '',
    fixes: [],
    ...finding,
  } as const;
  return resultOf(id, { findings: [whole], durationMs: 1234, chosen });
}

const MIXED = diagnosisOf(
  [
    result('config.api_key', { detail: 'Set.' }),
    result('network.api', { status: 'warn', detail: 'Slow: 100%, <b> & "more".', fixes: ['Wait.'] }),
    result('auth.api_key', {
      status: 'fail',
      code: 'unauthorized',
      detail: 'Refused, a: b.',
      fixes: ['Do a.', 'Or b:\ncommand'],
    }),
    result('time.clock', { status: 'skip', detail: 'Needs a way to the API.' }),
    result('store.file', { status: 'skip', detail: 'Not among --only.' }, false),
  ],
  2500,
);

describe('the table', () => {
  test('has what was chosen, then the fixes of failures before those of warnings', () => {
    expect(doctorTable(MIXED, { style: plain, columns: undefined })).toBe(`This machine
  – skip  time.clock      Needs a way to the API.

WorkOS API
  ✓ pass  config.api_key  Set.
  ! warn  network.api     Slow: 100%, <b> & "more".
  ✗ fail  auth.api_key    Refused, a: b.

What to do
  ✗ fail  auth.api_key
    - Do a.
    - Or b:
      command
  ! warn  network.api
    - Wait.

Not good: 1 failed, 1 with a warning, 1 passed, 1 skipped in 2.5 s
`);
  });

  describe('on a terminal', () => {
    const on = (columns: number, ...results: readonly CheckResult[]) =>
      doctorTable(diagnosisOf(results, 1), { style: plain, columns }).split('\n');
    const words = result('time.clock', { detail: 'one two three four five six seven eight' });

    test('breaks lines at its edge, and goes on in the same column', () => {
      expect(on(60, words).slice(1, 3)).toEqual([
        '  ✓ pass  time.clock  one two three four five six seven',
        '                      eight',
      ]);
    });

    test('with little room, details stand below', () => {
      expect(on(50, words).slice(1, 4)).toEqual([
        '  ✓ pass  time.clock',
        '            one two three four five six seven',
        '            eight',
      ]);
    });

    test('no line is longer than it is wide, in any width', () => {
      const skip = result('source.connections', { status: 'skip', detail: 'one two three '.repeat(9) });
      const fail = result('auth.api_key', {
        status: 'fail',
        detail: 'no '.repeat(60),
        fixes: ['do '.repeat(60)],
      });
      for (let columns = 32; columns <= 140; columns += 1) {
        for (const line of on(columns, words, skip, fail).slice(0, -2)) {
          expect(line.length, `${columns}: ${line}`).toBeLessThan(columns);
        }
      }
    });

    const absent = { status: 'skip', detail: 'There is no store.' } as const;
    const store = [
      result('store.file', absent),
      result('store.integrity', absent),
      result('store.streams', { status: 'skip', detail: 'Something else.' }),
    ];

    test('checks that are skipped for one reason say it once', () => {
      expect(on(80, ...store).slice(1, 4)).toEqual([
        '  – skip  store.file       There is no store.',
        '          store.integrity',
        '  – skip  store.streams    Something else.',
      ]);
      expect(on(80, result('store.file', {}), result('store.integrity', {})).slice(1, 3)).toEqual([
        '  ✓ pass  store.file',
        '  ✓ pass  store.integrity',
      ]);
    });

    test('a command at the end of a fix stays whole', () => {
      const command = 'workos-events sandbox -- workos-events doctor';
      const fixes = [`Try it without an account: ${command}`, `Run ${command} (or none).`];
      const fixed = on(60, result('time.clock', { status: 'fail', fixes })).slice(5, -3);
      expect(fixed).toEqual([
        '    - Try it without an account:',
        `      ${command}`,
        '    - Run workos-events sandbox -- workos-events doctor (or',
        '      none).',
      ]);
      expect(on(90, result('time.clock', { status: 'fail', fixes }))).toContain(`    - ${fixes[0]}`);
    });
  });

  test('in a pipe, each check has a whole line', () => {
    const detail = 'There is no store. '.repeat(9).trim();
    const results = (['store.file', 'store.integrity'] as const).map((id) =>
      result(id, { status: 'skip', detail }),
    );
    expect(doctorTable(diagnosisOf(results, 1), { style: plain, columns: undefined })).toContain(
      `  – skip  store.file       ${detail}\n  – skip  store.integrity  ${detail}\n`,
    );
  });
});

test('the document has the fields that are promised', () => {
  const { ok, summary, checks } = JSON.parse(JSON.stringify(doctorJson(MIXED)));
  expect([ok, summary]).toEqual([false, { pass: 1, warn: 1, fail: 1, skip: 2 }]);
  expect(checks[2]).toEqual({
    id: 'auth.api_key',
    title: 'The API accepts the key',
    status: 'fail',
    transient: false,
    detail: 'Refused, a: b.',
    fixes: ['Do a.', 'Or b:\ncommand'],
    duration_ms: 1234,
  });
});

describe('JUnit', () => {
  test('a suite, and a case for each check', () => {
    expect(doctorJunit(MIXED, AT)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="workos-events doctor" tests="5" failures="1" errors="0" time="2.500">
  <testsuite name="doctor" tests="5" failures="1" errors="0" time="2.500" skipped="2" timestamp="2026-11-24T12:00:00">
    <testcase classname="doctor.config" name="config.api_key: The API key is set and well-formed" time="1.234">
      <system-out>Set.</system-out>
    </testcase>
    <testcase classname="doctor.network" name="network.api: The API can be reached" time="1.234">
      <system-out>warning: Slow: 100%, &lt;b&gt; &amp; &quot;more&quot;.
- Wait.</system-out>
    </testcase>
    <testcase classname="doctor.auth" name="auth.api_key: The API accepts the key" time="1.234">
      <failure message="Refused, a: b." type="unauthorized">Refused, a: b.
- Do a.
- Or b:
  command</failure>
    </testcase>
    <testcase classname="doctor.time" name="time.clock: The clock of this machine is right" time="1.234">
      <skipped message="Needs a way to the API."/>
    </testcase>
    <testcase classname="doctor.store" name="store.file: The store can be used" time="1.234">
      <skipped message="Not among --only."/>
    </testcase>
  </testsuite>
</testsuites>
`);
  });

  test('what XML has no form for is written out', () => {
    const odd = 'a\u0000\u001b[0m\ud800\ufffe]]>\u0085\n"é😀\t';
    const xml = doctorJunit(diagnosisOf([result('time.clock', { status: 'fail', detail: odd })], 1), AT);
    expect(xml).toContain(
      'message="a\\u0000\\u001b[0m\\ud800\\ufffe]]&gt;\\u0085&#10;&quot;é😀&#9;" type="code">a\\u0000',
    );
    expect(xml).not.toMatch(/[^\n\t\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
  });
});

describe('GitHub', () => {
  test('an annotation for each failure and warning, and one for what it comes to', () => {
    expect(githubAnnotations(MIXED)).toBe(
      [
        '::warning title=network.api::Slow: 100%25, <b> & "more".%0A- Wait.',
        '::error title=auth.api_key::Refused, a: b.%0A- Do a.%0A- Or b:%0A  command',
        '::notice title=workos-events doctor::not good: 1 failed, 1 with a warning, 1 passed, 2 skipped',
        '',
      ].join('\n'),
    );
  });

  test.each([
    ['100%', '100%25'],
    ['%0A::error::x', '%250A::error::x'],
    ['a\nb', 'a%0Ab'],
    ['a\r\nb', 'a\\u000d%0Ab'],
    ['https://e.example/?a,b', 'https://e.example/?a,b'],
    ['\u2028\u001b[0m', '\\u2028\\u001b[0m'],
  ])('%j is written %j', (detail, written) => {
    const [line] = githubAnnotations(
      diagnosisOf([result('time.clock', { status: 'fail', detail })], 1),
    ).split('\n');
    expect(line).toBe(`::error title=time.clock::${written}`);
  });

  test('no text begins a command of its own', () => {
    const detail = 'a\r\n::stop-commands::x\n::error::y';
    const text = githubAnnotations(diagnosisOf([result('time.clock', { status: 'fail', detail })], 1));
    expect(text.match(/^::.*$/gm)?.map((line) => line.split('::')[1])).toEqual([
      'error title=time.clock',
      'notice title=workos-events doctor',
    ]);
  });

  test('the summary is a table, in which text from outside is text', () => {
    const summary = githubSummary(MIXED);
    expect(summary).toContain('## workos-events doctor: not good\n');
    expect(summary).toContain('| ✅ pass | `config.api_key` | Set. |\n');
    expect(summary).toContain('Slow: 100%, &#60;b&#62; &#38; "more".');
    expect(summary).not.toContain('store.file');
    expect(summary).toContain(
      '\n### What to do\n\n**`auth.api_key`**\n\n- Do a.\n- Or b:\n\n      command\n\n\n**`network.api`**\n\n- Wait.\n',
    );
    const skips = (['store.file', 'store.streams'] as const).map((id) =>
      result(id, { status: 'skip', detail: 'No.' }),
    );
    expect(githubSummary(diagnosisOf(skips, 1))).toContain(
      '| ➖ skip | `store.file`, `store.streams` | No. |\n',
    );
    const odd = 'a | b\n\n# c [d](https://e.example) <img src=x> `f` @g';
    const row = githubSummary(diagnosisOf([result('time.clock', { detail: odd })], 1)).split('\n')[4];
    expect(row?.match(/\|/g)).toHaveLength(4);
    expect(row).not.toMatch(/[[\]<>@]|`f`/);
  });
});
