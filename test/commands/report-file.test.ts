import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { ReportFile } from '../../src/commands/reconcile/report-file.ts';
import { AppError } from '../../src/errors.ts';
import { reportPage } from '../../src/output/reconcile/report/page.ts';
import { temporaryFolder } from '../store/rig.ts';
import { factsOf, listed, resultOf } from '../support/incident.ts';

const PAGE = reportPage(resultOf(listed()), factsOf());

let folder: string;
const at = (name: string) => join(folder, name);
const prepare = (typed: string) => ReportFile.prepare(typed, { cwd: folder, runId: 'run-1' });

beforeEach(() => {
  folder = temporaryFolder();
});

async function refused(running: Promise<unknown>): Promise<AppError> {
  const error = await running.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw new Error(`nothing was refused, but: ${String(error)}`);
}

test('preparing leaves nothing; what is written is there whole, for its owner alone', async () => {
  const file = await prepare('r.html');
  expect(readdirSync(folder)).toEqual([]);
  await file.write(PAGE);
  expect(readdirSync(folder)).toEqual(['r.html']);
  expect(readFileSync(at('r.html'), 'utf8')).toBe(PAGE);
  expect(statSync(at('r.html')).mode & 0o777).toBe(0o600);
});

test('an older report is replaced by a file of its own, also behind a link', async () => {
  mkdirSync(at('reports'));
  writeFileSync(at('reports/old.html'), PAGE, { mode: 0o644 });
  symlinkSync('reports/old.html', at('r.html'));
  await (await prepare('r.html')).write(PAGE.replaceAll('missing', 'lost'));
  expect(readFileSync(at('reports/old.html'), 'utf8')).toContain('lost');
  expect(statSync(at('reports/old.html')).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual(['r.html', 'reports', 'reports/old.html']);
});

test('an empty file, as mktemp makes it, may be written', async () => {
  writeFileSync(at('r.html'), '');
  await (await prepare('r.html')).write(PAGE);
  expect(readFileSync(at('r.html'), 'utf8')).toBe(PAGE);
});

describe('refused before anything is done', () => {
  test.each([
    { typed: '', says: '--report names no file.' },
    { typed: '-', says: '--report does not write to stdout.' },
    { typed: 'folder', says: 'The report cannot be written to folder: it is a folder.' },
    { typed: 'new/', says: 'The report cannot be written to new/: it is a folder.' },
    { typed: 'nowhere/r.html', says: 'nowhere/r.html: its folder does not exist.' },
    { typed: 'ids.txt/r.html', says: 'ids.txt/r.html: a part of its path is no folder.' },
    { typed: `${'n'.repeat(300)}.html`, says: 'its name is too long.' },
    { typed: 'loop', says: 'loop: its links go round in a circle.' },
    { typed: '/dev/null', says: '/dev/null: it is no ordinary file.' },
    { typed: 'ids.txt', says: 'ids.txt exists and is no report of this program: it is not replaced.' },
    { typed: 'page.html', says: 'page.html exists and is no report of this program: it is not replaced.' },
  ])('$says', async ({ typed, says }) => {
    mkdirSync(at('folder'));
    writeFileSync(at('ids.txt'), 'event_1\n');
    writeFileSync(at('page.html'), '<!doctype html>\n<html lang="en">\n<p>hello');
    symlinkSync('loop', at('loop'));
    const before = readdirSync(folder);
    const error = await refused(prepare(typed));
    expect(error).toMatchObject({ code: 'usage', hint: expect.stringMatching(/^Give /) });
    expect(error.message).toContain(says);
    expect(readdirSync(folder)).toEqual(before);
    expect(readFileSync(at('ids.txt'), 'utf8')).toBe('event_1\n');
  });

  test.skipIf(process.getuid?.() === 0)('no permission (not as root, who has it)', async () => {
    mkdirSync(at('closed'));
    chmodSync(at('closed'), 0o500);
    expect((await refused(prepare('closed/r.html'))).message).toContain('there is no permission to write it');
  });
});

describe('where writing fails, what was there stays, and nothing is left beside it', () => {
  test('a folder took its place', async () => {
    const file = await prepare('r.html');
    mkdirSync(at('r.html'));
    expect(await refused(file.write(PAGE))).toMatchObject({
      code: 'output_failed',
      message: 'The report cannot be written to r.html: it is a folder.',
    });
    expect(readdirSync(folder)).toEqual(['r.html']);
  });

  test('another file did', async () => {
    const file = await prepare('r.html');
    writeFileSync(at('r.html'), 'SQLite format 3');
    expect((await refused(file.write(PAGE))).code).toBe('output_failed');
    expect(readFileSync(at('r.html'), 'utf8')).toBe('SQLite format 3');
    expect(readdirSync(folder)).toEqual(['r.html']);
  });

  test('its folder is gone', async () => {
    mkdirSync(at('reports'));
    const file = await prepare('reports/r.html');
    rmdirSync(at('reports'));
    expect((await refused(file.write(PAGE))).message).toContain('its folder does not exist');
  });

  test('the new one could not be begun', async () => {
    writeFileSync(at('r.html'), PAGE);
    const file = await prepare('r.html');
    mkdirSync(at('.workos-events-run-1.tmp'));
    expect((await refused(file.write('new'))).code).toBe('output_failed');
    expect(readFileSync(at('r.html'), 'utf8')).toBe(PAGE);
  });
});
