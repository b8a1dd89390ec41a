import { type SourceKind, sourceObject } from '../../domain/doctor/event-source-object.ts';
import {
  type AuthKitEvents,
  lacksSource,
  type SourceList,
  sourceFindings,
} from '../../domain/doctor/findings/source-connections.ts';
import { RECENT_MS } from '../../domain/doctor/newest-search.ts';
import { apiTime } from '../doctor/api-time.ts';
import type { Check, DoctorRun } from '../doctor/check.ts';
import { newestEvent } from '../doctor/newest-event.ts';
import { listObjects } from '../doctor/object-list.ts';

/** What people do in AuthKit, by names so old that every API knows them; what an SSO sign-in brings is not among them. */
const AUTHKIT_TYPES = [
  'user.created',
  'user.updated',
  'session.created',
  'authentication.email_verification_succeeded',
  'authentication.magic_auth_failed',
  'authentication.magic_auth_succeeded',
  'authentication.mfa_succeeded',
  'authentication.oauth_failed',
  'authentication.oauth_succeeded',
  'authentication.password_failed',
  'authentication.password_succeeded',
];

export const sourceConnections: Check = async (run, { signal }) => {
  const [connections, directories] = await Promise.all([
    sources(run, 'connection', '/connections', signal),
    sources(run, 'directory', '/directories', signal),
  ]);
  const lists = { connections, directories };
  const authKit = lacksSource(lists) ? await authKitEvents(run, signal) : undefined;
  return sourceFindings({ ...lists, authKit, patterns: run.setup.patterns });
};

async function sources(
  run: DoctorRun,
  kind: SourceKind,
  path: string,
  signal: AbortSignal,
): Promise<SourceList> {
  const list = await listObjects(run, path, signal);
  if (list.kind === 'unlisted') return list;
  return { ...list, sources: list.objects.map((object) => sourceObject(kind, object)) };
}

async function authKitEvents(run: DoctorRun, signal: AbortSignal): Promise<AuthKitEvents> {
  const { nowMs } = await apiTime(run);
  const found = await newestEvent(run, { types: AUTHKIT_TYPES, nowMs, any: true }, signal);
  const { newest, sure, unread } = found;
  if (newest && newest.createdAtMs >= nowMs - RECENT_MS) return 'seen';
  if (unread) return unread.passing ? 'unavailable' : 'unknown';
  return sure ? 'none' : 'unknown';
}
