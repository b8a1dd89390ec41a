import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificate } from './raw-server.ts';

export interface Certificates {
  /** PEM of the authority that signed all but `selfSigned`. */
  readonly ca: string;
  readonly valid: Certificate;
  readonly expired: Certificate;
  readonly otherHost: Certificate;
  readonly selfSigned: Certificate;
}

/** Made anew with the machine's openssl: for 127.0.0.1 and localhost, but `otherHost`. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'workos-events-certs-'));
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { stdio: 'ignore' });
  };
  const certificate = (cert: string): Certificate => ({
    key: readFileSync(at('key.pem'), 'utf8'),
    cert: readFileSync(at(cert), 'utf8'),
  });
  const sign = (name: string, names: string, days: number): Certificate => {
    writeFileSync(at('names'), `subjectAltName=${names}`);
    openssl('req', '-new', '-key', at('key.pem'), '-subj', '/CN=test', '-out', at('request'));
    openssl(
      ...[
        'x509',
        '-req',
        '-in',
        at('request'),
        '-CA',
        at('ca.pem'),
        '-CAkey',
        at('ca-key.pem'),
        '-CAcreateserial',
      ],
      ...['-days', String(days), '-extfile', at('names'), '-out', at(name)],
    );
    return certificate(name);
  };
  const here = 'IP:127.0.0.1,DNS:localhost,DNS:api.workos.test';
  try {
    for (const key of ['ca-key.pem', 'key.pem']) {
      openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', at(key));
    }
    openssl(
      'req',
      '-x509',
      '-new',
      '-key',
      at('ca-key.pem'),
      '-subj',
      '/CN=ca',
      '-days',
      '2',
      '-out',
      at('ca.pem'),
    );
    openssl(
      ...['req', '-x509', '-new', '-key', at('key.pem'), '-subj', '/CN=self', '-days', '2'],
      ...['-addext', `subjectAltName=${here}`, '-out', at('self.pem')],
    );
    return {
      ca: readFileSync(at('ca.pem'), 'utf8'),
      valid: sign('valid.pem', here, 2),
      expired: sign('expired.pem', here, -1),
      otherHost: sign('other.pem', 'DNS:other.test', 2),
      selfSigned: certificate('self.pem'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
