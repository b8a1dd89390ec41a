/**
 * JUnit's XML, as Jenkins and GitLab read it: a suite, a case a check; warnings pass, with what was said.
 * Jenkins refuses a report with an attribute that its schema lacks, such as `skipped` of the outer element.
 */
import type { CheckResult, Diagnosis } from '../../domain/doctor/check-result.ts';
import { saidOf } from './said.ts';

export function doctorJunit({ summary, checks, durationMs }: Diagnosis, startedAtMs: number): string {
  const counts = `tests="${checks.length}" failures="${summary.fail}" errors="0" time="${seconds(durationMs)}"`;
  const timestamp = new Date(startedAtMs).toISOString().slice(0, 19);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="workos-events doctor" ${counts}>`,
    `  <testsuite name="doctor" ${counts} skipped="${summary.skip}" timestamp="${timestamp}">`,
    ...checks.map(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(check: CheckResult): string {
  const { id, title, status, durationMs } = check;
  const [area = id] = id.split('.');
  const attributes = `classname="doctor.${area}" name="${attribute(`${id}: ${title}`)}" time="${seconds(durationMs)}"`;
  return `    <testcase ${attributes}>\n${inner[status](check)}    </testcase>`;
}

const inner: Readonly<Record<CheckResult['status'], (check: CheckResult) => string>> = {
  pass: ({ detail }) => `      <system-out>${text(detail)}</system-out>\n`,
  warn: (check) => `      <system-out>${text(`warning: ${saidOf(check)}`)}</system-out>\n`,
  fail: (check) => {
    const [code = 'failed'] = check.findings.filter(({ status }) => status === 'fail').map((one) => one.code);
    return `      <failure message="${attribute(check.detail)}" type="${attribute(code)}">${text(saidOf(check))}</failure>\n`;
  },
  skip: ({ detail }) => `      <skipped message="${attribute(detail)}"/>\n`,
};

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 has no form at all for most control characters and for half a pair. */
function text(said: string): string {
  return said
    .replace(/[^\n\t\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]|[\u007f-\u009f]/gu, escaped)
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
}

/** Of an attribute: a line break as it stands would be read as a space. */
function attribute(said: string): string {
  return text(said).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
