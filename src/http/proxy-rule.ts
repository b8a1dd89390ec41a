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
  if (isLoopback(host)) {
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
  return direct ? undefined : settings.httpsProxy;
}

export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '[::1]' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
  );
}
