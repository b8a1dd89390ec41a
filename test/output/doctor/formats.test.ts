import { describe, expect, test } from 'vitest';
import { diagnosisOf, resultOf } from '../../../src/domain/doctor/check-result.ts';
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
    expect(doctorTable(MIXED, { style: plain, columns: undefined })).toBe(`WorkOS API
  ✓ pass  config.api_key  Set.
  ! warn  network.api     Slow: 100%, <b> & "more".
  ✗ fail  auth.api_key    Refused, a: b.

This machine
  – skip  time.clock      Needs a way to the API.

What to do
  ✗ fail  auth.api_key
    - Do a.
    - Or b:
      command
  ! warn  network.api
    - Wait.

Not good: 1 failed, 1 with a warning, 1 passed, 2 skipped in 2.5 s
`);
  });

  test('breaks lines at the edge of a terminal, and goes on below', () => {
    const long = diagnosisOf([result('time.clock', { detail: 'one two three four five six seven' })], 1);
    expect(doctorTable(long, { style: plain, columns: 53 })).toContain(
      '  ✓ pass  time.clock  one two three four five six\n                      seven\n',
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
<testsuites name="workos-events doctor" tests="5" failures="1" errors="0" skipped="2" time="2.500">
  <testsuite name="doctor" tests="5" failures="1" errors="0" skipped="2" time="2.500" timestamp="2026-11-24T12:00:00">
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
        '::error title=auth.api_key::Refused, a: b.%0A- Do a.%0A- Or b:%0Acommand',
        '::notice title=workos-events doctor::not good: 1 failed, 1 with a warning, 1 passed, 2 skipped',
        '',
      ].join('\n'),
    );
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
    expect(summary).toContain('\n### What to do\n\n**`network.api`**\n\n- Wait.\n');
    const odd = 'a | b\n\n# c [d](https://e.example) <img src=x> `f` @g';
    const row = githubSummary(diagnosisOf([result('time.clock', { detail: odd })], 1)).split('\n')[4];
    expect(row?.match(/\|/g)).toHaveLength(4);
    expect(row).not.toMatch(/[[\]<>@]|`f`/);
  });
});
