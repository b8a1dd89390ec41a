import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CATALOGUE } from '../../src/domain/catalogue.ts';
import { parseRoutes } from '../../src/domain/routes.ts';
import { openSinks } from '../../src/sinks/open-sinks.ts';
import { abort, attempt, needs, temporaryFolder } from './rig.ts';

const rules = { catalogue: CATALOGUE, exactTypes: [], insecureHttp: false };

test('every kind of place is opened, each once, and named', async () => {
  const cwd = temporaryFolder();
  const routes = parseRoutes(
    [
      'user.*=file:a.ndjson',
      'dsync.*=file:a.ndjson',
      'role.*=exec:sh -c true',
      'flag.*=stdout',
      'https://a.example',
    ],
    rules,
  );
  const { sinks, sinkOf, key, close } = await openSinks(routes, needs({ cwd }));
  expect([...sinks].map(([name, sink]) => [name, sink.name])).toEqual(
    ['file:a.ndjson', 'exec:sh …', 'stdout', 'https://a.example/'].map((name) => [name, name]),
  );
  expect(
    ['user.created', 'dsync.deleted', 'role.created', 'flag.created', 'session.created'].map(sinkOf),
  ).toEqual(['file:a.ndjson', 'file:a.ndjson', 'exec:sh …', 'stdout', 'https://a.example/']);
  expect(key).toContain('dsync.*=file:a.ndjson#');
  const outcome = await sinks.get('file:a.ndjson')?.deliver(attempt({ text: '{"id":"a"}' }), abort().signal);
  expect(outcome).toEqual({ kind: 'acknowledged' });
  expect(readFileSync(join(cwd, 'a.ndjson'), 'utf8')).toBe('{"id":"a"}\n');
  await close();
});

test('a type that no route takes has no sink', async () => {
  const { sinkOf, close } = await openSinks(parseRoutes(['user.*=stdout'], rules), needs());
  expect(sinkOf('user.created')).toBe('stdout');
  expect(sinkOf('dsync.deleted')).toBeUndefined();
  await close();
});

test('two places that differ only in their query are two', async () => {
  const routes = parseRoutes(['user.*=https://a.example/?a=1', 'https://a.example/?a=2'], rules);
  const { sinks, sinkOf } = await openSinks(routes, needs());
  expect(sinks.size).toBe(2);
  expect(sinkOf('user.created')).not.toBe(sinkOf('dsync.deleted'));
});

test('one that is refused refuses all, and nothing is left of the others', async () => {
  const cwd = temporaryFolder();
  const routes = parseRoutes(['user.*=file:a.ndjson', 'exec:./nothing'], rules);
  await expect(openSinks(routes, needs({ cwd }))).rejects.toMatchObject({ code: 'invalid_route' });
  expect(existsSync(join(cwd, 'a.ndjson'))).toBe(false);
});
