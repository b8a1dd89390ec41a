/** The directions of `docs/architecture.md`, as a function from source files to what breaks them. */
import { posix } from 'node:path';

export interface SourceFile {
  /** From the root of the repository, such as `src/flows/sync/sync.ts`. */
  readonly path: string;
  readonly text: string;
}

interface Import {
  readonly from: string;
  /** A path as of `SourceFile`, `node:…`, or the name of a package. */
  readonly to: string;
  readonly names: string;
}

const ADAPTERS = ['http', 'workos', 'store', 'sinks', 'receiver', 'sandbox'];
/** What all of these may use: no concrete adapter, no flow, no command. */
const LEAVES = ['errors', 'fault-points', 'io', 'version'];

/** A part of `src` (a folder, or a file at its top) and the other parts it may import. */
const DIRECTIONS: Readonly<Record<string, readonly string[]>> = {
  main: ['program', 'failure', 'fault-arming', 'engine', ...LEAVES],
  program: ['commands', 'failure', ...LEAVES],
  commands: ['context', 'config', 'flows', 'domain', 'output', 'clock', ...LEAVES],
  context: [...ADAPTERS, 'config', 'flows', 'domain', 'output', 'clock', ...LEAVES],
  config: ['domain', ...LEAVES],
  flows: ['domain', ...LEAVES],
  domain: ['errors'],
  output: ['domain', ...LEAVES],
  failure: ['domain', 'output', ...LEAVES],
  clock: ['domain'],
  'fault-arming': ['errors', 'fault-points'],
  io: [],
  errors: [],
  version: [],
  engine: [],
  'fault-points': [],
  http: ['domain', 'errors', 'fault-points'],
  ...Object.fromEntries(
    ADAPTERS.filter((name) => name !== 'http').map((name) => [
      name,
      ['domain', 'http', 'errors', 'fault-points'],
    ]),
  ),
};

/** The one part, or parts, that may import a package. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  '@workos-inc/node': ['workos'],
  'better-sqlite3': ['store'],
  chalk: ['output'],
  commander: ['program', 'commands'],
  'env-paths': ['config'],
  undici: ['http'],
};

/** Functions of their arguments alone; everything else of Node is a door to the world. */
const PURE_OF_NODE: Readonly<Record<string, RegExp>> = {
  'node:crypto': /^\{ (?:(?:createHash|createHmac|timingSafeEqual)(?:, )?)+ \}$/,
  'node:zlib': /^\{ (?:(?:gunzipSync|inflateSync)(?:, )?)+ \}$/,
};
const IMPURE =
  /\b(?:async|await|console|performance|fetch|setTimeout|setInterval|setImmediate|queueMicrotask)\b|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bcrypto\.|\bimport\(/;
const MOST_LINES = 250;

export function violations(files: readonly SourceFile[]): string[] {
  const imports = files.flatMap(importsOf);
  return [
    ...files.flatMap(namedVaguely),
    ...files.flatMap(tooLong),
    ...files.flatMap(touchesProcess),
    ...files.flatMap(impure),
    ...imports.flatMap(againstDirection),
    ...imports.flatMap(strayPackage),
    ...cycles(imports),
  ];
}

function namedVaguely({ path }: SourceFile): string[] {
  const vague = path
    .split('/')
    .find((part) => /^(?:utils?|helpers?|common|types|index)(?:\.ts)?$/.test(part));
  return vague === undefined ? [] : [`${path}: ${vague} says nothing of what is in it`];
}

function tooLong({ path, text }: SourceFile): string[] {
  const lines = text.trimEnd().split('\n').length;
  if (lines <= MOST_LINES || text.startsWith('/*')) return [];
  return [`${path}: ${lines} lines without a reason at its top`];
}

function touchesProcess({ path, text }: SourceFile): string[] {
  if (path === 'src/main.ts') return [];
  const touches = /\bprocess(?:\?\.|\.|\[)|= process\b|'node:process'/.test(codeOf(text));
  return touches ? [`${path}: touches process, which only src/main.ts may`] : [];
}

function impure({ path, text }: SourceFile): string[] {
  if (partOf(path) !== 'domain') return [];
  const found = IMPURE.exec(codeOf(text))?.[0];
  return found === undefined ? [] : [`${path}: ${found} is not pure`];
}

function againstDirection({ from, to, names }: Import): string[] {
  const part = partOf(from);
  if (to.startsWith('node:')) {
    return part === 'domain' && !PURE_OF_NODE[to]?.test(names) ? [`${from}: ${to} is not pure`] : [];
  }
  if (!to.startsWith('src/') || partOf(to) === part) return [];
  const allowed = DIRECTIONS[part];
  if (!allowed) return [`${from}: the architecture knows no part ${part}`];
  return allowed.includes(partOf(to)) ? [] : [`${from}: imports ${to}`];
}

function strayPackage({ from, to }: Import): string[] {
  if (to.startsWith('src/') || to.startsWith('node:')) return [];
  const name = to
    .split('/')
    .slice(0, to.startsWith('@') ? 2 : 1)
    .join('/');
  const home = PACKAGES[name];
  if (!home) return [`${from}: imports the package ${name}, which the architecture does not know`];
  return home.includes(partOf(from))
    ? []
    : [`${from}: imports ${name}, which belongs to ${home.join(' and ')}`];
}

function cycles(imports: readonly Import[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]) => {
    if (way.includes(path)) found.push(`cycle: ${[...way.slice(way.indexOf(path)), path].join(' → ')}`);
    if (done.has(path) || way.includes(path)) return;
    for (const to of next.get(path) ?? []) visit(to, [...way, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  return found;
}

function importsOf({ path, text }: SourceFile): Import[] {
  const statements =
    /\b(?:import|export)\s+(?:type\s+)?(?<names>[\w*{][^;'"]*?)\s+from\s+'(?<static>[^']+)'|\b(?:import|require)\(\s*'(?<dynamic>[^']+)'\s*\)|\bimport\s+'(?<bare>[^']+)'/g;
  return [...withoutComments(text).matchAll(statements)].map(({ groups = {} }) => {
    const to = groups.static ?? groups.dynamic ?? groups.bare ?? '';
    const target = to.startsWith('.') ? posix.join(posix.dirname(path), to) : to;
    return { from: path, to: target, names: (groups.names ?? '').replace(/\s+/g, ' ') };
  });
}

/** `flows` for `src/flows/sync/sync.ts`; `main` for `src/main.ts`. */
function partOf(path: string): string {
  return (path.split('/')[1] ?? '').replace(/\.ts$/, '');
}

const STRING = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/.source;
const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/.source;

function withoutComments(text: string): string {
  return text.replace(new RegExp(`(${STRING})|${COMMENT}`, 'g'), (_, kept: string | undefined) => kept ?? '');
}

/** Without comments and plain strings; the names of imported modules stay. */
function codeOf(text: string): string {
  return withoutComments(text).replace(new RegExp(STRING, 'g'), (string) =>
    string.startsWith("'node:") ? string : "''",
  );
}
