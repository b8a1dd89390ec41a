import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../src/domain/catalogue.ts';
import { parseRoutes, type RouteRules, routeOf, routesKey, sinkNames } from '../../src/domain/routes.ts';
import { AppError } from '../../src/errors.ts';

const rules: RouteRules = { catalogue: CATALOGUE, exactTypes: [], insecureHttp: false };

function shown(...typed: string[]): string[] {
  return parseRoutes(typed, rules).map(({ patterns, spec }) => `${patterns.join(' ')} -> ${spec.text}`);
}

function refused(typed: string[], more: Partial<RouteRules> = {}): AppError {
  try {
    parseRoutes(typed, { ...rules, ...more });
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error(`${typed.join(' ')} was not refused`);
}

describe('what is typed', () => {
  test.each([
    ['stdout', '* -> stdout'],
    ['dsync.*=stdout', 'dsync.* -> stdout'],
    ['dsync.*,user.created=stdout', 'dsync.* user.created -> stdout'],
    ['dsync.*, user.created=stdout', 'dsync.* user.created -> stdout'],
    ['*=stdout', '* -> stdout'],
    ['user.*=https://app.example/?a=b', 'user.* -> https://app.example/?a=b'],
    ['https://app.example/?a=b', '* -> https://app.example/?a=b'],
    ['exec:FOO=1 x', '* -> exec:FOO=1 x'],
    ['file:a=b', '* -> file:a=b'],
    ['*.deleted=file:a=b', '*.deleted -> file:a=b'],
  ])('%s', (text, route) => {
    expect(shown(text)).toEqual([route]);
  });

  test('keeps its order', () => {
    expect(shown('dsync.*=stdout', 'user.created=file:a', 'exec:x')).toHaveLength(3);
  });
});

describe('refused', () => {
  test.each([
    ['usr.*=stdout', 'The pattern usr.* of a route matches no event type.', 'Did you mean user.*?'],
    ['roles.*=stdout', 'The pattern roles.* of a route', 'Did you mean role.*?'],
    ['flag.x*=stdout', 'The pattern flag.x* of a route', 'Did you mean flag.*?'],
    ['dsync.users.*=stdout', 'The pattern dsync.users.* of a route', 'Did you mean dsync.*?'],
    ['*.delted=stdout', 'The pattern *.delted of a route', 'Patterns look like'],
    ['user.create=stdout', 'The event type user.create of a route is not', 'Did you mean user.created?'],
    ['quux=stdout', 'The event type quux of a route is not known.', '--events'],
    ['dsync.*,quux=stdout', 'The event type quux of a route is not known.', '--events'],
    ['dsync.*,=stdout', "has a part that is no event type: ''", 'commas'],
    ['user created=stdout', "has a part that is no event type: 'user created'", 'commas'],
    ['=stdout', '"=stdout" is no place', 'stdout'],
    ['user.*=', '"" is no place', 'stdout'],
    ['user.*=user.*=stdout', '"user.*=stdout" is no place', 'stdout'],
  ])('%s', (text, message, hint) => {
    const error = refused([text]);
    expect(error.code).toBe('invalid_route');
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
  });

  test('but not a name that --events asks for', () => {
    const more = { ...rules, exactTypes: ['brand.new'] };
    expect(parseRoutes(['brand.new=stdout', 'brand.*=file:a'], more)).toHaveLength(2);
    expect(refused(['brand.*=stdout']).message).toContain('matches no event type');
  });

  test.each([
    [['stdout', 'file:a'], 'No event reaches file:a: stdout before it takes all of them.'],
    [['dsync.*=stdout', 'dsync.user.*=file:a'], 'stdout before it takes all of dsync.user.*.'],
    [['dsync.*=stdout', 'dsync.*.deleted=file:a'], 'takes all of dsync.*.deleted'],
    [['*.deleted=stdout', 'user.deleted=file:a'], 'takes all of user.deleted'],
    [['user.created=stdout', 'user.created=file:a'], 'takes all of user.created'],
    [['user.*=stdout', 'dsync.*=file:b', 'dsync.user.*,user.created=file:a'], 'No event reaches file:a'],
  ])('%j: the last can never match', (typed, message) => {
    expect(refused(typed).message).toContain(message);
  });

  test.each([
    [['dsync.user.*=stdout', 'dsync.*=file:a', 'exec:x']],
    [['*.deleted=stdout', 'dsync.*=file:a']],
    [['user.*=stdout', 'user.created,dsync.*=file:a']],
    [['dsync.*.deleted=stdout', 'dsync.*=file:a']],
  ])('but not %j', (typed) => {
    expect(parseRoutes(typed, rules)).toHaveLength(typed.length);
  });

  test('only what no type can reach', () => {
    const part = fc.constantFrom('a', 'b', '.', '*');
    const pattern = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
    const type = fc.array(fc.constantFrom('a', 'b', '.'), { maxLength: 7 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(pattern, pattern, fc.array(type), (first, second, types) => {
        const specs = [`${first}=stdout`, `${second}=file:a`];
        // Any name is known here: it is only the reach that is judged.
        const all = { ...rules, catalogue: [first, second].map((text) => text.replaceAll('*', 'x')) };
        let routes: ReturnType<typeof parseRoutes>;
        try {
          routes = parseRoutes(specs, all);
        } catch {
          const alone = parseRoutes([`${first}=stdout`], all);
          const other = parseRoutes([`${second}=file:a`], all);
          for (const one of types.filter((each) => routeOf(other, each))) {
            expect(routeOf(alone, one)).toBeDefined();
          }
          return;
        }
        expect(routes).toHaveLength(2);
      }),
      { numRuns: 2_000 },
    );
  });
});

test('the first that matches takes an event', () => {
  const routes = parseRoutes(['dsync.user.*,user.*=stdout', 'dsync.*=file:a'], rules);
  expect(routeOf(routes, 'user.created')?.spec.kind).toBe('stdout');
  expect(routeOf(routes, 'dsync.user.brand_new')?.spec.kind).toBe('stdout');
  expect(routeOf(routes, 'dsync.deleted')?.spec.kind).toBe('file');
  expect(routeOf(routes, 'session.created')).toBeUndefined();
});

describe('the names of the sinks', () => {
  const names = (...typed: string[]) => {
    const routes = parseRoutes(typed, rules);
    const nameOf = sinkNames(routes, '/srv');
    return routes.map(({ spec }) => nameOf(spec));
  };

  test('are one for one place', () => {
    expect(names('user.*=file:a', 'dsync.*=file:a', 'stdout')).toEqual(['file:a', 'file:a', 'stdout']);
  });

  test('are two for two that differ in what a name leaves out', () => {
    const [one, other] = names('user.*=https://app.example/in?a=1', 'https://app.example/in?a=2');
    expect(one).toMatch(/^https:\/\/app\.example\/in#[0-9a-f]{12}$/);
    expect(other).toMatch(/^https:\/\/app\.example\/in#[0-9a-f]{12}$/);
    expect(one).not.toBe(other);
  });
});

describe('the key of two runs', () => {
  const key = (typed: string[], cwd = '/srv') => routesKey(parseRoutes(typed, rules), cwd);

  test.each([
    [['stdout'], ['*=stdout']],
    [['user.*,dsync.*=stdout'], ['dsync.*, user.*=stdout']],
    [['exec:node a.js'], ["exec:node  'a.js'"]],
    [['https://app.example'], ['https://app.example/']],
  ])('%j and %j is the same', (one, other) => {
    expect(key(one)).toBe(key(other));
  });

  test.each([
    [['stdout'], ['user.*=stdout']],
    [['file:a'], ['file:b']],
    [['exec:node a.js -v'], ['exec:node a.js -q']],
    [['https://app.example/?a=1'], ['https://app.example/?a=2']],
    [
      ['user.*=stdout', 'dsync.*=file:a'],
      ['dsync.*=file:a', 'user.*=stdout'],
    ],
    [['stdout'], []],
  ])('%j and %j is another', (one, other) => {
    expect(key(one)).not.toBe(key(other));
  });

  test('depends on the folder where the places do', () => {
    expect(key(['file:a'], '/srv')).not.toBe(key(['file:a'], '/tmp'));
    expect(key(['exec:./a'], '/srv')).not.toBe(key(['exec:./a'], '/tmp'));
    expect(key(['file:/a'], '/srv')).toBe(key(['file:/a'], '/tmp'));
    expect(key(['https://app.example'], '/srv')).toBe(key(['https://app.example'], '/tmp'));
  });

  test('holds no secret', () => {
    const text = key(['user.*=https://app.example/in?token=hunter22', 'exec:./x --password hunter22']);
    expect(text).toContain('user.*=https://app.example/in#');
    expect(text).not.toContain('hunter22');
  });
});
