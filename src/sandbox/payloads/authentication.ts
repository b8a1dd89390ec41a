import { type DataOf, draw, newId, type Payloads, pick } from './payload.ts';
import { visit } from './visits.ts';

/** Fields in the order that WorkOS has them, which is the alphabet's. */
function attempt(type: string, error?: { readonly code: string; readonly message: string }): DataOf {
  const outcome = error ? `"error":{"code":"${error.code}","message":"${error.message}"},` : '';
  const status = error ? 'failed' : 'succeeded';
  return (world, n) => {
    const { id, email } = pick(world.users, draw(world, n, 1));
    return `{"email":"${email}",${outcome}"status":"${status}","type":"${type}","user_id":"${id}",${visit(world, n)}}`;
  };
}

const SSO_ERRORS: Readonly<Record<string, string>> = {
  failed: '"error":{"code":"sso_profile_invalid","message":"The profile has no email address."},',
  timed_out: '"error":{"code":"sso_timed_out","message":"The identity provider did not answer."},',
};

function sso(status: 'started' | 'succeeded' | 'failed' | 'timed_out'): DataOf {
  return (world, n) => {
    const { user, connection } = pick(world.ssoUsers, draw(world, n, 1));
    const session = `"session_id":"${newId('session', world, n)}"`;
    // Before it succeeds, nobody knows who it is.
    const who = status === 'succeeded' ? `"${user.id}"` : 'null';
    return `{"email":"${user.email}",${SSO_ERRORS[status] ?? ''}"sso":{"connection_id":"${connection.id}","organization_id":"${connection.organization.id}",${session}},"status":"${status}","type":"sso","user_id":${who},${visit(world, n)}}`;
  };
}

const riskDetected: DataOf = (world, n) => {
  const { id, email } = pick(world.users, draw(world, n, 1));
  const control = pick(
    ['bot_detection', 'impossible_travel', 'brute_force_attack', 'restriction'],
    draw(world, n, 2),
  );
  return `{"auth_method":"password","action":"login","control":"${control}","blocklist_type":${control === 'restriction' ? '"ip_address"' : 'null'},"user_id":"${id}","email":"${email}",${visit(world, n)}}`;
};

const WRONG_CODE = { code: 'invalid_one_time_code', message: 'The code is wrong or has expired.' };

export const AUTHENTICATION: Payloads = {
  'authentication.email_verification_failed': attempt('email_verification', WRONG_CODE),
  'authentication.email_verification_succeeded': attempt('email_verification'),
  'authentication.magic_auth_failed': attempt('magic_auth', WRONG_CODE),
  'authentication.magic_auth_succeeded': attempt('magic_auth'),
  'authentication.mfa_failed': attempt('mfa', WRONG_CODE),
  'authentication.mfa_succeeded': attempt('mfa'),
  'authentication.oauth_failed': attempt('oauth', {
    code: 'access_denied',
    message: 'The user refused the consent.',
  }),
  'authentication.oauth_succeeded': attempt('oauth'),
  'authentication.passkey_failed': attempt('passkey', {
    code: 'passkey_not_found',
    message: 'The passkey is not known.',
  }),
  'authentication.passkey_succeeded': attempt('passkey'),
  'authentication.password_failed': attempt('password', {
    code: 'invalid_credentials',
    message: 'The email address or the password is wrong.',
  }),
  'authentication.password_succeeded': attempt('password'),
  'authentication.radar_risk_detected': riskDetected,
  'authentication.reauthentication_succeeded': attempt('password'),
  'authentication.sso_failed': sso('failed'),
  'authentication.sso_started': sso('started'),
  'authentication.sso_succeeded': sso('succeeded'),
  'authentication.sso_timed_out': sso('timed_out'),
};
