/**
 * Which events must keep their order: WorkOS asks to handle the events of one organization in order, and
 * allows different ones in parallel. An event of no organization is ordered by its user, then by its
 * directory or connection; what names none of them shares the common lane.
 */
export const COMMON_LANE = 'common';

type Fields = Readonly<Record<string, unknown>>;

/** `data` may be anything: it is the sender's. */
export function laneOf(type: string, data: unknown): string {
  const organization = organizationIdOf(type, data);
  if (organization !== null) {
    return `organization:${organization}`;
  }
  if (!isFields(data)) {
    return COMMON_LANE;
  }
  const user = text(data.user_id) ?? ownerId(data.user) ?? idIf(type.startsWith('user.'), data);
  if (user !== undefined) {
    return `user:${user}`;
  }
  const directory = text(data.directory_id);
  if (directory !== undefined) {
    return `directory:${directory}`;
  }
  const connection = text(data.connection_id) ?? idIf(type.startsWith('connection.'), data);
  if (connection !== undefined) {
    return `connection:${connection}`;
  }
  const itself = idIf(type === 'dsync.activated' || type === 'dsync.deleted', data);
  return itself === undefined ? COMMON_LANE : `directory:${itself}`;
}

/** `data.organization_id`, or the organization itself in `organization.*`. */
export function organizationIdOf(type: string, data: unknown): string | null {
  if (!isFields(data)) {
    return null;
  }
  return text(data.organization_id) ?? idIf(type.startsWith('organization.'), data) ?? null;
}

function idIf(applies: boolean, data: Fields): string | undefined {
  return applies ? text(data.id) : undefined;
}

function ownerId(owner: unknown): string | undefined {
  return isFields(owner) ? text(owner.id) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
