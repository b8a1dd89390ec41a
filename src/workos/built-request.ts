/**
 * The SDK builds and authenticates each request; ours sends it. Its own client would lose response headers
 * and the exact text, takes no abort signal, and does not retry. So its `fetchFn` answers at once with the
 * request it was given, as if that were the response.
 */
export interface BuiltRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ApiAddress {
  /** Scheme, host and port: `https://api.workos.com`. */
  readonly baseUrl: string;
  readonly apiKey: string;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

export type BuildRequest = (path: string, query: Query) => Promise<BuiltRequest>;

/** The part of the SDK that is used, in our shape: its own type wants a `Response`, which is slow to load. */
interface Sdk {
  readonly WorkOS: new (
    key: string,
    options: {
      readonly apiHostname: string;
      readonly port?: number;
      readonly https: boolean;
      readonly timeout: number;
      readonly appInfo: { readonly name: string; readonly version: string };
      readonly fetchFn: (url: string, init: { readonly headers: Record<string, string> }) => Promise<unknown>;
    },
  ) => { get(path: string, options: { readonly query: Query }): Promise<{ readonly data: unknown }> };
}

/** The longest timer there is: the SDK's own must never end a request. */
const NEVER_MS = 2 ** 31 - 1;

export async function loadRequestBuilder(address: ApiAddress, version: string): Promise<BuildRequest> {
  const sdk: unknown = await import('@workos-inc/node');
  if (!isSdk(sdk)) {
    throw new TypeError('@workos-inc/node has no WorkOS class');
  }
  const { protocol, hostname, port } = new URL(address.baseUrl);
  const workos = new sdk.WorkOS(address.apiKey, {
    apiHostname: hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    https: protocol === 'https:',
    timeout: NEVER_MS,
    appInfo: { name: 'workos-events', version },
    fetchFn: async (url, { headers }) => ({
      ok: true,
      status: 200,
      headers: new Map([['content-type', 'application/json']]),
      json: async () => ({ url, headers }),
    }),
  });
  return async (path, query) => {
    const { data } = await workos.get(path, { query });
    if (!isBuiltRequest(data)) {
      throw new TypeError('@workos-inc/node did not hand over the request it built');
    }
    return { url: data.url, headers: asSent(data.headers) };
  };
}

/** A GET has no content to type; the answers are large and compress tenfold. */
function asSent(headers: BuiltRequest['headers']): Record<string, string> {
  const { 'Content-Type': _contentType, ...sent } = headers;
  return { ...sent, 'Accept-Encoding': 'gzip, deflate, br' };
}

function isSdk(value: unknown): value is Sdk {
  return (
    typeof value === 'object' && value !== null && 'WorkOS' in value && typeof value.WorkOS === 'function'
  );
}

function isBuiltRequest(value: unknown): value is BuiltRequest {
  return (
    typeof value === 'object' &&
    value !== null &&
    'url' in value &&
    typeof value.url === 'string' &&
    'headers' in value &&
    typeof value.headers === 'object' &&
    value.headers !== null
  );
}
