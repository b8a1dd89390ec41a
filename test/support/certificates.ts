/** Certificates made for one run, in DER, with Node's own keys and signatures: no openssl has to be there. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { isIP } from 'node:net';
import type { Certificate } from './raw-server.ts';

export interface Certificates {
  /** PEM of the authority that signed all but `selfSigned` and `incomplete`. */
  readonly ca: string;
  readonly valid: Certificate;
  /** Five days and a half are left. */
  readonly expiring: Certificate;
  readonly expired: Certificate;
  readonly notYetValid: Certificate;
  readonly otherHost: Certificate;
  readonly selfSigned: Certificate;
  /** Signed by one that `ca` signed, which is not sent along. */
  readonly incomplete: Certificate;
}

const HERE = ['127.0.0.1', 'localhost', 'api.workos.test'];

/** For 127.0.0.1 and localhost, but `otherHost`. */
export function makeCertificates(): Certificates {
  const root = authority('ca');
  const between = authority('between', root);
  const leaf = (names: readonly string[], days: Wanted['days'], by?: Issuer): Certificate => {
    const { publicKey, privateKey } = keyPair();
    // Without an issuer it is its own.
    const issuer = by ?? { name: 'test', privateKey };
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    return { key, cert: certificate({ subject: 'test', names, publicKey, issuer, days }) };
  };
  return {
    ca: root.cert,
    valid: leaf(HERE, [-1, 40.5], root),
    expiring: leaf(HERE, [-85, 5.5], root),
    expired: leaf(HERE, [-90, -1], root),
    notYetValid: leaf(HERE, [1, 90], root),
    otherHost: leaf(['other.test', '*.other.test'], [-1, 40], root),
    selfSigned: leaf(HERE, [-1, 40]),
    incomplete: leaf(HERE, [-1, 40], between),
  };
}

interface Issuer {
  readonly name: string;
  readonly privateKey: KeyObject;
}

interface Authority extends Issuer {
  readonly cert: string;
}

interface Wanted {
  readonly subject: string;
  /** None for an authority. */
  readonly names: readonly string[];
  readonly publicKey: KeyObject;
  readonly issuer: Issuer;
  /** From and to, from now. */
  readonly days: readonly [number, number];
}

function keyPair() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function authority(name: string, by?: Issuer): Authority {
  const { publicKey, privateKey } = keyPair();
  const issuer = by ?? { name, privateKey };
  const cert = certificate({ subject: name, names: [], publicKey, issuer, days: [-100, 100] });
  return { name, privateKey, cert };
}

const SEQUENCE = 0x30;
const SET = 0x31;
const ECDSA_WITH_SHA256 = der(SEQUENCE, der(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
const COMMON_NAME = Buffer.from('550403', 'hex');
const ALTERNATIVE_NAMES = Buffer.from('551d11', 'hex');
const BASIC_CONSTRAINTS = Buffer.from('551d13', 'hex');
const TRUE = der(0x01, Buffer.from([0xff]));
let serial = 1;

/** RFC 5280, section 4.1. */
function certificate({ subject, names, publicKey, issuer, days: [from, to] }: Wanted): string {
  const extension =
    names.length > 0
      ? der(SEQUENCE, der(0x06, ALTERNATIVE_NAMES), der(0x04, der(SEQUENCE, ...names.map(alternativeName))))
      : der(SEQUENCE, der(0x06, BASIC_CONSTRAINTS), TRUE, der(0x04, der(SEQUENCE, TRUE)));
  const content = der(
    SEQUENCE,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([serial++])),
    ECDSA_WITH_SHA256,
    nameOf(issuer.name),
    der(SEQUENCE, time(from), time(to)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(SEQUENCE, extension)),
  );
  const signature = sign('sha256', content, issuer.privateKey);
  const whole = der(SEQUENCE, content, ECDSA_WITH_SHA256, der(0x03, Buffer.from([0]), signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function nameOf(name: string): Buffer {
  return der(SEQUENCE, der(SET, der(SEQUENCE, der(0x06, COMMON_NAME), der(0x0c, Buffer.from(name)))));
}

function alternativeName(name: string): Buffer {
  return isIP(name) === 0
    ? der(0x82, Buffer.from(name))
    : der(0x87, Buffer.from(name.split('.').map(Number)));
}

/** UTCTime, so many days from now. */
function time(days: number): Buffer {
  const at = new Date(Date.now() + days * 86_400_000).toISOString();
  return der(0x17, Buffer.from(`${at.slice(2, 19).replace(/[-T:]/g, '')}Z`));
}
