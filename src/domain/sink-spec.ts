import { AppError } from '../errors.ts';
import { withoutKeys } from './api-key.ts';
import { splitArguments } from './argument-vector.ts';
import { isLoopback } from './loopback.ts';

/** Where events go, as values; `text` is what was typed. */
export type SinkSpec =
  | { readonly kind: 'stdout'; readonly text: string }
  | { readonly kind: 'file'; readonly text: string; readonly path: string }
  | { readonly kind: 'exec'; readonly text: string; readonly argv: readonly [string, ...string[]] }
  | { readonly kind: 'http'; readonly text: string; readonly url: URL };

export interface SinkSpecRules {
  /** Plain HTTP to another machine is allowed. */
  readonly insecureHttp: boolean;
}

const KNOWN = 'stdout, file:PATH, exec:COMMAND ARGS, https://HOST/PATH';
const SCHEME = /^(?<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?<rest>.*)$/s;

/** What is refused is not quoted whole: an address or an argument may hold a secret. */
export function parseSinkSpec(text: string, rules: SinkSpecRules): SinkSpec {
  if (text === 'stdout') return { kind: 'stdout', text };
  const { scheme, rest = '' } = SCHEME.exec(text)?.groups ?? {};
  switch (scheme?.toLowerCase()) {
    case 'file':
      if (rest === '' || rest.endsWith('/')) {
        throw refusal(
          rest === '' ? 'file: names no file.' : `file:${rest} names a folder.`,
          'Write file:PATH, such as file:events.ndjson.',
        );
      }
      return { kind: 'file', text, path: rest };
    case 'exec':
      return { kind: 'exec', text, argv: argvOf(rest) };
    case 'http':
    case 'https':
      return { kind: 'http', text, url: urlOf(text, rules) };
    case undefined:
      throw refusal(`${quoted(text)} is no place to deliver to.`, `Give one of ${KNOWN}.`);
    default:
      throw refusal(`${scheme}: is no place to deliver to.`, `Give one of ${KNOWN}.`);
  }
}

/** For people and the store: neither a query nor arguments, which may hold secrets. */
export function sinkName(spec: SinkSpec): string {
  switch (spec.kind) {
    case 'stdout':
      return 'stdout';
    case 'file':
      return `file:${spec.path}`;
    case 'exec':
      return `exec:${commandName(spec.argv)}`;
    case 'http':
      return spec.url.origin + spec.url.pathname;
  }
}

/** `node handler.js …`: the words that are file names, up to the first that is anything else. */
function commandName([command, ...args]: readonly [string, ...string[]]): string {
  const odd = args.findIndex((word) => !/^[\w@%+,./][\w@%+,./-]*$/.test(word));
  const shown = odd === -1 ? args : [...args.slice(0, odd), '…'];
  // `TOKEN=… ./on-event.sh`, meant for a shell.
  const first = command.replace(/^(\w+=).*$/s, '$1…');
  return withoutKeys([first, ...shown].join(' '));
}

function argvOf(rest: string): readonly [string, ...string[]] {
  const split = splitArguments(rest);
  if (split.kind === 'unfinished') {
    throw refusal(
      split.character === '\\'
        ? 'The exec: command ends in a backslash with nothing behind it.'
        : `The exec: command opens a quote (${split.character}) and does not close it.`,
      'Words are split at spaces; quotes and backslashes work as in a shell, and nothing is expanded.',
    );
  }
  const [command, ...args] = split.words;
  if (command === undefined || command === '') {
    throw refusal('exec: names no command.', "Write exec:COMMAND ARGS, such as 'exec:./on-event.sh'.");
  }
  return [command, ...args];
}

function urlOf(text: string, { insecureHttp }: SinkSpecRules): URL {
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) {
    throw refusal(
      `${text.slice(0, text.indexOf(':'))}: is not followed by a web address.`,
      'Write it like https://app.example/webhooks/workos.',
    );
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw refusal(
      `The address at ${url.host} has a user name or password in it.`,
      'Leave it out: secrets are never flags. Requests are signed with WORKOS_WEBHOOK_SECRET.',
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !insecureHttp) {
    throw refusal(
      `http://${url.host} is plain HTTP to another machine: events would travel unencrypted.`,
      `Use https://${url.host}, or say that it is meant with --insecure-http.`,
    );
  }
  return url;
}

function quoted(text: string): string {
  return JSON.stringify(withoutKeys(text.length > 40 ? `${text.slice(0, 40)}…` : text));
}

function refusal(message: string, hint: string): AppError {
  return new AppError('invalid_route', message, { hint });
}
