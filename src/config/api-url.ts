import { REAL_API } from '../domain/environment.ts';
import { isLoopback } from '../domain/loopback.ts';
import { AppError } from '../errors.ts';
import { ENVIRONMENT, type Setting, type Settings } from './settings.ts';

const HOSTNAME = 'WORKOS_API_HOSTNAME';
const FORM = 'Give scheme, host and port only, such as https://api.workos.com or http://127.0.0.1:4010.';

/**
 * Where the API is. A working directory cannot redirect a key: an address read from a file is used only
 * with a key read from the same file. `keyFrom` is undefined where no key is sent.
 */
export function apiUrl(settings: Settings, flag: string | undefined, keyFrom: string | undefined): URL {
  const setting =
    flag === undefined ? findApiUrl(settings) : { name: '--api-url', value: flag, from: '--api-url' };
  if (!setting) return new URL(REAL_API);
  const url = parseApiUrl(setting);
  const fromFile = setting.from !== ENVIRONMENT && setting.from !== '--api-url';
  if (fromFile && keyFrom !== undefined && setting.from !== keyFrom) {
    const key = keyFrom === ENVIRONMENT ? 'the environment' : keyFrom;
    throw new AppError(
      'untrusted_api_url',
      `${setting.from} sends the API key to ${url.origin}, but the key is from ${key}: a file of a folder may not redirect a key.`,
      {
        hint: `If that is what you want, say it yourself: --api-url ${url.origin}. If not, look at ${setting.from} with care.`,
      },
    );
  }
  return url;
}

function findApiUrl(settings: Settings): Setting | undefined {
  const found = settings.find('WORKOS_API_URL', 'WORKOS_API_BASE_URL', HOSTNAME);
  return found?.name === HOSTNAME ? wholeUrl(settings, found) : found;
}

function wholeUrl(settings: Settings, host: Setting): Setting {
  const beside = (name: string) => {
    const part = settings.find(name);
    return part?.from === host.from ? part.value : undefined;
  };
  const port = beside('WORKOS_API_PORT');
  const scheme = beside('WORKOS_API_HTTPS') === 'false' ? 'http' : 'https';
  return { ...host, value: `${scheme}://${host.value}${port === undefined ? '' : `:${port}`}` };
}

function parseApiUrl({ name, value }: Setting): URL {
  if (!URL.canParse(value))
    throw new AppError('invalid_api_url', `${name} is no URL: ${value}`, { hint: FORM });
  const url = new URL(value);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new AppError('invalid_api_url', `${name} is neither https nor http: ${value}`, { hint: FORM });
  }
  if (url.username !== '' || url.password !== '') {
    throw new AppError('invalid_api_url', `${name} has a user name or password in it.`, { hint: FORM });
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new AppError('invalid_api_url', `${name} has a path: ${value}`, {
      hint: `${FORM} The path would be ignored.`,
    });
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new AppError(
      'invalid_api_url',
      `${name} is plain HTTP to another machine: the API key would travel unencrypted.`,
      {
        hint: `Use https://${url.host}.`,
      },
    );
  }
  return url;
}
