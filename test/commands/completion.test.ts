import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it, test } from 'vitest';
import { SHELLS } from '../../src/commands/completion/shell-scripts.ts';
import { CATALOGUE } from '../../src/domain/catalogue.ts';
import { run } from '../../src/program.ts';
import { open, temporaryFolder, withStream } from '../store/rig.ts';
import { fakeIo } from '../support/fake-io.ts';

async function offered(...words: string[]): Promise<string[]> {
  const { io, texts } = fakeIo();
  expect(await run(['completion', 'zsh', '--', ...words], io)).toBe(0);
  expect(texts.stderr).toBe('');
  return texts.stdout.split('\n').slice(0, -1);
}
const values = async (...words: string[]) => (await offered(...words)).map((line) => line.split('\t')[0]);

describe('completion offers', () => {
  it('commands, with what they do', async () => {
    expect(await offered('s')).toContain('sync\tread every event since the last run, once');
    expect(await values('')).toEqual(expect.arrayContaining(['sync', 'tail', 'types', 'store', 'help']));
    expect(await values('store', 'p')).toEqual(['prune', 'path']);
    expect(await values('help', 'st')).toEqual(['store']);
  });

  it('flags of the command, and the short ones after one dash', async () => {
    expect(await values('sync', '--if')).toEqual(['--if-busy']);
    expect(await values('store', 'export', '--st')).toEqual(['--stream', '--state', '--store']);
    expect(await values('tail', '-')).toEqual(expect.arrayContaining(['-q', '--quiet']));
    expect(await values('tail', '--')).not.toContain('-q');
    expect(await values('sync', '--quiet', '')).toContain('--follow');
  });

  it('what a flag takes, behind a space or an equals sign', async () => {
    expect(await values('sync', '--if-busy', '')).toEqual(['fail', 'skip']);
    expect(await values('sync', '--if-busy=s')).toEqual(['--if-busy=skip']);
    expect(await values('sync', '--if-busy', 'skip', '--fo')).toEqual(['--follow']);
    expect(await values('sync', '--max-events', '')).toEqual([]);
    expect(await values('completion', '')).toEqual([...SHELLS]);
  });

  it('types and their domains, one after another with commas between them', async () => {
    expect(await values('types', '')).toEqual(expect.arrayContaining([...CATALOGUE, 'dsync.*']));
    expect(await values('types', 'user.*', 'radar')).toEqual(['radar.*', 'radar.challenge_created']);
    expect(await values('tail', '--events', 'user.*,ses')).toEqual([
      'user.*,session.*',
      'user.*,session.created',
      'user.*,session.revoked',
    ]);
    expect(await values('tail', '--events', 'user.*,user.c')).toEqual([]);
    expect(await values('tail', '--events=rada')).toEqual([
      '--events=radar.*',
      '--events=radar.challenge_created',
    ]);
  });

  it('the names of files to the shell', async () => {
    expect(await values('sync', '--store', 'ev')).toEqual([':files']);
    expect(await values('tail', '--dotenv=')).toEqual([':files']);
  });

  it('our own commands behind the dashes of the sandbox', async () => {
    expect(await values('sandbox', '--', 'work')).toEqual(['workos-events']);
    expect(await values('sandbox', '--', 'workos-events', 'ta')).toEqual(['tail']);
    expect(await values('sandbox', '--', 'cat', 'x')).toEqual([':files']);
  });

  it('nothing, and no error, where there is nothing', async () => {
    expect(await offered('nonsense', '--what', 'x')).toEqual([]);
  });

  it('streams that the store has, without creating one', async () => {
    const path = join(temporaryFolder(), 'events.db');
    expect(await values('sync', '--store', path, '--stream', '')).toEqual([]);
    expect(existsSync(path)).toBe(false);
    const store = open(path);
    withStream(store);
    store.close();
    expect(await values('sync', '--store', path, '--stream', '')).toEqual(['default']);
    expect(await values('sync', '--store', path, '--stream=de')).toEqual(['--stream=default']);
    expect(await values('sync', '--store', path, '--stream', 'x')).toEqual([]);
    writeFileSync(path, 'no database');
    expect(await offered('sync', '--store', path, '--stream', '')).toEqual([]);
  });
});

test('an unknown shell is refused with those there are', async () => {
  const { io, texts } = fakeIo();
  expect(await run(['completion', 'tcsh'], io)).toBe(2);
  expect(texts.stderr).toMatch(/'tcsh'.*\n.*bash.*zsh.*fish/);
});

describe('in the shell itself', () => {
  const bin = () => {
    const folder = join(temporaryFolder(), 'bin');
    mkdirSync(folder);
    symlinkSync(join(inject('built'), 'bin', 'workos-events.js'), join(folder, 'workos-events'));
    return folder;
  };
  const answer = (shell: string, script: string) => {
    const PATH = `${bin()}:${process.env.PATH}`;
    const { stdout, stderr } = spawnSync(shell, ['-c', script], { env: { ...process.env, PATH } });
    return `${stdout}${stderr}`;
  };
  const has = (shell: string) => spawnSync(shell, ['--version']).status === 0;

  test.skipIf(!has('bash'))('bash', () => {
    const script = `
      eval "$(workos-events completion bash)"
      COMP_WORDS=(workos-events tail --events radar); COMP_CWORD=3
      _workos_events workos-events; printf '%s\\n' "\${COMPREPLY[@]}"`;
    expect(answer('bash', script)).toBe('radar.\\*\nradar.challenge_created\n');
  });

  test.skipIf(!has('fish'))('fish', () => {
    const script = `workos-events completion fish | source; complete -C 'workos-events tail --events radar'`;
    expect(answer('fish', script)).toBe('radar.*\t1 type\nradar.challenge_created\n');
  });

  test.skipIf(!has('zsh'))('zsh takes the script as it is', () => {
    expect(answer('zsh', 'workos-events completion zsh | zsh -n && echo fine')).toBe('fine\n');
  });
});
