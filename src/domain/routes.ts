import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import { nearestPattern } from './nearest-pattern.ts';
import { isGlob, matchesPattern } from './patterns.ts';
import { parseSinkSpec, type SinkSpec, type SinkSpecRules, sinkName } from './sink-spec.ts';

/** Patterns of types and where they go; without a pattern, all that no route before it takes. */
export interface Route {
  /** As typed, `*` when none was; commas join several. */
  readonly pattern: string;
  /** Each of them. */
  readonly patterns: readonly string[];
  readonly spec: SinkSpec;
}

export interface RouteRules extends SinkSpecRules {
  readonly catalogue: readonly string[];
  /** Names that the stream asks for without a glob: they may be newer than the catalogue. */
  readonly exactTypes: readonly string[];
}

/** `PATTERN=SPEC`; anything else that holds a `=`, such as an address with a query, is a SPEC. */
const ROUTE = /^(?<pattern>[A-Za-z0-9_.*, -]+)=(?<spec>.*)$/s;

export function parseRoutes(typed: readonly string[], rules: RouteRules): Route[] {
  const routes = typed.map((text) => parseRoute(text, rules));
  for (const [index, route] of routes.entries()) refuseUnreachable(route, routes.slice(0, index));
  return routes;
}

/** `'dsync.*=exec:./on-event.sh …'`: a route as typed, without what a name leaves out; marked where it does. */
export function shownRoute(typed: string): string {
  const { pattern, spec = typed } = ROUTE.exec(typed)?.groups ?? {};
  const to = pattern === undefined ? '' : `${pattern}=`;
  try {
    const parsed = parseSinkSpec(spec, { insecureHttp: true });
    const cut = parsed.kind === 'http' && parsed.url.search !== '' ? '?…' : '';
    return `${to}${sinkName(parsed)}${cut}`;
  } catch {
    return `${to}…`;
  }
}

/** The first that takes the type. */
export function routeOf<R extends Pick<Route, 'patterns'>>(
  routes: readonly R[],
  type: string,
): R | undefined {
  return routes.find((route) => takes(route, type));
}

/**
 * Equal for two runs that deliver the same types to the same places, and without secrets: it is kept in
 * the store. A relative path and a command mean something else in another folder.
 */
export function routesKey(routes: readonly Route[], cwd: string): string {
  return routes
    .map(({ patterns, spec }) => {
      const types = [...new Set(patterns)].sort().join(',');
      return `${types}=${sinkName(spec)}#${fingerprint(placeOf(spec, cwd))}`;
    })
    .join('; ');
}

/**
 * What the sink of a SPEC is called in this run: two places get two names, also when they differ only in
 * what a name leaves out.
 */
export function sinkNames(routes: readonly Route[], cwd: string): (spec: SinkSpec) => string {
  const places = new Map<string, Set<string>>();
  for (const { spec } of routes) {
    const name = sinkName(spec);
    places.set(name, (places.get(name) ?? new Set()).add(fingerprint(placeOf(spec, cwd))));
  }
  return (spec) => {
    const name = sinkName(spec);
    const isShared = (places.get(name)?.size ?? 0) > 1;
    return isShared ? `${name}#${fingerprint(placeOf(spec, cwd))}` : name;
  };
}

function parseRoute(text: string, rules: RouteRules): Route {
  const { pattern, spec } = ROUTE.exec(text)?.groups ?? {};
  if (pattern === undefined || spec === undefined) {
    return { pattern: '*', patterns: ['*'], spec: parseSinkSpec(text, rules) };
  }
  const patterns = pattern.split(',').map((part) => part.trim());
  for (const part of patterns) refuseUnknown(part, pattern, rules);
  return { pattern, patterns, spec: parseSinkSpec(spec, rules) };
}

function refuseUnknown(pattern: string, typed: string, { catalogue, exactTypes }: RouteRules): void {
  if (!/^[A-Za-z0-9_.*-]+$/.test(pattern)) {
    throw refusal(
      `The route '${typed}=…' has a part that is no event type: '${pattern}'.`,
      "Write types or patterns, with commas between them: 'dsync.*,user.created=SPEC'.",
    );
  }
  const known = [...catalogue, ...exactTypes];
  if (known.some((type) => matchesPattern(pattern, type))) return;
  const nearest = nearestPattern(pattern, known);
  throw refusal(
    isGlob(pattern)
      ? `The pattern ${pattern} of a route matches no event type.`
      : `The event type ${pattern} of a route is not known.`,
    nearest === undefined
      ? 'Patterns look like dsync.* or *.deleted. A type that is newer than this program is taken once --events names it.'
      : `Did you mean ${nearest}?`,
  );
}

/** A pattern that takes another's own text, its `*` as a character, takes all that the other does. */
function refuseUnreachable(route: Route, earlier: readonly Route[]): void {
  const takers = route.patterns.map((pattern) => routeOf(earlier, pattern));
  const [first] = takers;
  if (first === undefined || takers.includes(undefined)) return;
  throw refusal(
    `No event reaches ${sinkName(route.spec)}: ${sinkName(first.spec)} before it takes all of ${route.pattern === '*' ? 'them' : route.pattern}.`,
    'The first route that matches takes an event, and no other. Put the narrower pattern first, or leave one out.',
  );
}

function takes({ patterns }: Pick<Route, 'patterns'>, type: string): boolean {
  return patterns.some((pattern) => matchesPattern(pattern, type));
}

function placeOf(spec: SinkSpec, cwd: string): readonly string[] {
  switch (spec.kind) {
    case 'stdout':
      return [];
    case 'file':
      return spec.path.startsWith('/') ? [spec.path] : [spec.path, cwd];
    case 'exec':
      return [...spec.argv, cwd];
    case 'http':
      return [spec.url.href];
  }
}

function fingerprint(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}

function refusal(message: string, hint: string): AppError {
  return new AppError('invalid_route', message, { hint });
}
