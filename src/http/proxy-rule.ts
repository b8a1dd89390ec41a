import { isLoopback } from '../domain/loopback.ts';
import { AppError } from '../errors.ts';

/** The proxy of the environment: `HTTPS_PROXY` and `NO_PROXY`, read by whoever reads the environment. */
export interface ProxySettings {
  readonly httpsProxy: string;
  /** Hosts (and their subdomains) that are reached directly, comma- or space-separated; `*` for all. */
  readonly noProxy: string | undefined;
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'https:': '443', 'http:': '80' };

/** The proxy's URL for this target, or undefined: only HTTPS is proxied, and never the machine itself. */
export function proxyFor(target: URL, settings: ProxySettings | undefined): string | undefined {
  if (settings === undefined || settings.httpsProxy === '' || target.protocol !== 'https:') {
    return undefined;
  }
  const host = target.hostname.toLowerCase();
  const port = target.port || DEFAULT_PORTS[target.protocol];
  if (isLoopback(host) || host.endsWith('.localhost')) {
    return undefined;
  }
  const direct = (settings.noProxy ?? '').split(/[,\s]+/).some((entry) => {
    const [, name = '', entryPort] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    const bare = name.replace(/^\*?\./, '');
    if (bare === '' || (entryPort !== undefined && entryPort !== port)) {
      return false;
    }
    return bare === '*' || host === bare || host.endsWith(`.${bare}`);
  });
  return direct ? undefined : proxyUrl(settings.httpsProxy);
}

/** `proxy.example:3128` is understood as curl does. The value may hold a password, so it is not shown. */
function proxyUrl(value: string): string {
  const url = value.includes('://') ? value : `http://${value}`;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new AppError('usage', 'HTTPS_PROXY is not the URL of a proxy.', {
      hint: 'It looks like http://proxy.example:3128 or http://user:password@proxy.example:3128.',
    });
  }
  return url;
}
