import { describe, expect, test } from 'vitest';
import { parseSinkSpec, sinkName } from '../../src/domain/sink-spec.ts';
import { AppError } from '../../src/errors.ts';

const strict = { insecureHttp: false };

function refused(text: string): AppError {
  try {
    parseSinkSpec(text, strict);
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error(`${text} was not refused`);
}

test.each([
  ['stdout', { kind: 'stdout' }],
  ['file:events.ndjson', { kind: 'file', path: 'events.ndjson' }],
  ['file:/var/log/a b=c:d', { kind: 'file', path: '/var/log/a b=c:d' }],
  ['exec:./on-event.sh', { kind: 'exec', argv: ['./on-event.sh'] }],
  ["exec:node 'my handler.js' -v", { kind: 'exec', argv: ['node', 'my handler.js', '-v'] }],
  ['exec:FOO=1 x', { kind: 'exec', argv: ['FOO=1', 'x'] }],
])('%s', (text, spec) => {
  expect(parseSinkSpec(text, strict)).toEqual({ ...spec, text });
});

test.each([
  'https://app.example/webhooks?token=a=b#part',
  'HTTPS://app.example',
  'http://127.0.0.1:3000/in',
  'http://127.1.2.3',
  'http://localhost',
  'http://[::1]:80/',
])('%s', (text) => {
  expect(parseSinkSpec(text, strict)).toEqual({ kind: 'http', text, url: new URL(text) });
});

test.each([
  ['', '"" is no place to deliver to.'],
  ['./on-event.sh', '"./on-event.sh" is no place to deliver to.'],
  ['stdout:', 'stdout: is no place to deliver to.'],
  ['ftp://app.example', 'ftp: is no place to deliver to.'],
  ['localhost:3000/in', 'localhost: is no place to deliver to.'],
  ['file:', 'file: names no file.'],
  ['file:events/', 'file:events/ names a folder.'],
  ['exec:', 'exec: names no command.'],
  ['exec:  ', 'exec: names no command.'],
  ["exec:'' a", 'exec: names no command.'],
  ["exec:node 'a", "The exec: command opens a quote (') and does not close it."],
  ['exec:node a\\', 'The exec: command ends in a backslash with nothing behind it.'],
  ['https:app.example', 'https: is not followed by a web address.'],
  ['https:///in', 'https: is not followed by a web address.'],
  ['https://a b', 'https: is not followed by a web address.'],
  ['https://user:hunter22@app.example/in', 'The address at app.example has a user name or password in it.'],
  ['https://user@app.example/in', 'The address at app.example has a user name or password in it.'],
  [
    'http://app.example/in?token=hunter22',
    'http://app.example is plain HTTP to another machine: events would travel unencrypted.',
  ],
  ['http://127.0.0.1.example', 'http://127.0.0.1.example is plain HTTP'],
  ['http://0.0.0.0:3000', 'http://0.0.0.0:3000 is plain HTTP'],
])('%j is refused', (text, message) => {
  const error = refused(text);
  expect(error.code).toBe('invalid_route');
  expect(error.message).toContain(message);
  expect(error.hint).toBeDefined();
  expect(`${error.message} ${error.hint}`).not.toContain('hunter22');
});

test('an unknown scheme names the known ones', () => {
  const { hint } = refused('kafka:topic');
  for (const known of ['stdout', 'file:', 'exec:', 'https:']) expect(hint).toContain(known);
});

test('plain HTTP to another machine can be asked for', () => {
  const text = 'http://app.internal/in';
  expect(parseSinkSpec(text, { insecureHttp: true })).toMatchObject({ kind: 'http' });
});

describe('a name', () => {
  test.each([
    ['stdout', 'stdout'],
    ['file:a/b.ndjson', 'file:a/b.ndjson'],
    ['exec:./on-event.sh', 'exec:./on-event.sh'],
    ['exec:node dist/handler.js', 'exec:node dist/handler.js'],
    ['exec:node handler.js --token hunter22', 'exec:node handler.js …'],
    ['exec:psql postgres://me:hunter22@db/x', 'exec:psql …'],
    ['exec:./x KEY=hunter22 y', 'exec:./x …'],
    ['exec:KEY=hunter22 ./x', 'exec:KEY=… ./x'],
    ['exec:./a=b/x', 'exec:./a=b/x'],
    ['exec:./x sk_test_hunter22hunter22', 'exec:./x sk_test_…er22'],
    ['https://app.example/in?token=hunter22#hunter22', 'https://app.example/in'],
    ['https://app.example', 'https://app.example/'],
  ])('of %s is %s', (text, name) => {
    expect(sinkName(parseSinkSpec(text, strict))).toBe(name);
  });
});
