/** What a TLS server shows of itself, whether it is trusted or not. */
import { checkServerIdentity, type TLSSocket } from 'node:tls';
import type { Certificate } from '../domain/doctor/host-probe.ts';
import { printable } from '../domain/printable.ts';

const LONGEST_NAME = 80;

export function certificateOf(socket: TLSSocket, host: string): Certificate {
  const shown = socket.getPeerCertificate();
  const { O: organization, CN: commonName } = shown.issuer;
  return {
    validFromMs: Date.parse(shown.valid_from),
    validToMs: Date.parse(shown.valid_to),
    names: (shown.subjectaltname ?? '')
      .split(', ')
      .map(nameIn)
      .filter((name) => name !== ''),
    coversHost: checkServerIdentity(host, shown) === undefined,
    issuer: shortened([organization ?? commonName ?? ''].flat().join(', ')),
    distrust: socket.authorized ? undefined : codeIn(socket.authorizationError),
  };
}

/** `DNS:app.example`, `IP Address:127.0.0.1`. */
function nameIn(entry: string): string {
  return shortened(entry.replace(/^(?:DNS|IP Address):/, ''));
}

function shortened(text: string): string {
  return printable(text).slice(0, LONGEST_NAME);
}

/** Declared as an Error; it is the code itself. */
function codeIn(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
